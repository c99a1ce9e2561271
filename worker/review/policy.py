"""The review policy: a document that says where items go, which come first, and who may have them.

It is data. ``artgate policy apply FILE`` puts a version into the database, where every process finds it; the
one with the highest number is in force. Until there is one, the defaults below are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from db.models.review import ItemKind
from detector.reasons import Reason, Rejected
from worker.rollout.bounds import RolloutBounds

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Words = Annotated[tuple[str, ...], Field(min_length=1)]
Unit = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=-1000, le=1000)]
Hours = Annotated[float, Field(gt=0, le=24 * 365)]
MAIN = "main"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Queue(_Section):
    """One named queue."""

    name: Name
    service_level_hours: Hours = 24.0
    """An item should be decided within so many hours of its opening."""
    skills: tuple[str, ...] = ()
    """Skills that a reviewer must have, all of them."""
    hide_scores_until_opinion: bool = False
    """What the detector said of an item is kept from a reviewer until they have given a first opinion."""


class Route(_Section):
    """One rule: an item that fits every member that is stated goes to the queue."""

    queue: Name
    kind: ItemKind | None = None
    domain: Words | None = None
    language: Words | None = None
    reason: Words | None = None
    """Reason codes of the verdict or the refusal."""
    probability_from: Unit | None = None
    probability_below: Unit | None = None


class Priority(_Section):
    """Weights whose sum, for one item, is its priority."""

    probability: Weight = 1.0
    """Times the calibrated probability; what is most likely synthetic is looked at first."""
    refusal: Weight = 0.5
    """For a file that has no verdict."""
    reach: Weight = 0.1
    """For each tenfold of views."""
    report: Weight = 0.3
    """For each doubling of reports."""
    appeal: Weight = 2.0
    """For an item that someone has appealed."""
    appeal_late: Weight = 4.0
    """Besides, for one whose appeal was not decided by its deadline."""
    per_hour: Annotated[float, Field(ge=0, le=1000)] = 0.05
    """For each hour that it is past its service level; less by as much for each hour that is left."""


class SecondReview(_Section):
    """Whether one person's SYNTHETIC is enough: it is the answer that accuses."""

    mode: Literal["always", "sampled", "off"] = "always"
    """``off`` is for an installation with a single reviewer."""
    share: Unit = 0.1
    """Where sampled: the share of items, chosen by their ids, that need a second opinion."""
    measured_share: Unit = 0.0
    """The share of items, chosen by their ids, that need one whatever the first is. Agreement is reckoned on
    these and on known answers: among items that someone has called synthetic it would say nothing."""


class Cluster(_Section):
    """Near-duplicates that one decision may cover."""

    bits: Annotated[int, Field(ge=0, le=7)] = 4
    """Most bits of 64 in which their perceptual hashes differ."""
    least_contrast: Annotated[float, Field(ge=0, le=127)] = 4.0
    """Gray levels that a hash must rest on: those of flatter pictures tell nothing."""
    largest: Annotated[int, Field(ge=1, le=500)] = 50
    """Most items that one decision covers besides its own."""
    automatic: bool = False
    """A new item near pictures that people have found genuine, and none of another answer, is decided GENUINE
    without a person, citing the nearest."""
    most_hits: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Automatic decisions that may cite one decision; after these a person is asked."""


class AuditSampling(_Section):
    """Confident verdicts that people are asked about by lot, so that errors outside the band are seen."""

    genuine_share: Unit = 0.0
    """The share of GENUINE verdicts, drawn by their ids."""
    synthetic_share: Unit = 0.0
    """The share of SYNTHETIC verdicts."""
    queue: Name | None = None
    """Where they go: a queue that hides the scores until there is an opinion; a share needs one."""


class Policy(_Section):
    """The whole document. Every member may be left out."""

    queues: tuple[Queue, ...] = (Queue(name=MAIN),)
    routes: tuple[Route, ...] = ()
    """The first that fits counts; an item that none fits goes to the first queue."""
    priority: Priority = Priority()
    second_review: SecondReview = SecondReview()
    senior_queue: Name | None = None
    """Where items go that two reviewers disagree on or that one escalates; unset leaves them where they are.
    Only seniors get them in either case."""
    cluster: Cluster = Cluster()
    audit: AuditSampling = AuditSampling()
    known_answer_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """The share of claims that get an item whose answer is known (``artgate known``), unmarked."""
    rollout: RolloutBounds = RolloutBounds()
    """When a bundle on trial is held."""
    assignment_hours: Hours = 24.0
    """How long an item that was handed over, or whose hold has ended, is kept for its reviewer alone."""

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [queue.name for queue in self.queues]
        if not names:
            raise ValueError("queues: name at least one")
        if len(set(names)) < len(names):
            raise ValueError("queues: two have the same name")
        named = {route.queue for route in self.routes} | ({self.senior_queue, self.audit.queue} - {None})
        unknown = sorted(str(name) for name in named - set(names))
        if unknown:
            raise ValueError(f"routes, senior_queue, audit: no queue is named {', '.join(unknown)}")
        self._check_audit()
        return self

    def _check_audit(self) -> None:
        """Whoever is asked by lot must not know what the machine said."""
        if not (self.audit.genuine_share or self.audit.synthetic_share):
            return
        if self.audit.queue is None or not self.queue(self.audit.queue).hide_scores_until_opinion:
            raise ValueError(
                "audit: name a queue with hide_scores_until_opinion, so that nobody is led by the verdict"
            )

    def queue(self, name: str) -> Queue:
        """The queue of that name; the first one where the policy no longer has it."""
        return next((queue for queue in self.queues if queue.name == name), self.queues[0])

    @property
    def asks_for_skills(self) -> bool:
        """Some queue is not for everyone."""
        return any(queue.skills for queue in self.queues)

    @property
    def hides_scores(self) -> bool:
        """Some queue asks for a first opinion."""
        return any(queue.hide_scores_until_opinion for queue in self.queues)

    @property
    def open_queues(self) -> tuple[str, ...]:
        """Names of the queues that hide nothing."""
        return tuple(queue.name for queue in self.queues if not queue.hide_scores_until_opinion)

    def queues_for(self, skills: Iterable[str]) -> tuple[str, ...]:
        """Names of the queues that someone with these skills may work on."""
        has = set(skills)
        return tuple(queue.name for queue in self.queues if has.issuperset(queue.skills))


def read_policy(document: Mapping[str, Any]) -> Policy:
    """The policy that a document states.

    Raises:
        Rejected: ``policy_invalid``, naming each member that is wrong.
    """
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(_wrong(each["loc"], each["msg"]) for each in error.errors())
        raise Rejected(Reason.POLICY_INVALID, f"the review policy is wrong: {wrong}") from None


def _wrong(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, place))}: {said}" if place else said
