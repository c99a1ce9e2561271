"""What a run came to, and where it missed its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sqlalchemy import Connection, Engine, text

from tests.review_load.drive import Seen
from tests.review_load.plan import Plan

_KEPT_UP = 0.98
"""Share of the plan's rate below which claims piled up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database holds at the end, in ids of items."""

    decisions: Sequence[str]
    """The item of each decision, as often as it has one."""
    waiting: frozenset[str]
    """Items that are not decided."""
    own: int
    """Decisions by who uploaded the picture."""

    @classmethod
    def read(cls, engine: Engine) -> Stored:
        """What the tables say."""
        with engine.connect() as connection:
            return cls(
                decisions=_ids(connection, "SELECT item_id FROM decisions"),
                waiting=frozenset(_ids(connection, "SELECT id FROM review_items WHERE state <> 'decided'")),
                own=connection.execute(text(_OWN)).scalar_one(),
            )

    @property
    def items(self) -> frozenset[str]:
        """All there are."""
        return frozenset(self.decisions) | self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The figures of a run."""

    claims_per_second: float
    """Claims that gave an item, until for one of them nothing was left."""
    items: int
    """Items that have a decision."""
    decided_twice: int
    """Items that have two, or of which two moderators were told that theirs counts."""
    skipped: int
    """Items that no claim ever gave."""
    claim_p95_ms: float
    """From the time that a claim was due to its answer."""


def outcome(seen: Seen, stored: Stored) -> Outcome:
    """The figures, of what was told and what is stored."""
    counts = dict(zip(*np.unique(stored.decisions, return_counts=True), strict=True))
    twice = {item for item, count in counts.items() if count > 1}
    twice |= {item for item, leases in seen.decided.items() if len(leases) > 1}
    steady = seen.steady()
    return Outcome(
        claims_per_second=round(len(steady) / steady[-1][0], 2),
        items=len(counts),
        decided_twice=len(twice),
        skipped=len(stored.items - seen.offered),
        claim_p95_ms=round(_percentile_ms([late for _, late in steady], 95), 1),
    )


def misses(plan: Plan, found: Outcome, seen: Seen, stored: Stored) -> list[str]:
    """A line for each thing that is not as it must be."""
    told = set(seen.decided)
    wrong = {
        "items that were decided twice": found.decided_twice,
        "items that nobody was ever given": found.skipped,
        "items that are not decided": len(stored.waiting),
        "accepted decisions that are not stored": len(told - set(stored.decisions)),
        "stored decisions that nobody was told of": len(set(stored.decisions) - told),
        "items that were judged by who uploaded the picture": stored.own,
    }
    said = [f"{what}: {count:,}" for what, count in wrong.items() if count]
    if found.claims_per_second < _KEPT_UP * plan.rate:
        said.append(f"{found.claims_per_second:g} claims a second were answered, and {plan.rate:g} came")
    if not found.claim_p95_ms < plan.p95_ms:
        said.append(f"p95 of a claim is {found.claim_p95_ms:g} ms; it must be below {plan.p95_ms:g} ms")
    return said


def table(seen: Seen) -> str:
    """What else a reader wants to know, a line each."""
    late = [late for _, late in seen.steady()]
    lines = {
        "claims that gave an item": f"{len(seen.claims):,}",
        "claims, p50 / p95 / p99": _percentiles(late),
        "decisions, p50 / p95 / p99": _percentiles(seen.decisions),
        "decisions that came too late": f"{seen.taken:,}",
    }
    return "\n".join(f"{name:<30}{value}" for name, value in lines.items())


def document(found: Outcome) -> dict[str, float]:
    """The figures as a JSON object's members."""
    return asdict(found)


_OWN = """
SELECT count(*)
  FROM decisions JOIN images ON images.id = decisions.image_id
  JOIN reviewers ON reviewers.name = decisions.moderator
 WHERE images.uploader = ANY (reviewers.accounts)
"""


def _ids(connection: Connection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(text(query))]


def _percentiles(seconds: Sequence[float]) -> str:
    return " / ".join(f"{_percentile_ms(seconds, share):.1f}" for share in (50, 95, 99)) + " ms"


def _percentile_ms(seconds: Sequence[float], share: float) -> float:
    return 1e3 * float(np.percentile(seconds, share))
