"""Spans in this process: off, on, below each other, and with no word too many."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from deploy.local.launch import free_port
from detector.reasons import Fault
from tests.worker.tracing.collector import Collector, collector
from worker import tracing
from worker.clock import new_id
from worker.settings import Settings


@pytest.fixture
def traces() -> Iterator[Collector]:
    with collector() as made:
        tracing.begin(Settings(traces_endpoint=made.url), "hook")
        yield made
        tracing.end()


def test_without_an_endpoint_nothing_is_loaded_and_nothing_told() -> None:
    code = (
        "import sys, worker.hook.serve, worker.sweeper, worker.relay\n"
        "from worker import tracing\n"
        "from worker.settings import Settings\n"
        "tracing.begin(Settings(), 'hook')\n"
        "with tracing.span('receive') as span:\n"
        "    print(span.trace, tracing.here(), 'opentelemetry.sdk' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["None", "None", "False"]


def test_an_endpoint_without_the_library_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.tracing.spans._LIBRARY", "no-such-library")
    tracing.demand(Settings())
    with pytest.raises(Fault, match=r"install artgate\[traces\]"):
        tracing.demand(Settings(traces_endpoint="http://127.0.0.1:4318/v1/traces"))


def test_a_span_lies_below_the_one_around_it_or_the_one_that_is_named(traces: Collector) -> None:
    event_id, image_id = new_id(), new_id()
    with tracing.span("outer", of=tracing.ROOT, event_id=event_id) as outer:
        assert tracing.here() == outer.trace
        with tracing.span("inner") as inner:
            inner.image(image_id)
        with tracing.span("apart", of=tracing.ROOT):
            pass
    assert tracing.here() is None
    with tracing.span("later", of=outer.trace):
        pass
    tracing.end()
    by_name = {span.name: span for span in traces.spans}
    above = by_name["outer"]
    assert above.parent_id == by_name["apart"].parent_id == ""
    assert by_name["inner"].parent_id == by_name["later"].parent_id == above.span_id
    assert by_name["inner"].trace_id == by_name["later"].trace_id == above.trace_id
    assert by_name["apart"].trace_id != above.trace_id
    assert above.attributes == {"artgate.event_id": str(event_id)}
    assert by_name["inner"].attributes == {"artgate.image_id": str(image_id)}
    assert {span.service for span in traces.spans} == {"artgate-hook"}


def test_an_error_marks_its_span_and_its_words_stay_here(traces: Collector) -> None:
    with pytest.raises(ValueError, match=r"secret\.png"), tracing.span("fetch", of=tracing.ROOT):
        raise ValueError("secret.png")
    tracing.end()
    (span,) = traces.spans
    assert span.failed
    assert b"secret.png" not in b"".join(traces.bodies)


def test_stages_that_have_passed_stand_one_behind_the_other(traces: Collector) -> None:
    with tracing.span("task", of=tracing.ROOT):
        tracing.past(
            {"fetch": 7.0, "two": 20.0, "one": 10.0}, {"one": "first", "two": "second", "three": "3"}
        )
    tracing.end()
    (first,), (second,), (task,) = traces.named("first"), traces.named("second"), traces.named("task")
    assert len(traces.spans) == 3
    assert first.parent_id == second.parent_id == task.span_id
    assert (first.ended - first.begun, second.ended - second.begun) == (10_000_000, 20_000_000)
    assert first.ended == second.begun


def test_a_trace_that_was_not_drawn_is_not_sent_by_anyone(traces: Collector) -> None:
    with tracing.span("task", of=f"00-{'1' * 32}-{'2' * 16}-00") as span:
        assert (span.trace or "").endswith("-00")
    with tracing.span("task", of=f"00-{'1' * 32}-{'2' * 16}-01"):
        pass
    tracing.end()
    (sent,) = traces.spans
    assert (sent.trace_id, sent.parent_id) == ("1" * 32, "2" * 16)


def test_a_collector_that_is_away_costs_spans_and_seconds_at_the_end_alone() -> None:
    tracing.begin(Settings(traces_endpoint=f"http://127.0.0.1:{free_port()}/v1/traces"), "hook")
    begun = time.monotonic()
    with tracing.span("task", of=tracing.ROOT):
        pass
    assert time.monotonic() - begun < 1
    tracing.end()
    assert time.monotonic() - begun < 10


def test_what_is_no_trace_begins_one(traces: Collector) -> None:
    with tracing.span("task", of="of a sender who invents"):
        pass
    tracing.end()
    assert traces.spans[0].parent_id == ""
