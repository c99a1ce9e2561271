"""The fuzzing in short, and that it would notice."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from detector.reasons import Reason, Rejected
from tests.fuzz import seeds
from tests.fuzz.__main__ import document
from tests.fuzz.campaign import Campaign, decode_mutants
from tests.fuzz.coverage import Coverage
from tests.fuzz.guided import search
from tests.fuzz.mutation import mutate
from tests.fuzz.targets import TARGETS, TOPIC, Target
from worker.push.sns_message import read_message

EVENTS = TARGETS[0]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_escapes_a_reader(target: Target) -> None:
    found = search(target, inputs=300, seed=7)
    assert found.escaped == {}
    assert found.tried == 300 + len(target.seeds())


def test_nothing_escapes_the_decoder_process() -> None:
    done = decode_mutants(seeds.pictures() + seeds.odd_pictures(), files=300, seed=7)
    assert done.escaped == {}
    assert done.files == sum(done.outcomes.values()) == 300
    assert len(done.outcomes) >= 4
    assert 50 * 2**20 < done.largest < 2**30


def test_what_a_reader_must_not_raise_is_found_and_kept() -> None:
    """With a reader that has a fault where a message has no token."""

    def reader(data: bytes) -> None:
        read_message(data, {TOPIC})
        if b'"Token"' not in data:
            raise KeyError("Token")

    faulty = replace(TARGETS[1], run=reader)
    found = search(faulty, inputs=20, seed=1)
    assert "KeyError: 'Token'" in found.escaped


def test_a_refusal_for_a_reason_that_a_reader_has_not_escapes() -> None:
    def reader(_: bytes) -> None:
        raise Rejected(Reason.INTERNAL_ERROR, "it broke")

    assert replace(EVENTS, run=reader).escapes(b"") == "refused as internal_error"


def test_the_search_reaches_more_than_its_seeds() -> None:
    few, many = (search(EVENTS, inputs=inputs, seed=1) for inputs in (0, 1000))
    assert len(many.steps) > len(few.steps)
    assert len(many.kept) > len(few.kept)


def test_steps_are_those_of_the_named_folders() -> None:
    coverage = Coverage("worker/notifications")
    assert coverage.of(lambda: EVENTS.run(b'{"bucket": "b", "key": "k"}'))
    assert not coverage.of(lambda: json.loads("{}"))


def test_a_seed_gives_the_same_mutants_and_another_one_others() -> None:
    data, others = seeds.pictures()[0], seeds.pictures()
    first, again, other = (
        [mutate(rng, data, others) for _ in range(20)]
        for rng in (random.Random(1), random.Random(1), random.Random(2))
    )
    assert first == again != other


def test_what_escapes_time_and_memory_is_noted() -> None:
    done = Campaign()
    done.took(b"slow", "ok", 100.0, 0)
    done.took(b"large", "ok", 0.0, 2**40)
    done.took(b"odd", "TypeError: it broke", 0.0, 0)
    done.took(b"internal", Reason.INTERNAL_ERROR, 0.0, 0)
    done.took(b"fatal", Reason.DECODER_DIED, 0.0, 0)
    assert list(done.escaped.values()) == [b"slow", b"large", b"odd", b"internal"]
    assert document(done, len(done.escaped)) == {
        "files": 5,
        "longest_ms": 100_000.0,
        "largest_mib": 1_048_576.0,
        "crashes_contained": 1,
        "escaped": 4,
    }
