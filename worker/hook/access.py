"""Who may post events and ask for their standing: a signature over the body, or a bearer token."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers

from detector.reasons import Reason, Rejected
from worker import signature
from worker.clock import unix_now
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER


class Doorkeeper:
    """Knows the secrets and the tokens; compares each in constant time."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = [secret.get_secret_value() for secret in settings.hook_secrets]
        self._tokens = [token.get_secret_value().encode() for token in settings.hook_tokens]
        self._window = settings.signature_window

    def may_ask(self, headers: Headers) -> None:
        """Let a bearer token pass.

        Raises:
            Rejected: ``bad_signature``.
        """
        if not self._has_token(headers):
            raise Rejected(Reason.BAD_SIGNATURE, "this needs a bearer token of ARTGATE_HOOK_TOKENS")

    def may_post(self, headers: Headers, body: bytes) -> None:
        """Let a bearer token or a signature of the raw body pass.

        Raises:
            Rejected: ``bad_signature``.
        """
        if not self._has_token(headers):
            signature.verify(
                headers.get(SIGNATURE_HEADER), body, self._secrets, unix_now(), window=self._window
            )

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        offered = given.strip().encode()
        known = [hmac.compare_digest(token, offered) for token in self._tokens]
        return scheme.lower() == "bearer" and offered != b"" and any(known)
