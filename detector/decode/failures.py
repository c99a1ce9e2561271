"""Truncated, corrupt, too large: what a decoder's complaint means."""

from __future__ import annotations

import errno
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from detector.decode.container import Container
from detector.decode.truncation import ends_early
from detector.reasons import Reason, Rejected

_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on files that lie: it promises nothing narrower."""


@contextmanager
def refusing(container: Container, data: bytes) -> Iterator[None]:
    """Turn whatever a decoder raises within the block into Rejected."""
    try:
        yield
    except _BOMB as error:
        raise Rejected(
            Reason.TOO_MANY_PIXELS,
            "The file unfolds into more pixels than are allowed; upload a smaller picture.",
        ) from error
    except MemoryError as error:
        raise _out_of_memory(container) from error
    except _STUMBLES as error:
        raise _stumble(error, container, data) from error


def _stumble(error: Exception, container: Container, data: bytes) -> Rejected:
    complaint = str(error).lower()
    if "out of memory" in complaint or getattr(error, "errno", None) == errno.ENOMEM:
        return _out_of_memory(container)
    if "truncated" in complaint or ends_early(container, data):
        return Rejected(
            Reason.TRUNCATED, f"The {container} file ends before its picture does; upload it again."
        )
    return Rejected(Reason.CORRUPT, f"The {container} file is broken; save the picture anew and upload that.")


def _out_of_memory(container: Container) -> Rejected:
    return Rejected(
        Reason.DECODE_MEMORY,
        f"Decoding the {container} file needs more memory than is allowed; upload a smaller one.",
    )
