"""What can go wrong between a program and the API.

::

    ArtgateError
    ├── Rejected  ── Refused       the server said no, with a reason code: trying again changes nothing
    └── Transient ── Unavailable   no answer, or one that passes, after all tries: try again later
"""

from __future__ import annotations

from detector.reasons import Reason, Rejected, Transient


class Refused(Rejected):
    """The server refused the request.

    Args:
        code: the stable code; ``reason`` is the same, or ``bad_request`` where this version knows it not.
        detail: one sentence that says what to do.
        status: of the answer.
    """

    def __init__(self, code: str, detail: str, status: int) -> None:
        known = code in {reason.value for reason in Reason}
        super().__init__(Reason(code) if known else Reason.BAD_REQUEST, detail)
        self.code = code
        self.status = status

    def __reduce__(self) -> tuple[type[Refused], tuple[str, str, int]]:  # type: ignore[override] # made of more
        return type(self), (self.code, self.message, self.status)


class Unavailable(Transient):
    """The server was away, overloaded or at fault, each time that it was asked."""
