"""What the API answers, as plain values. Members that a newer server adds are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an event stands."""

    id: UUID
    state: str
    """``received``, ``queued``, ``claimed``, or an end: ``done``, ``refused``, ``dead``, ``noted``."""
    reason: str | None
    detail: str | None
    image_id: UUID | None
    verdict: str | None
    probability: float | None

    @property
    def ended(self) -> bool:
        """Nothing more will be done."""
        return self.state in {"done", "refused", "dead", "noted"}

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        return cls(
            id=UUID(body["id"]),
            state=body["state"],
            reason=body["reason"],
            detail=body["detail"],
            image_id=_id(body["image_id"]),
            verdict=body["verdict"],
            probability=body["probability"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """What holds of a picture now."""

    image_id: UUID
    bucket: str | None
    key: str | None
    label: str
    """``GENUINE``, ``UNCERTAIN``, ``SYNTHETIC``, or a person's ``CANNOT_TELL``."""
    by: str
    """``machine``, ``person``, or ``precedent`` (a near-duplicate that a person had cleared)."""
    since: datetime
    probability: float | None
    """The newest scan's."""
    decision_id: UUID | None
    body: Json
    """All that the server said."""

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        verdict, decision = body["verdict"], body["decision"]
        return cls(
            image_id=UUID(body["image_id"]),
            bucket=body["bucket"],
            key=body["key"],
            label=body["label"],
            by=body["by"],
            since=_time(body["since"]),
            probability=None if verdict is None else verdict["probability"],
            decision_id=None if decision is None else UUID(decision["id"]),
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One verdict or one decision of a history."""

    at: datetime
    image_id: UUID
    label: str
    by: str
    """``machine``, ``person`` or ``precedent``."""
    body: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        decision = body["decision"]
        by = "machine" if decision is None else "precedent" if decision["automatic"] else "person"
        return cls(
            at=_time(body["at"]),
            image_id=UUID(body["image_id"]),
            label=(decision or body["verdict"])["label"],
            by=by,
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Why a picture was called SYNTHETIC; the whole of it is in ``body``."""

    id: UUID
    facts: str
    redress: str
    automated_detection: bool
    automated_decision: str
    """``fully``, ``partially`` or ``not``."""
    decided_at: datetime
    body: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        own = {name: body[name] for name in ("facts", "redress", "automated_detection", "automated_decision")}
        return cls(**own, id=UUID(body["id"]), decided_at=_time(body["decided_at"]), body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One change, as the webhook tells it too."""

    number: int
    delivery: UUID
    type: str
    """``verdict``, ``refusal`` or ``decision``."""
    created_at: datetime
    data: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        return cls(
            number=body["number"],
            delivery=UUID(body["delivery"]),
            type=body["type"],
            created_at=_time(body["created_at"]),
            data=body["data"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of changes."""

    messages: tuple[Message, ...]
    next: int
    """Where to go on: keep it with what was read."""
    more: bool

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        return cls(messages=tuple(map(Message.of, body["changes"])), next=body["next"], more=body["more"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An object that shows how a picture was made, for an appeal."""

    kind: str
    """``layers``, ``time_lapse``, ``sketches`` or ``other``."""
    bucket: str
    key: str
    size: int
    """Bytes."""
    sha256: str | None = None
    version_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal and what came of it."""

    id: UUID
    open: bool
    outcome: str | None
    """``upheld`` or ``overturned``; None while it is open."""
    against: str | None
    label: str | None
    due_at: datetime
    body: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        own = {name: body[name] for name in ("open", "outcome", "against", "label")}
        return cls(**own, id=UUID(body["id"]), due_at=_time(body["due_at"]), body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The report of an erasure."""

    id: UUID
    state: str
    """``running`` or ``done``."""
    erased: Mapping[str, int]

    @classmethod
    def of(cls, body: Json) -> Self:
        """From the answer's body."""
        return cls(id=UUID(body["id"]), state=body["state"], erased=body["erased"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One record of what is stored of a person."""

    part: str
    """Its kind, such as ``uploads`` or ``decisions``."""
    record: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        """From one record of the answer's body."""
        return cls(part=body["part"], record=body["record"])


def _id(word: str | None) -> UUID | None:
    return None if word is None else UUID(word)


def _time(word: str) -> datetime:
    return datetime.fromisoformat(word)
