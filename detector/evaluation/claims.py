"""What a count can claim, and what it cannot."""

from __future__ import annotations

from math import ceil, log

_DOUBT = 0.05


def bound_of_none(total: int) -> float:
    """The largest rate that seeing none in so many leaves standing, with 95 % confidence.

    The rate at which a run of that length without one still has a chance of one in twenty:
    ``1 - 0.05 ** (1 / total)``, near ``3 / total`` (Hanley & Lippman-Hand 1983). 1 of nothing.
    """
    return 1.0 if total == 0 else float(1 - _DOUBT ** (1 / total))


def needed_without_one(rate: float) -> int:
    """How many must be seen without one to claim less than a rate, with 95 % confidence; 299 for 1 %.

    Raises:
        ValueError: the rate is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate lies between 0 and 1, not at {rate}")
    return ceil(log(_DOUBT) / log(1 - rate))


def claim_of_none(total: int, *, sources: int, what: str) -> str:
    """One sentence or two on a count of zero.

    Args:
        total: pictures looked at.
        sources: groups that they come from.
        what: whose pictures, such as "human works".
    """
    if total == 0:
        return f"No {what} were looked at: nothing can be said."
    needed = needed_without_one(0.01)
    shows = f"Not one of {total} {what} leaves every rate under {100 * bound_of_none(total):.1f} % possible"
    reach = (
        "which supports a claim of under 1 %"
        if total >= needed
        else f"and no claim of under 1 %, which needs {needed} unseen ones"
    )
    return (
        f"{shows}, {reach} (95 % confidence, if each picture counts for itself;"
        f" they come from {sources} source{'' if sources == 1 else 's'}, so it may be less)."
    )
