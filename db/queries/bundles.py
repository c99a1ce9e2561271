"""Bundles: registering one, and saying which speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Bundle, BundleState


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBundle:
    """A bundle as it is registered."""

    id: str
    """sha256 of the manifest, in hexadecimal."""
    name: str
    manifest: dict[str, Any]
    location: str
    state: BundleState
    share: float | None
    """Of the uploads that it looks at or decides, while it is on trial."""
    held_at: datetime | None
    """Since when it may not go on."""
    activated_at: datetime | None
    created_at: datetime


def register(session: Session, bundle_id: str, *, name: str, manifest: dict[str, Any], location: str) -> bool:
    """Make a bundle known as a candidate. Where it is known, only its location is brought up to date.

    Returns:
        True where it was not known.
    """
    made = session.execute(
        insert(Bundle)
        .values(id=bundle_id, name=name, manifest=manifest, location=location)
        .on_conflict_do_nothing(index_elements=[Bundle.id])
        .returning(Bundle.id)
    ).scalar_one_or_none()
    if made is None:
        session.execute(
            update(Bundle)
            .where(Bundle.id == bundle_id, Bundle.location != location)
            .values(location=location)
            .execution_options(synchronize_session=False)
        )
    return made is not None


def activate(session: Session, bundle_id: str) -> str | None:
    """Let a registered bundle speak for its name, and retire the one that did.

    Returns:
        The id of the bundle that was retired; None where there was none, or it was this one.

    Raises:
        LookupError: no bundle of that id is registered.
    """
    name = session.execute(select(Bundle.name).where(Bundle.id == bundle_id)).scalar_one_or_none()
    if name is None:
        raise LookupError(f"no bundle {bundle_id} is registered")
    lock(session, name)
    retired = session.execute(
        update(Bundle)
        .where(Bundle.name == name, Bundle.state == BundleState.ACTIVE, Bundle.id != bundle_id)
        .values(state=BundleState.RETIRED)
        .returning(Bundle.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    session.execute(
        update(Bundle)
        .where(Bundle.id == bundle_id, Bundle.state != BundleState.ACTIVE)
        .values(state=BundleState.ACTIVE, share=None, held_at=None, activated_at=db_now())
        .execution_options(synchronize_session=False)
    )
    return retired


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time move the bundles of a name: there may be no row yet to lock."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"bundle/{name}", 0))))


def move(
    session: Session, bundle_id: str, state: BundleState, *, share: float | None = None, held: bool = False
) -> None:
    """Put a bundle into a state in which it does not speak alone; a hold keeps its first moment."""
    held_at = func.coalesce(Bundle.held_at, db_now()) if held else None
    session.execute(
        update(Bundle)
        .where(Bundle.id == bundle_id)
        .values(state=state, share=share, held_at=held_at)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A bundle that has a part in judging."""

    id: str
    state: BundleState
    share: float | None


def placed(session: Session, name: str) -> list[Placed]:
    """The bundles that judge or look on for ``name``, at most two: cheap enough to ask before every scan."""
    return [Placed(**row._mapping) for row in session.execute(_placed(), {"of_name": name})]


@cache
def _placed() -> Select[str, BundleState, float | None]:
    """Built once: it is run for every scan."""
    states = (BundleState.ACTIVE, BundleState.SHADOW, BundleState.CANARY)
    return select(Bundle.id, Bundle.state, Bundle.share).where(
        Bundle.name == bindparam("of_name"), Bundle.state.in_(states)
    )


def on_trial(session: Session, name: str) -> StoredBundle | None:
    """The shadow or canary of ``name``; None where there is none."""
    states = (BundleState.SHADOW, BundleState.CANARY)
    return _one(session, select(Bundle).where(Bundle.name == name, Bundle.state.in_(states)))


def active_id(session: Session, name: str) -> str | None:
    """The id of the bundle that speaks for ``name``: cheap enough to ask before every scan."""
    query = select(Bundle.id).where(Bundle.name == name, Bundle.state == BundleState.ACTIVE)
    return session.execute(query).scalar_one_or_none()


def active(session: Session, name: str) -> StoredBundle | None:
    """The bundle that speaks for ``name``; None where none was activated."""
    return _one(session, select(Bundle).where(Bundle.name == name, Bundle.state == BundleState.ACTIVE))


def get(session: Session, bundle_id: str) -> StoredBundle | None:
    """One bundle; None where none of that id is registered."""
    return _one(session, select(Bundle).where(Bundle.id == bundle_id))


def registered(session: Session) -> list[StoredBundle]:
    """All bundles, newest first."""
    rows = session.scalars(select(Bundle).order_by(Bundle.created_at.desc(), Bundle.id))
    return [_stored(bundle) for bundle in rows]


def _one(session: Session, query: Select[Bundle]) -> StoredBundle | None:
    bundle = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if bundle is None else _stored(bundle)


def _stored(bundle: Bundle) -> StoredBundle:
    return StoredBundle(**{name: getattr(bundle, name) for name in StoredBundle.__dataclass_fields__})
