"""Signatures of requests, the hook's and the webhook's alike: ``t=<unix seconds>,v1=<hex>``.

``v1`` is HMAC-SHA256 of ``<t>.<raw body>``. The time is signed with the body, so that a recorded request
can't be sent again later. Two secrets may be live, so that one can be replaced without a gap. What follows
a version that is not known is passed over, so that a sender may add a second kind of signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from detector.reasons import Reason, Rejected

SIGNATURE_HEADER = "X-Artgate-Signature"
_LONGEST = 1024
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def sign(secret: str, body: bytes, unix_now: int) -> str:
    """The header's value for ``body``, sent at ``unix_now``.

    Raises:
        ValueError: the secret is empty, which anyone could guess.
    """
    return sign_with_all([secret], body, unix_now)


def sign_with_all(secrets: Sequence[str], body: bytes, unix_now: int) -> str:
    """The header's value, made with each of ``secrets``: whoever knows one of them can check it.

    Raises:
        ValueError: there is no secret, or an empty one.
    """
    if not secrets:
        raise ValueError("no secret signs nothing")
    return ",".join([f"t={unix_now}", *(f"v1={_digest(secret, unix_now, body)}" for secret in secrets)])


def verify(header: str | None, body: bytes, secrets: Sequence[str], now: int, window: int = 300) -> None:
    """Accept a request whose header was made with one of ``secrets``, at most ``window`` seconds off.

    Every secret is compared with every signature, in constant time, so that an answer's delay tells
    nothing of any of them.

    Raises:
        Rejected: ``bad_signature``: absent, malformed, wrong, too old or too early.
    """
    if header is None:
        raise _bad(f"the request needs the header {SIGNATURE_HEADER}: t=<unix seconds>,v1=<hex>")
    sent_at, offered = _parts(header)
    matches = [
        hmac.compare_digest(_digest(secret, sent_at, body), signature)
        for secret in secrets
        for signature in offered
    ]
    if not any(matches):
        raise _bad("the signature is not that of any live secret; sign the raw body as <t>.<body>")
    if abs(now - sent_at) > window:
        raise _bad(f"the signature is more than {window} s off; check the sender's clock and sign again")


def _parts(header: str) -> tuple[int, list[str]]:
    """The time and the signatures of a header."""
    pairs = [part.strip(" ").partition("=") for part in header[:_LONGEST].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value.lower() for name, _, value in pairs if name == "v1"]
    whole = len(header) <= _LONGEST and len(times) == 1 and _TIME.fullmatch(times[0])
    if not whole or not signatures or not all(map(_DIGEST.fullmatch, signatures)):
        raise _bad(f"{SIGNATURE_HEADER} is malformed; expected t=<unix seconds>,v1=<64 hex digits>")
    return int(times[0]), signatures


def _digest(secret: str, sent_at: int, body: bytes) -> str:
    if not secret:
        raise ValueError("an empty secret signs nothing")
    return hmac.new(secret.encode(), b"%d." % sent_at + body, hashlib.sha256).hexdigest()


def _bad(message: str) -> Rejected:
    return Rejected(Reason.BAD_SIGNATURE, message)
