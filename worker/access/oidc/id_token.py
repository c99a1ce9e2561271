"""ID tokens: verified as OpenID Connect Core 1.0, section 3.1.3.7, asks."""

from __future__ import annotations

from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from detector.reasons import Reason, Rejected
from worker.clock import unix_now

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has: neither ``none`` nor a shared secret."""
_PUBLIC_KINDS = frozenset({"RSA", "EC"})
_LEEWAY_SECONDS = 60
_LONGEST_SUBJECT = 255


def verified_claims(
    token: str, keys: dict[str, Any], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """The claims of an ID token that this provider made for us and for this sign-in.

    Args:
        token: as the token endpoint gave it.
        keys: the provider's JWK Set; what its header says of other keys is not heeded.
        issuer: who must have made it.
        client_id: for whom it must be.
        nonce: for which sign-in it must be.

    Raises:
        Rejected: ``sign_in_refused``.
    """
    rules = jwt.JWTClaimsRegistry(
        now=unix_now(),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, _public(keys), algorithms=list(ALGORITHMS)).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused(type(error).__name__) from None
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or "\0" in subject:
        raise _refused("sub")
    if claims.get("azp", client_id) != client_id:
        raise _refused("azp")
    return claims


def _public(keys: dict[str, Any]) -> KeySet:
    """The set's keys that verify signatures; kinds that are not known are passed over."""
    listed = [key for key in keys.get("keys", ()) if isinstance(key, dict)]
    fitting = [key for key in listed if key.get("kty") in _PUBLIC_KINDS and key.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": fitting})


def _refused(what: str) -> Rejected:
    return Rejected(
        Reason.SIGN_IN_REFUSED, f"the identity provider's token can't be trusted ({what}); begin again"
    )
