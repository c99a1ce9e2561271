"""Authenticators and recovery codes of accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """What an account's authenticator was told."""

    secret: str
    confirmed: bool
    """A code of it was shown: from then on it is asked for."""


def offer(session: Session, account_id: UUID, secret: str) -> bool:
    """Store a secret that is to be confirmed. False where a confirmed one is there, which stays."""
    stored = postgresql.insert(SecondFactor).values(account_id=account_id, secret=secret)
    made = session.execute(
        stored.on_conflict_do_update(
            index_elements=[SecondFactor.account_id],
            set_={"secret": secret},
            where=SecondFactor.confirmed_at.is_(None),
        ).returning(SecondFactor.account_id)
    )
    return made.scalar_one_or_none() is not None


def of_account(session: Session, account_id: UUID) -> Authenticator | None:
    """The account's authenticator; None where it has none."""
    found = session.scalars(
        select(SecondFactor)
        .where(SecondFactor.account_id == account_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    return Authenticator(secret=found.secret, confirmed=found.confirmed_at is not None)


def take_step(session: Session, account_id: UUID, step: int) -> bool:
    """Use the code of a step of 30 s. False where that code or a later one was used before."""
    taken = session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.account_id)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None


def confirm(session: Session, account_id: UUID, recovery_digests: Collection[bytes]) -> None:
    """Ask for the authenticator from now on, with these recovery codes instead of any before."""
    session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id)
        .values(confirmed_at=db_now())
        .execution_options(synchronize_session=False)
    )
    _forget_codes(session, account_id)
    rows = [{"account_id": account_id, "digest": digest} for digest in recovery_digests]
    session.execute(insert(RecoveryCode), rows)


def take_code(session: Session, account_id: UUID, digest: bytes) -> bool:
    """Use a recovery code. False where it is unknown or was used before."""
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == digest,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=db_now())
        .returning(RecoveryCode.digest)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None


def remove(session: Session, account_id: UUID) -> bool:
    """Forget authenticator and codes. False where there was none."""
    _forget_codes(session, account_id)
    query = delete(SecondFactor).where(SecondFactor.account_id == account_id)
    gone = session.execute(
        query.returning(SecondFactor.account_id).execution_options(synchronize_session=False)
    )
    return gone.scalar_one_or_none() is not None


def _forget_codes(session: Session, account_id: UUID) -> None:
    query = delete(RecoveryCode).where(RecoveryCode.account_id == account_id)
    session.execute(query.execution_options(synchronize_session=False))
