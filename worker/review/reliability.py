"""How far to trust a reviewer, and a label that several have given: pure functions of known answers.

A reviewer's reliability is the share of known answers that they gave, drawn towards a prior so that three
right answers don't make anyone infallible. A label's weight is the probability that it is right if reviewers
err independently and either way alike (the one-coin model of Dawid and Skene, 1979): the log-odds of those
who said so, less those of the ones who said the opposite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PRIOR_RIGHT, _PRIOR = 8.0, 10.0
"""As if each had answered ten before and eight of them rightly."""
_Z = 1.959964
_MOST = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """One reviewer's known answers."""

    asked: int
    right: int
    low: float
    high: float
    """95 % interval of the share of right answers (Wilson 1927); 0 to 1 where none was asked."""
    used: float
    """What weights are made of: the share drawn towards the prior."""


def reliability(right: int, asked: int) -> Reliability:
    """A reviewer's reliability after so many known answers; ``CANNOT_TELL`` is not right."""
    low, high = wilson(right, asked)
    return Reliability(
        asked=asked, right=right, low=low, high=high, used=(right + _PRIOR_RIGHT) / (asked + _PRIOR)
    )


def weight(supporters: Sequence[str], opponents: Sequence[str], known: Mapping[str, Reliability]) -> float:
    """The probability, in [0, 1], that a label is right that some gave and others contradicted."""
    odds = sum(_log_odds(who, known) for who in supporters) - sum(_log_odds(who, known) for who in opponents)
    return 1 / (1 + math.exp(-odds))


def _log_odds(who: str, known: Mapping[str, Reliability]) -> float:
    share = min(_MOST, max(0.5, known.get(who, UNKNOWN).used))
    return math.log(share / (1 - share))


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, "Probable inference"); 0 to 1 where nothing was tried."""
    if not trials:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z * _Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    margin = _Z / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, centre - margin), min(1.0, centre + margin)


UNKNOWN = reliability(0, 0)
"""Of someone who was never asked."""
