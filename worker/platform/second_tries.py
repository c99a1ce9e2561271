"""Requests that may be sent again: with an idempotency key, a second try does nothing and gets the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from db.queries import kept_answers
from db.queries.kept_answers import Kept
from detector.reasons import Reason, Rejected

REPLAYED_HEADER = "Idempotency-Replayed"
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="The sender's own, new for each new request: a second try with it does nothing twice.",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]

Work = Callable[[Session], tuple[int, dict[str, Any]]]
"""Does what was asked for and gives the status and the body of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request with its key."""

    who: str
    """The name that the guard knows: keys of one program are no matter of another's."""
    key: str | None
    route: str
    body: BaseModel

    def digests(self) -> tuple[bytes, bytes]:
        """Sha256 of the key as its sender's, and of what is asked for."""
        asked = f"{self.route}\n{self.body.model_dump_json()}"
        return (
            hashlib.sha256(f"{self.who}\n{self.key}".encode()).digest(),
            hashlib.sha256(asked.encode()).digest(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a request: done now, or before."""

    status: int
    body: dict[str, Any]
    replayed: bool

    def answer(self, body: dict[str, Any] | None = None) -> JSONResponse:
        """The answer, with its own body or with one that tells how things stand now."""
        headers = {REPLAYED_HEADER: "true"} if self.replayed else None
        return JSONResponse(self.body if body is None else body, self.status, headers)


class SecondTries:
    """Answers each key once; the work and the answer that is kept are one transaction.

    A refusal is not kept: what was wrong can be put right under the same key.

    Args:
        makes: makes a session of the database for each request.
        keep_seconds: how long answers are kept.
    """

    def __init__(self, makes: sessionmaker[Session], *, keep_seconds: float) -> None:
        self._makes = makes
        self._keep_seconds = keep_seconds

    def done(self, asked: Asked, work: Work) -> Done:
        """Do the work, or find what came of it before.

        Raises:
            Rejected: ``request_in_progress``, ``idempotency_mismatch``, and what the work raises.
        """
        with self._makes.begin() as session:
            if asked.key is None:
                status, body = work(session)
                return Done(status=status, body=body, replayed=False)
            key, request = asked.digests()
            known = self._known(session, key, request)
            if known is not None:
                return Done(status=known.status, body=known.body, replayed=True)
            status, body = work(session)
            kept = Kept(request=request, status=status, body=body)
            kept_answers.keep(session, key, kept, keep_seconds=self._keep_seconds)
            return Done(status=status, body=body, replayed=False)

    def _known(self, session: Session, key: bytes, request: bytes) -> Kept | None:
        if not kept_answers.hold(session, key):
            raise Rejected(
                Reason.REQUEST_IN_PROGRESS,
                "a request with this idempotency key is being worked on; send it again in a moment",
            )
        known = kept_answers.find(session, key, keep_seconds=self._keep_seconds)
        if known is not None and known.request != request:
            raise Rejected(
                Reason.IDEMPOTENCY_MISMATCH,
                "this idempotency key came before with another request; take a new key for a new request",
            )
        return known
