"""Files that unfold: each known shape ends within the decoder process's limits, and the next file decodes.

First with a worker's usual limits of a file, where most are refused before they unfold. Then without any, so
that nothing but the process's memory and time is left to stop them.
"""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from contextlib import closing

import pytest
from PIL import Image

from detector.decode import DecodeLimits
from detector.reasons import Reason
from tests.detector.decode.files import PNG_SIGNATURE, chunk, png, saved, tiff
from tests.fuzz.campaign import largest_memory, outcome_of
from tests.pictures import encode, flat, jpeg, painting
from worker.decoding import DecoderProcess

MEMORY = 2**29
"""Bytes of address space, of which 200 MB are the process itself."""
SECONDS = 10.0
UNLIMITED = DecodeLimits(max_bytes=2**40, max_pixels=2**40)
PICTURE = jpeg()
SIDE = 24_000


def pixels() -> bytes:
    """A PNG of 576 million grey pixels in two megabytes of zeros."""
    packed = zlib.compressobj(1)
    rows = b"".join(packed.compress(bytes(1 + SIDE)) for _ in range(SIDE)) + packed.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0))
    return PNG_SIGNATURE + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def strips() -> bytes:
    """A TIFF whose one deflated strip unfolds a thousandfold: a zip bomb."""
    strip = zlib.compress(bytes(20_000 * 20_000), 1)
    entries = [
        (256, 4, 1, 20_000),
        (257, 4, 1, 20_000),
        (258, 3, 1, 8),
        (259, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, 20_000),
        (279, 4, 1, len(strip)),
    ]
    return tiff(entries, strip)


def frames() -> bytes:
    """An animation of 5,000 frames, of 9 million pixels each."""
    one = saved(Image.new("P", (3000, 3000)), "GIF")
    first = one.index(b"\x2c\0\0\0\0")  # where the one frame begins; a byte ends the file
    return one[:first] + one[first:-1] * 5_000 + one[-1:]


def profile() -> bytes:
    """A PNG whose colour profile unfolds to 100 MB."""
    packed = zlib.compress(bytes(100 * 2**20), 1)
    return png(64, 64, 8, 2, [bytes(3 * 64)] * 64, chunk(b"iCCP", b"p\0\0" + packed))


def text() -> bytes:
    """A PNG with twenty texts that unfold to 50 MB each."""
    packed = zlib.compress(b"a" * (50 * 2**20), 1)
    texts = [chunk(b"zTXt", b"Comment\0\0" + packed)] * 20
    return png(64, 64, 8, 2, [bytes(3 * 64)] * 64, *texts)


def exif() -> bytes:
    """A PNG whose EXIF says four thousand million entries, in a loop of directories."""
    loop = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1)
    entry = struct.pack("<HHII", 34665, 4, 0xFFFF_FFFF, 8)
    return encode(painting(64, 64), "PNG", exif=loop + entry + struct.pack("<I", 8))


SHAPES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # shape: how it is made, what comes of it with limits of a file, and what without
    "pixel": (pixels, Reason.TOO_MANY_PIXELS, Reason.DECODE_MEMORY),
    "zip": (strips, Reason.TOO_MANY_PIXELS, Reason.DECODE_MEMORY),
    "frame": (frames, "ok", "ok"),  # one frame is decoded, the others are counted
    "profile": (profile, Reason.CORRUPT, Reason.CORRUPT),
    "text": (text, Reason.CORRUPT, Reason.CORRUPT),
    "exif": (exif, "ok", "ok"),
}


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {name: make() for name, (make, _, _) in SHAPES.items()}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("limits", [DecodeLimits(), UNLIMITED], ids=["usual", "unlimited"])
def test_a_bomb_ends_within_time_and_memory(
    shape: str, limits: DecodeLimits, bombs: dict[str, bytes]
) -> None:
    _, usual, unlimited = SHAPES[shape]
    with closing(DecoderProcess(limits, seconds=SECONDS, memory=MEMORY)) as decoder:
        decoder.decode(PICTURE)
        began = time.perf_counter()
        assert outcome_of(decoder, bombs[shape]) == (unlimited if limits is UNLIMITED else usual)
        assert time.perf_counter() - began < SECONDS
        assert largest_memory(decoder) < MEMORY
        assert decoder.decode(PICTURE).facts.format == "JPEG"


def test_a_bomb_that_memory_does_not_stop_is_stopped_by_time(bombs: dict[str, bytes]) -> None:
    with closing(DecoderProcess(UNLIMITED, seconds=0.2, memory=2**31)) as hasty:
        assert outcome_of(hasty, bombs["pixel"]) == Reason.DECODE_TIMEOUT
        assert outcome_of(hasty, encode(flat(8, 8))) == "ok"
