"""Tokens that Google gives to push subscriptions, verified.

Source: Google Cloud, "Authentication for push subscriptions": an OpenID Connect token of Google's, whose
audience and service account the subscription states.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from detector.reasons import Reason, Rejected, Transient
from worker.clock import unix_now
from worker.push.fetching import Fetch

KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LEEWAY_SECONDS = 60
_KEPT_SECONDS = 3600.0
_UNKNOWN_KEY_SECONDS = 60.0
"""How soon keys are fetched anew for a token that none of them has signed: they may have changed."""


class GoogleTokens:
    """Verifies tokens by Google's keys, which are fetched once an hour.

    Args:
        audience: for whom tokens must be.
        accounts: e-mail addresses of the service accounts that they may be of.
        fetch: gets Google's keys.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        audience: str,
        accounts: Collection[str],
        fetch: Fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._accounts = frozenset(accounts)
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def verify(self, token: str) -> None:
        """Accept a token of Google's, made for us and for an account that may push.

        Raises:
            Rejected: ``bad_signature``; ``forbidden``: of another account.
            Transient: ``provider_unavailable``.
        """
        claims = self._claims(token)
        if claims.get("email_verified") is not True or claims.get("email") not in self._accounts:
            raise Rejected(
                Reason.FORBIDDEN, "the token's service account is not one of ARTGATE_PUBSUB_ACCOUNTS"
            )

    def _claims(self, token: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=unix_now(),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "values": list(ISSUERS)},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            iat={"essential": True},
        )
        for longest in (_KEPT_SECONDS, _UNKNOWN_KEY_SECONDS):
            keys = self._fresh(longest)
            try:
                claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
            except (JoseError, ValueError, TypeError, KeyError) as error:
                trouble = type(error).__name__
                continue
            try:
                rules.validate(claims)
            except (JoseError, ValueError, TypeError) as error:
                raise _untrusted(type(error).__name__) from None
            return claims
        raise _untrusted(trouble)

    def _fresh(self, longest: float) -> KeySet:
        """Google's keys, at most so many seconds old."""
        now = self._clock()
        if self._keys is None or now - self._fetched_at > longest:
            try:
                self._keys = KeySet.import_key_set(json.loads(self._fetch(KEYS_URL)))
            except (JoseError, ValueError, TypeError, KeyError):
                raise Transient(
                    Reason.PROVIDER_UNAVAILABLE, "Google's keys can't be read; send the message again"
                ) from None
            self._fetched_at = now
        return self._keys


def _untrusted(what: str) -> Rejected:
    return Rejected(
        Reason.BAD_SIGNATURE,
        f"the token can't be trusted ({what}); give the subscription the audience of ARTGATE_PUBSUB_AUDIENCE",
    )
