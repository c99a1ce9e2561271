"""What browsers send and keep: the cookie of a session, and the marks of a request from another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request, Response

from detector.reasons import Reason, Rejected
from worker.settings import Settings

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
"""In a form, where there is no header to set."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN_SITES = frozenset({"same-origin", "none"})


class Cookie:
    """One cookie of ours: no script reads it, and no other site, subdomain or plain connection sends it.

    Its name begins with ``__Host-``, by which browsers take it from this very host and over TLS alone. Where
    the settings allow localhost without TLS, it has neither the prefix nor the flag there.

    Args:
        name: without the prefix.
        settings: whether localhost may do without TLS.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._plain_on_localhost = settings.plain_http_on_localhost

    def read(self, request: Request) -> str | None:
        """What the browser has; None where it has none."""
        return request.cookies.get(self._named(request)) or None

    def put(self, response: Response, request: Request, value: str, seconds: int) -> None:
        """Let the browser keep ``value`` for so long."""
        response.set_cookie(
            self._named(request),
            value,
            max_age=seconds,
            path="/",
            secure=not self._plain(request),
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response, request: Request) -> None:
        """Let the browser forget it."""
        self.put(response, request, "", 0)

    def _named(self, request: Request) -> str:
        return self._name if self._plain(request) else f"__Host-{self._name}"

    def _plain(self, request: Request) -> bool:
        local = request.url.hostname in _LOCAL_HOSTS
        return self._plain_on_localhost and local and request.url.scheme == "http"


def session_cookie(settings: Settings) -> Cookie:
    """The cookie that holds the secret of a session."""
    return Cookie("artgate-session", settings)


def address_of(request: Request) -> str | None:
    """The client's address, whose failures to sign in are counted."""
    return None if request.client is None else request.client.host


def refuse_other_sites(request: Request) -> None:
    """Refuse what a browser says comes from a page of another site.

    Raises:
        Rejected: ``csrf_refused``.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    other = site not in _OWN_SITES if site is not None else _is_other(origin, request)
    if other:
        raise Rejected(
            Reason.CSRF_REFUSED, "this request comes from a page of another site; open artgate's own page"
        )


def _is_other(origin: str | None, request: Request) -> bool:
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
