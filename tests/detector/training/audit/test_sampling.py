"""Every group has its say in a sample."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.training.audit.sampling import sample
from tests.detector.training.audit.corpora import entry


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 80), st.integers(0, 9))
def test_groups_have_equally_many_as_far_as_they_go(sizes: list[int], count: int, seed: int) -> None:
    entries = [entry(number, picture) for number, size in enumerate(sizes) for picture in range(size)]
    drawn = sample(entries, count, np.random.default_rng(seed))
    assert len(drawn) == min(count, len(entries))
    assert list(drawn) == [each for each in entries if each in drawn], "in the corpus's order, none twice"
    counts = Counter(each.group for each in drawn)
    most = max(counts.values())
    for number, size in enumerate(sizes):
        assert counts[f"group-{number}"] >= min(size, most - 1)
    assert drawn == sample(entries, count, np.random.default_rng(seed))
