"""Who may post events and ask for their standing: a signature over the body, or a bearer token.

Tokens are those of the settings, or of accounts whose role has the permission.
"""

from __future__ import annotations

import hmac

from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from detector.reasons import Reason, Rejected
from worker import signature
from worker.access import tokens
from worker.access.permissions import Permission, check
from worker.clock import unix_now
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER


class Doorkeeper:
    """Knows the secrets and the tokens; compares each in constant time.

    Args:
        settings: with secrets and tokens.
        makes: makes a session of the database for an account's token; without it, accounts are not known.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session] | None = None) -> None:
        self._makes = makes
        self._secrets = [secret.get_secret_value() for secret in settings.hook_secrets]
        self._tokens = [token.get_secret_value().encode() for token in settings.hook_tokens]
        self._window = settings.signature_window

    def may_ask(self, headers: Headers) -> None:
        """Let a bearer token pass.

        Raises:
            Rejected: ``bad_signature``; ``forbidden``: the token's account may not.
        """
        if not self._has_token(headers):
            self._check_account(_offered(headers), Permission.READ_EVENTS)

    async def may_post(self, headers: Headers, body: bytes) -> None:
        """Let a bearer token or a signature of the raw body pass.

        Raises:
            Rejected: ``bad_signature``; ``forbidden``: the token's account may not.
        """
        if self._has_token(headers):
            return
        offered = _offered(headers)
        if offered.startswith(tokens.PREFIX):
            await run_in_threadpool(self._check_account, offered, Permission.SEND_EVENTS)
        else:
            signature.verify(
                headers.get(SIGNATURE_HEADER), body, self._secrets, unix_now(), window=self._window
            )

    def _has_token(self, headers: Headers) -> bool:
        offered = _offered(headers).encode()
        known = [hmac.compare_digest(token, offered) for token in self._tokens]
        return offered != b"" and any(known)

    def _check_account(self, offered: str, permission: Permission) -> None:
        actor = None
        if self._makes is not None and offered.startswith(tokens.PREFIX):
            with self._makes.begin() as session:
                actor = tokens.recognise(session, offered)
        if actor is None:
            raise Rejected(
                Reason.BAD_SIGNATURE,
                "this needs a bearer token of ARTGATE_HOOK_TOKENS, or a service's (`artgate tokens add`)",
            )
        check(actor.role, permission)


def _offered(headers: Headers) -> str:
    """The bearer token of a request; empty where there is none."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""
