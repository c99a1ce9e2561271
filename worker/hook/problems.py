"""Errors as problem documents (RFC 9457), each with its stable reason code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from detector.reasons import ArtgateError, Fault, Reason, Transient
from worker.access.throttle import Throttled
from worker.logs import trouble
from worker.platform.limits import Limited

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_STATUS = {
    Reason.BAD_EVENT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.BAD_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.BAD_SIGNATURE: HTTPStatus.UNAUTHORIZED,
    Reason.BUCKET_NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Reason.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Reason.SIGN_IN_REFUSED: HTTPStatus.UNAUTHORIZED,
    Reason.SIGN_IN_THROTTLED: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.SESSION_ENDED: HTTPStatus.UNAUTHORIZED,
    Reason.CSRF_REFUSED: HTTPStatus.FORBIDDEN,
    Reason.SECOND_FACTOR_NEEDED: HTTPStatus.FORBIDDEN,
    Reason.REQUEST_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Reason.QUEUE_EMPTY: HTTPStatus.NOT_FOUND,
    Reason.LEASE_LOST: HTTPStatus.CONFLICT,
    Reason.ALREADY_CLAIMED: HTTPStatus.CONFLICT,
    Reason.ALREADY_DECIDED: HTTPStatus.CONFLICT,
    Reason.WITHDRAWN: HTTPStatus.CONFLICT,
    Reason.NOT_NEAR: HTTPStatus.CONFLICT,
    Reason.UNDO_OVER: HTTPStatus.CONFLICT,
    Reason.OPINION_NEEDED: HTTPStatus.CONFLICT,
    Reason.RESERVED: HTTPStatus.CONFLICT,
    Reason.CONFLICT_OF_INTEREST: HTTPStatus.FORBIDDEN,
    Reason.NOT_QUALIFIED: HTTPStatus.FORBIDDEN,
    Reason.STEP_REFUSED: HTTPStatus.CONFLICT,
    Reason.LINK_REFUSED: HTTPStatus.FORBIDDEN,
    Reason.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.REQUEST_IN_PROGRESS: HTTPStatus.CONFLICT,
    Reason.ALREADY_APPEALED: HTTPStatus.CONFLICT,
    Reason.APPEAL_LIMIT: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.STILL_WORKING: HTTPStatus.CONFLICT,
    Reason.CURSOR_TOO_OLD: HTTPStatus.GONE,
}
_REASONS = {
    HTTPStatus.NOT_FOUND: Reason.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.REQUEST_TOO_LARGE,
}
_UNROUTED = {
    HTTPStatus.NOT_FOUND: "there is nothing at this path; docs/http.md lists the routes",
    HTTPStatus.METHOD_NOT_ALLOWED: "this path knows other methods; docs/http.md lists the routes",
}
"""What the framework says in two words."""
_HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "2"},
}


def status_of(error: ArtgateError) -> HTTPStatus:
    """The status that goes with an error: theirs, ours, or one that passes."""
    if isinstance(error, Transient):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, Fault):
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return _STATUS.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)


def status_for(reason: Reason) -> HTTPStatus:
    """The status that a reason's refusals have where nothing else is known of them."""
    passing = {Reason.DATABASE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE, Reason.PROVIDER_UNAVAILABLE}
    if reason in passing:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if reason is Reason.INTERNAL_ERROR:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return _STATUS.get(reason, HTTPStatus.UNPROCESSABLE_ENTITY)


def document(status: HTTPStatus, reason: Reason, detail: str) -> dict[str, Any]:
    """The members of a problem document."""
    return {
        "type": f"urn:artgate:reason:{reason}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "reason": reason.value,
    }


def problem(
    status: HTTPStatus, reason: Reason, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A problem document."""
    told = {**_HEADERS.get(status, {}), **(headers or {})}
    return JSONResponse(document(status, reason, detail), status.value, told, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""
    for kind, answer in HANDLERS.items():
        app.add_exception_handler(kind, answer)


def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ArtgateError)
    wait = {"Retry-After": str(error.seconds)} if isinstance(error, Throttled | Limited) else None
    return problem(status_of(error), error.reason, error.message, wait)


def _malformed(_: Request, error: Exception) -> JSONResponse:
    """Names each parameter that is wrong, and never repeats what was sent."""
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, Reason.BAD_REQUEST, f"the request does not fit: {wrong}")


def _unrouted(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:  # the framework's word for a body that it can't decode
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(status, Reason.BAD_REQUEST, "the body is no JSON in UTF-8; see docs/platform.md")
    reason = _REASONS.get(status, Reason.BAD_REQUEST)
    detail = _UNROUTED.get(status) or str(error.detail)
    return problem(status, reason, detail, dict(error.headers or {}))


def _database(_: Request, error: Exception) -> JSONResponse:
    """Nothing was committed: the sender tries again.

    The log has the cause alone: the statement holds every key of a batch.
    """
    log.warning("database_failed", extra=trouble(error))
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Reason.DATABASE_UNAVAILABLE,
        "the database does not answer; nothing was taken, send it again",
    )


def _unforeseen(_: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        Reason.INTERNAL_ERROR,
        "an error that nobody foresaw; the hook's log has it",
    )


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], JSONResponse]] = {
    ArtgateError: _refused,
    RequestValidationError: _malformed,
    HTTPException: _unrouted,
    DBAPIError: _database,
    PoolTimeoutError: _database,
    Exception: _unforeseen,
}
"""How each kind of error is answered."""
