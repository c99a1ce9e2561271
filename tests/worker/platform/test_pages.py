"""The word that tells where a page ended, and what is none."""

from __future__ import annotations

import base64

import pytest

from detector.reasons import Reason, Rejected
from worker.platform.schemas import place_of


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b'["2026-01-01", 1]', b"\xff", b"[" * 20_000])
def test_a_word_that_is_none_of_ours_is_refused(content: bytes) -> None:
    """Also one that is nested beyond what Python reads."""
    with pytest.raises(Rejected) as refused:
        place_of(base64.urlsafe_b64encode(content).decode())
    assert refused.value.reason is Reason.NOT_FOUND
