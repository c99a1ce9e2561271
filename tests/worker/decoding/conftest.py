"""A decoder with generous limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from detector.decode import DecodeLimits
from worker.decoding import DecoderProcess

GIB = 2**30


@pytest.fixture
def decoder() -> Iterator[DecoderProcess]:
    """With generous limits."""
    made = DecoderProcess(DecodeLimits(), seconds=20, memory=2 * GIB)
    yield made
    made.close()
