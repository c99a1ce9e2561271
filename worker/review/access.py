"""Who may use the review API: moderators, each with a bearer token of their own."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from fastapi import Request
from pydantic import SecretStr

from detector.reasons import Reason, Rejected


def moderator_of(tokens: Mapping[str, SecretStr]) -> Callable[[Request], str]:
    """A dependency that gives the moderator's name, by ``Authorization: Bearer ...``.

    Every token is compared, in constant time, so that an answer's delay tells nothing of any of them.
    """
    known = [(name, token.get_secret_value().encode()) for name, token in tokens.items()]

    def moderator(request: Request) -> str:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        offered = given.strip().encode()
        names = [name for name, token in known if hmac.compare_digest(token, offered)]
        if scheme.lower() != "bearer" or not offered or not names:
            raise Rejected(Reason.BAD_SIGNATURE, "the review API needs a moderator's bearer token")
        return names[0]

    return moderator
