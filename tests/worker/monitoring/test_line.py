"""The way from a worker's processes to the one that counts."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.reasons import Reason
from worker.monitoring.line import Line
from worker.monitoring.telling import (
    ChildEnd,
    Ended,
    Opened,
    ScanOutcome,
    ScanSeen,
    Told,
    Turned,
    packed,
    unpacked,
)

SECONDS = st.floats(0, 1e6)
SEEN = st.builds(
    ScanSeen,
    outcome=st.sampled_from(ScanOutcome),
    seconds=SECONDS,
    stage_ms=st.dictionaries(st.sampled_from(["fetch", "decode", "veto"]), SECONDS),
    label=st.none() | st.sampled_from(["GENUINE", "UNCERTAIN", "SYNTHETIC"]),
    reason=st.none() | st.sampled_from(list(Reason)),
)
TOLD = (
    SEEN
    | st.builds(Turned, children=st.integers(0, 999))
    | st.builds(Opened, trouble=st.none() | st.text(max_size=300))
    | st.builds(Ended, cause=st.sampled_from(ChildEnd))
)


@given(TOLD)
def test_what_is_told_is_read_unchanged(told: Told) -> None:
    assert unpacked(packed(told)) == told


@pytest.fixture
def line() -> Iterator[Line]:
    with closing(Line.open()) as made:
        yield made


def reading(line: Line, patience: float) -> closing[Line]:
    """The other process's end."""
    return closing(Line.reading(os.dup(line.reader), patience))


def test_packets_keep_apart_and_the_end_of_the_last_writer_is_noticed(line: Line) -> None:
    """Two processes write; the reader ends when both are gone."""
    child = os.fork()
    if child == 0:
        line.tell(Turned(children=2))
        os._exit(0)
    os.waitpid(child, 0)
    line.tell(Ended(cause=ChildEnd.DIED))
    with reading(line, 5.0) as reader:
        assert [reader.read(), reader.read()] == [Turned(children=2), Ended(cause=ChildEnd.DIED)]
        line.close()
        with pytest.raises(EOFError):
            reader.read()


def test_a_reader_that_hears_nothing_goes_on_after_a_while(line: Line) -> None:
    with reading(line, 0.01) as reader:
        assert reader.read() is None


def test_nobody_waits_for_a_reader_that_is_stuck(line: Line) -> None:
    """Counts are lost, scans are not."""
    begun = time.monotonic()
    for _ in range(20_000):
        line.tell(Turned(children=1))
    assert time.monotonic() - begun < 5.0
