"""The two routes that browsers pass on their way to the identity provider and back."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session, sessionmaker

from detector.reasons import Reason, Rejected
from worker.access.browser import Cookie, session_cookie
from worker.access.oidc.flow import ATTEMPT_SECONDS, OidcFlow, Return
from worker.settings import Settings


def router_for(settings: Settings, makes: sessionmaker[Session]) -> APIRouter:
    """The routes below ``/v1/access/oidc``; without a provider they say that there is none."""
    router = APIRouter(prefix="/v1/access/oidc", tags=["access"])
    flow = None if settings.oidc_issuer is None else OidcFlow(settings, makes)
    kept, under_way = session_cookie(settings), Cookie("artgate-oidc", settings)

    @router.get("/start", status_code=HTTPStatus.SEE_OTHER)
    def start(request: Request) -> RedirectResponse:
        """Send the browser to the provider."""
        departure = _known(flow).depart()
        answer = RedirectResponse(departure.url, HTTPStatus.SEE_OTHER)
        under_way.put(answer, request, departure.browser, ATTEMPT_SECONDS)
        return answer

    @router.get("/callback", status_code=HTTPStatus.SEE_OTHER)
    def callback(
        request: Request, state: str | None = None, code: str | None = None, iss: str | None = None
    ) -> RedirectResponse:
        """Take the browser back, signed in."""
        made = _known(flow).arrive(
            Return(
                state=state,
                code=code,
                issuer=iss,
                browser=under_way.read(request),
                session=kept.read(request),
            )
        )
        answer = RedirectResponse(settings.after_sign_in, HTTPStatus.SEE_OTHER)
        under_way.drop(answer, request)
        kept.put(answer, request, made.secret, settings.session_lifetime)
        return answer

    return router


def _known(flow: OidcFlow | None) -> OidcFlow:
    if flow is None:
        raise Rejected(Reason.NOT_FOUND, "no identity provider is set up here; sign in with a password")
    return flow
