"""The memory that training makes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from detector.bundle.arrays import write_arrays
from detector.decode import decode
from detector.perceptual import perceptual_hash
from detector.training.measuring import MeasuredCorpus
from detector.training.remembering import remember
from tests.detector.training.corpora import measure, write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> MeasuredCorpus:
    return measure(write_corpus(tmp_path_factory.mktemp("corpus"), pictures=2))


def test_every_picture_is_known_again_by_its_file_its_pixels_and_its_vector(corpus: MeasuredCorpus) -> None:
    memory = remember(corpus, seed=1)
    assert len(memory) == len(corpus.entries)
    for entry, row in zip(corpus.entries, corpus.examples.rows, strict=True):
        data = Path(entry.file).read_bytes()
        known = memory.overlaps(sha256=hashlib.sha256(data).digest())
        assert [each.group for each in known] == [entry.group]
        pixels = memory.overlaps(perceptual=perceptual_hash(decode(data)), bits=0)
        assert entry.group in {each.group for each in pixels}
        nearest = memory.nearest(row, 1)[0]
        assert (nearest.group, nearest.domain) == (entry.group, entry.domain)


def test_neighbours_are_mostly_of_the_same_kind(corpus: MeasuredCorpus) -> None:
    """Its generators' pictures are bright and its people's are dark."""
    memory = remember(corpus, seed=1)
    second = [memory.nearest(row, 2)[1].synthetic for row in corpus.examples.rows]
    assert np.mean(np.array(second) == corpus.examples.labels) > 0.9


def test_the_same_corpus_and_seed_give_the_same_bytes(corpus: MeasuredCorpus) -> None:
    one, other = (write_arrays(remember(corpus, seed=1).arrays()) for _ in range(2))
    assert one == other


def test_a_picture_unlike_all_others_is_farther_than_usual(corpus: MeasuredCorpus) -> None:
    memory = remember(corpus, seed=1)
    strange = memory.space.mean + 4 * memory.space.scale * np.sign(memory.space.components[0])
    assert memory.nearest(strange.astype(np.float32), 1)[0].distance > memory.usual
    usual = [memory.nearest(row, 2)[1].distance for row in corpus.examples.rows]
    assert np.mean(np.array(usual) <= memory.usual) >= 0.9
