"""What a bundle on trial would change: counts by domain with intervals, and the pictures that would move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.models import VerdictLabel
from db.models.bundles import DEFAULT_NAME
from db.queries import audited, bundles, comparisons
from db.queries.audited import Audited
from db.queries.bundles import StoredBundle
from db.queries.comparisons import Cell, Changed, Cost
from db.queries.sweeps import moment
from detector.evaluation.metrics import Share
from detector.reasons import Reason, Rejected

ALL = "all"
UNSTATED = "not stated"
DAYS = 30.0
PICTURES = 24
"""Pictures that are shown of each way."""
_DAY = 86_400.0
_GENUINE, _UNCERTAIN, _SYNTHETIC = VerdictLabel.GENUINE, VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC
WAYS = (
    (_GENUINE, _SYNTHETIC),
    (_UNCERTAIN, _SYNTHETIC),
    (_GENUINE, _UNCERTAIN),
    (_SYNTHETIC, _UNCERTAIN),
    (_SYNTHETIC, _GENUINE),
    (_UNCERTAIN, _GENUINE),
)
"""From the label of the one that would be replaced to that of the one on trial; the worst come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Pictures of a domain that would go one way."""

    usual: VerdictLabel
    trial: VerdictLabel
    share: Share
    """Of all pictures of the domain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One domain."""

    domain: str
    pictures: int
    unchanged: Share
    ways: tuple[Way, ...]
    usual_synthetic: Share
    """Called SYNTHETIC by the bundle that would be replaced."""
    trial_synthetic: Share
    usual_uncertain: Share
    """Left to people by it."""
    trial_uncertain: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole report."""

    trial: StoredBundle
    active_id: str | None
    """None where the bundle of the settings speaks."""
    days: float
    made_at: str
    rows: tuple[Row, ...]
    """All domains first."""
    changed: tuple[tuple[Way, tuple[Changed, ...]], ...]
    """Some of the pictures of each way that has any."""
    costs: tuple[Cost, ...]
    audited: Audited
    """What people found of the one on trial."""

    def as_json(self) -> dict[str, Any]:
        """The report in plain values."""
        trial = {name: getattr(self.trial, name) for name in ("id", "state", "share", "held_at")}
        return {
            "trial": trial | {"bundle_name": _called(self.trial)},
            "active": self.active_id,
            "days": self.days,
            "made_at": self.made_at,
            "domains": [_row_as_json(row) for row in self.rows],
            "changed": [
                {"usual": way.usual, "trial": way.trial, "pictures": [asdict(each) for each in pictures]}
                for way, pictures in self.changed
            ],
            "costs": [asdict(cost) for cost in self.costs],
            "audited": asdict(self.audited),
        }


def compare(session: Session, *, days: float = DAYS, pictures: int = PICTURES) -> Comparison:
    """Compare the bundle on trial with the one that it would replace.

    Args:
        session: on the database.
        days: how far back.
        pictures: how many of each way are named at most.

    Raises:
        Rejected: ``step_refused``: no bundle is on trial.
    """
    trial = bundles.on_trial(session, DEFAULT_NAME)
    if trial is None:
        raise Rejected(
            Reason.STEP_REFUSED, "no bundle is on trial; `artgate rollout shadow PATH` puts one on trial"
        )
    seconds = days * _DAY
    rows = tabulate(comparisons.cells(session, trial.id, within_seconds=seconds))
    ways = [way for way in rows[0].ways if way.share.count] if rows else []
    return Comparison(
        trial=trial,
        active_id=bundles.active_id(session, DEFAULT_NAME),
        days=days,
        made_at=f"{moment(session):%Y-%m-%d %H:%M} UTC",
        rows=rows,
        changed=tuple(
            (
                way,
                tuple(
                    comparisons.changed(
                        session,
                        trial.id,
                        usual=way.usual,
                        trial=way.trial,
                        within_seconds=seconds,
                        limit=pictures,
                    )
                ),
            )
            for way in ways
        ),
        costs=tuple(comparisons.costs(session, trial.id, within_seconds=seconds)),
        audited=audited.of_bundle(session, trial.id, within_seconds=seconds),
    )


def tabulate(cells: Sequence[Cell]) -> tuple[Row, ...]:
    """A row for all, then one for each domain, the largest first; none where nothing was compared."""
    domains: dict[str, Counter[tuple[VerdictLabel, VerdictLabel]]] = {}
    for cell in cells:
        for name in (ALL, cell.domain or UNSTATED):
            domains.setdefault(name, Counter())[cell.usual, cell.trial] += cell.count
    rows = [_row(name, counts) for name, counts in domains.items()]
    return tuple(sorted(rows, key=lambda row: (row.domain != ALL, -row.pictures, row.domain)))


def _row(domain: str, counts: Counter[tuple[VerdictLabel, VerdictLabel]]) -> Row:
    total = counts.total()

    def where(*, usual: VerdictLabel | None = None, trial: VerdictLabel | None = None) -> Share:
        count = sum(
            number
            for (said, would_say), number in counts.items()
            if usual in {None, said} and trial in {None, would_say}
        )
        return Share(count=count, total=total)

    return Row(
        domain=domain,
        pictures=total,
        unchanged=Share(count=sum(counts[label, label] for label in VerdictLabel), total=total),
        ways=tuple(Way(usual=one, trial=other, share=where(usual=one, trial=other)) for one, other in WAYS),
        usual_synthetic=where(usual=_SYNTHETIC),
        trial_synthetic=where(trial=_SYNTHETIC),
        usual_uncertain=where(usual=_UNCERTAIN),
        trial_uncertain=where(trial=_UNCERTAIN),
    )


def _row_as_json(row: Row) -> dict[str, Any]:
    shares = ("unchanged", "usual_synthetic", "trial_synthetic", "usual_uncertain", "trial_uncertain")
    return {
        "domain": row.domain,
        "pictures": row.pictures,
        **{name: getattr(row, name).as_json() for name in shares},
        "ways": [{"usual": way.usual, "trial": way.trial, **way.share.as_json()} for way in row.ways],
    }


def _called(bundle: StoredBundle) -> str:
    return str(bundle.manifest.get("name", bundle.id[:12]))
