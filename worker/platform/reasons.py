"""Which refusals a route may answer with, as the API's description needs them."""

from __future__ import annotations

from typing import Any

from detector.reasons import Reason

REASONS = "x-artgate-reasons"
"""Member of a route's description; the server writes the answers that go with the reasons."""
_ALWAYS = (Reason.BAD_SIGNATURE, Reason.FORBIDDEN, Reason.RATE_LIMITED, Reason.BAD_REQUEST)


def may_refuse(*reasons: Reason) -> dict[str, Any]:
    """For ``openapi_extra``: these reasons, beside those that every route has."""
    return {REASONS: [reason.value for reason in (*_ALWAYS, *reasons)]}
