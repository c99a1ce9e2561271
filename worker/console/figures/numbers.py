"""The figures of the page of numbers, read in one transaction. People appear as pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import BundleState, DriftDay, HumanLabel, VerdictLabel
from db.queries import bundles, daily, decision_figures, drift_samples, first_opinions, queue_figures, ratings
from db.queries.daily import Day
from db.queries.decision_figures import AgainstMachine
from db.queries.drift_samples import Period
from detector.features.catalogue import SCHEMAS
from detector.features.words import EMBEDDING_WORDS, GROUP_WORDS
from worker.console.figures import drift
from worker.console.figures.drift import MeanVector
from worker.console.figures.shares import Share
from worker.console.figures.windows import LENGTHS, Window
from worker.console.pictures.keeping import Keeping
from worker.drift.stability import Index, index
from worker.review.agreement import Estimate, alpha_over_all, kappa_of_pairs
from worker.review.labels import reliabilities

_HOUR, _DAY = 3600.0, 24 * 3600.0
AGE_BOUNDS = (_HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 3 * _DAY)
AGE_WORDS = ("under 1 h", "1 to 4 h", "4 to 12 h", "12 to 24 h", "1 to 3 d", "over 3 d")
AGREEMENT_DAYS = 90
STALE_SECONDS = _DAY
"""Answers younger than this are left out of agreement and reliability: a figure that moves at once would tell
which item had been a question whose answer is known."""
ANSWERS = 5000
"""Answers that agreement is reckoned on, the newest ones."""
_MOST_PAIRS = 20
SCORES_AN_HOUR = 50
SLOW_SECONDS = 60.0
"""For which agreement and drift are not reckoned anew."""
VECTORS_AN_HOUR = {Period.NOW: 4, Period.BEFORE: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One queue."""

    queue: str
    ready: int
    held: int
    kept_back: int
    overdue: int
    oldest_seconds: float | None
    ages: tuple[int, ...]
    """Ready items by age, in the bins of ``AGE_WORDS``."""
    in_time: Share
    """Of the items decided in the window, those that met the service level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Decisions in each step of the window, oldest step first."""

    genuine: tuple[int, ...]
    synthetic: tuple[int, ...]
    cannot_tell: tuple[int, ...]
    automatic: tuple[int, ...]
    """Made without a person, on near-duplicates."""
    an_hour: float
    """People's decisions in an hour, over the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturns:
    """How often a later judgement differed."""

    second_opinions: Share
    appeals: Share
    machine_label: Share
    """Of settled items whose verdict was GENUINE or SYNTHETIC, those that people found to be the opposite."""
    machine_lean: Share
    """Of settled items whose verdict was UNCERTAIN, those found to be the opposite of what its probability
    leans to; ``cannot tell`` is left out."""
    cells: tuple[AgainstMachine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two reviewers."""

    one: str
    other: str
    kappa: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliable:
    """One reviewer's answers to questions whose answer is known."""

    reviewer: str
    right: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of one reviewer's first opinions once they saw the detector's word."""

    reviewer: str
    towards: Share
    """Of those that differed from the detector's leaning, the ones that became it."""
    away: Share
    """Of those that did not differ, the ones that became something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far people agree, and with what is known."""

    alpha: Estimate
    pairs: tuple[Pair, ...]
    """Those with the most units in common."""
    pairs_in_all: int
    reliability: tuple[Reliable, ...]
    changed: tuple[Changed, ...]
    """Of who gave opinions where a queue hides scores until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """This week against the four weeks before it, of the active bundle's scans."""

    bundle_id: str
    scores: Index
    labels: Index
    vector: MeanVector | None
    since_first_week: Day | None
    """The newest daily figures; None before there are any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """All of them."""

    window: Window
    queues: tuple[QueueLine, ...]
    timeline: Timeline
    overturns: Overturns
    agreement: Agreement
    drift: Drift | None
    """None where no bundle is active."""


def gather(session: Session, window: Window, slow: Keeping) -> Numbers:
    """Read everything for one page.

    Args:
        session: in a transaction.
        window: the period.
        slow: keeps agreement and drift, which are reckoned over weeks and move slowly.
    """
    seconds = LENGTHS[window].seconds
    return Numbers(
        window=window,
        queues=_queues(session, seconds),
        timeline=_timeline(session, window),
        overturns=_overturns(session, seconds),
        agreement=slow.get("agreement", lambda: (_agreement(session), 1)),
        drift=slow.get("drift", lambda: (_drift(session), 1)),
    )


def _queues(session: Session, seconds: float) -> tuple[QueueLine, ...]:
    depths = {each.queue: each for each in queue_figures.depths(session, AGE_BOUNDS)}
    kept = {each.queue: each for each in queue_figures.kept(session, within_seconds=seconds)}
    lines = []
    for queue in sorted(depths.keys() | kept.keys()):
        depth, done = depths.get(queue), kept.get(queue)
        lines.append(
            QueueLine(
                queue=queue,
                ready=depth.ready if depth else 0,
                held=depth.held if depth else 0,
                kept_back=depth.kept_back if depth else 0,
                overdue=depth.overdue if depth else 0,
                oldest_seconds=depth.oldest_seconds if depth else None,
                ages=depth.ages if depth else (0,) * len(AGE_WORDS),
                in_time=Share.of(done.in_time, done.decided) if done else Share.of(0, 0),
            )
        )
    return tuple(lines)


def _timeline(session: Session, window: Window) -> Timeline:
    length = LENGTHS[window]
    counts = {name: [0] * length.steps for name in (*HumanLabel, "automatic")}
    found = decision_figures.decided(session, within_seconds=length.seconds, step_seconds=length.step_seconds)
    for each in found:
        step = min(each.step, length.steps - 1)  # what is decided while we look falls behind the last
        counts["automatic" if each.automatic else each.label][step] += each.count
    people = sum(sum(counts[label]) for label in HumanLabel)
    return Timeline(
        genuine=tuple(counts[HumanLabel.GENUINE]),
        synthetic=tuple(counts[HumanLabel.SYNTHETIC]),
        cannot_tell=tuple(counts[HumanLabel.CANNOT_TELL]),
        automatic=tuple(counts["automatic"]),
        an_hour=people / (length.seconds / _HOUR),
    )


def _overturns(session: Session, seconds: float) -> Overturns:
    second = decision_figures.second_opinions(session, within_seconds=seconds)
    appeals = decision_figures.appeals(session, within_seconds=seconds)
    cells = decision_figures.against_machine(session, within_seconds=seconds)
    told = [each for each in cells if each.machine is not VerdictLabel.UNCERTAIN and _is_clear(each)]
    unsure = [each for each in cells if each.machine is VerdictLabel.UNCERTAIN and _is_clear(each)]
    return Overturns(
        second_opinions=Share.of(second.differ, second.asked),
        appeals=Share.of(appeals.differ, appeals.asked),
        machine_label=_differing(told),
        machine_lean=_differing(unsure),
        cells=tuple(cells),
    )


def _is_clear(cell: AgainstMachine) -> bool:
    return cell.person is not HumanLabel.CANNOT_TELL


def _differing(cells: list[AgainstMachine]) -> Share:
    """The share that people found to be the opposite."""
    against = sum(each.count for each in cells if _said(each) != (each.person is HumanLabel.SYNTHETIC))
    return Share.of(against, sum(each.count for each in cells))


def _said(cell: AgainstMachine) -> bool:
    """The machine's side is SYNTHETIC."""
    unsure = cell.machine is VerdictLabel.UNCERTAIN
    return cell.leans_synthetic if unsure else cell.machine is VerdictLabel.SYNTHETIC


def _agreement(session: Session) -> Agreement:
    seconds = AGREEMENT_DAYS * _DAY
    period = {"within_seconds": seconds, "but_seconds": STALE_SECONDS}
    units = ratings.units(session, **period, newest=ANSWERS)
    known = reliabilities(session, **period)
    kappas = sorted(kappa_of_pairs(units).items(), key=lambda each: -each[1].units)
    return Agreement(
        alpha=alpha_over_all(units),
        pairs=tuple(Pair(one=one, other=other, kappa=kappa) for (one, other), kappa in kappas[:_MOST_PAIRS]),
        pairs_in_all=len(kappas),
        reliability=tuple(
            Reliable(reviewer=who, right=Share.of(each.right, each.asked)) for who, each in known.items()
        ),
        changed=tuple(
            Changed(
                reviewer=str(each.pseudonym),
                towards=Share.of(each.towards, each.differed),
                away=Share.of(each.away, each.given - each.differed),
            )
            for each in first_opinions.changes(session, within_seconds=seconds)
        ),
    )


def _drift(session: Session) -> Drift | None:
    active = next((each for each in bundles.registered(session) if each.state is BundleState.ACTIVE), None)
    if active is None:
        return None
    now, before = (
        drift_samples.scores(session, active.id, period, an_hour=SCORES_AN_HOUR)
        for period in (Period.NOW, Period.BEFORE)
    )
    bins = [f"{number / 10:.1f} to {(number + 1) / 10:.1f}" for number in range(10)]
    labels = [label.value for label in VerdictLabel]
    return Drift(
        bundle_id=active.id,
        scores=index(bins, now.bins, before.bins),
        labels=index(labels, *([each.labels[label] for label in VerdictLabel] for each in (now, before))),
        vector=_vector(session, active.id),
        since_first_week=daily.newest(session, DriftDay, active.id),
    )


def _vector(session: Session, bundle_id: str) -> MeanVector | None:
    schema = drift_samples.newest_schema(session, bundle_id)
    if schema is None:
        return None
    now, before = (
        drift_samples.vectors(session, bundle_id, period, schema, an_hour=an_hour)
        for period, an_hour in VECTORS_AN_HOUR.items()
    )
    length = len(now[0]) // 4 if now else 0
    return drift.mean_vector(_names(schema, length), now, before)


def _names(schema_id: str, length: int) -> list[tuple[str, str]]:
    """Name and words of each number of a vector; what the schema does not name comes from the backbone."""
    named = [
        (feature.name, GROUP_WORDS.get(feature.group, feature.group))
        for title in schema_id.split("+")
        if (part := SCHEMAS.get(title.partition(".v")[0])) is not None
        for feature in part.features
    ]
    further = ((f"embedding_{number}", EMBEDDING_WORDS) for number in range(max(0, length - len(named))))
    return [*named, *further][:length]
