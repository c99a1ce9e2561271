"""A sample of a corpus in which every group has its say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detector.training.corpus import Entry


def sample(entries: Sequence[Entry], count: int, rng: np.random.Generator) -> tuple[Entry, ...]:
    """So many pictures, from as many groups as possible and of each as equally many as it has.

    One picture of every group is drawn, then a second, and so on; where the last round is not whole, chance
    decides which groups are in it. They come in the corpus's order; a corpus that is smaller comes whole.
    """
    by_group: dict[str, list[int]] = {}
    for place in rng.permutation(len(entries)):
        by_group.setdefault(entries[place].group, []).append(int(place))
    turns = [by_group[group] for group in rng.permutation(sorted(by_group))]
    rounds = max((len(members) for members in turns), default=0)
    order = [members[k] for k in range(rounds) for members in turns if k < len(members)]
    return tuple(entries[place] for place in sorted(order[:count]))
