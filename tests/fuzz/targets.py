"""What reads hostile bytes in Python, and what may come of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detector.decode import DecodeLimits
from detector.decode.container import identify
from detector.decode.headers import check_header
from detector.provenance import claims
from detector.reasons import Reason, Rejected
from tests.fuzz import seeds
from worker.hook import signals
from worker.notifications import parse
from worker.push.sns_message import read_message

TOPIC = "arn:aws:sns:eu-central-1:123456789012:uploads"
_LIMITS = DecodeLimits(max_bytes=2**20, max_pixels=2**20)
_JSON = (b"[", b'{"a":', b'{"Records":[', b"]", b"}", b"null", b"1e999", b'"\\ud800"', b"\\u0000", b"NaN")
_PICTURE = (
    b"\xff\xd8",
    b"\xff\xe1",
    b"IDAT",
    b"iCCP",
    b"Exif\0\0",
    b"II*\0",
    b"MM\0*",
    b"ftyp",
    b"iloc",
    b"VP8X",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader."""

    name: str
    run: Callable[[bytes], object]
    reasons: frozenset[Reason]
    """Why it may refuse; anything else that it raises has escaped."""
    folders: tuple[str, ...]
    """Whose lines guide the search."""
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...]

    def escapes(self, data: bytes) -> str | None:
        """What came of the bytes that must not; None where all is well."""
        try:
            self.run(data)
        except Rejected as refusal:
            return None if refusal.reason in self.reasons else f"refused as {refusal.reason}"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            return f"{type(error).__name__}: {str(error)[:100]}"
        return None


def _headers(data: bytes) -> None:
    check_header(identify(data, _LIMITS.max_bytes), data, _LIMITS.max_pixels)


TARGETS = (
    Target(
        name="events",
        run=parse,
        reasons=frozenset({Reason.BAD_EVENT}),
        folders=("worker/notifications",),
        seeds=seeds.events,
        tokens=_JSON,
    ),
    Target(
        name="sns",
        run=lambda data: read_message(data, {TOPIC}),
        reasons=frozenset({Reason.BAD_EVENT, Reason.FORBIDDEN, Reason.BAD_SIGNATURE}),
        folders=("worker/push",),
        seeds=lambda: seeds.sns_messages(TOPIC),
        tokens=_JSON,
    ),
    Target(
        name="signals",
        run=signals.read_body,
        reasons=frozenset({Reason.BAD_REQUEST}),
        folders=("worker/hook",),
        seeds=lambda: [b'{"bucket": "b", "key": "k", "reach": 5, "reports": 1, "language": "de"}'],
        tokens=_JSON,
    ),
    Target(
        name="headers",
        run=_headers,
        reasons=frozenset(Reason) - {Reason.INTERNAL_ERROR},
        folders=("detector/decode",),
        seeds=lambda: seeds.pictures() + seeds.odd_pictures(),
        tokens=_PICTURE,
    ),
    Target(
        name="provenance",
        run=claims,
        reasons=frozenset(),
        folders=("detector/provenance",),
        seeds=lambda: seeds.pictures() + seeds.odd_pictures(),
        tokens=_PICTURE,
    ),
)
