"""API tokens: made, shown once, and recognised."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.accounts import Role
from db.queries import tokens
from detector.reasons import Reason, Rejected
from worker.access import accounts
from worker.access.actor import Actor
from worker.access.permissions import covers
from worker.access.secret import digest, new_secret
from worker.clock import new_id

PREFIX = "agt_"
"""By it, scanners for secrets find a token that was published by mistake."""
_LONGEST_LABEL = 100
_DAY_SECONDS = 86_400
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token at the one moment at which it is known."""

    id: UUID
    account: str
    role: Role
    secret: str


def add(
    session: Session, name: str, *, role: Role | None = None, label: str = "", days: int | None = None
) -> NewToken:
    """A new token of an account.

    Args:
        session: of the caller's transaction.
        name: the account's.
        role: what the token may do at most; the account's role without it.
        label: what it is for.
        days: how long it is valid, 1 to 3650; for ever without it.

    Raises:
        Rejected: ``not_found``, ``account_invalid``.
    """
    account = accounts.known(session, name)
    role = role or account.role
    if not account.enabled:
        raise Rejected(Reason.ACCOUNT_INVALID, f"account {account.name!r} is disabled; enable it first")
    if not covers(account.role, role):
        raise Rejected(
            Reason.ACCOUNT_INVALID,
            f"account {account.name!r} is {account.role} and can't have a token of role {role}",
        )
    if len(label) > _LONGEST_LABEL or not label.isprintable():
        raise Rejected(Reason.ACCOUNT_INVALID, f"a label is one line of up to {_LONGEST_LABEL} characters")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Rejected(Reason.ACCOUNT_INVALID, f"a token is valid for 1 to {MOST_DAYS} days, or for ever")
    made = NewToken(id=new_id(), account=account.name, role=role, secret=new_secret(PREFIX))
    tokens.add(
        session,
        made.id,
        account.id,
        digest=digest(made.secret),
        role=role,
        label=label,
        valid_seconds=None if days is None else days * _DAY_SECONDS,
    )
    return made


def revoke(session: Session, token_id: UUID) -> None:
    """Let a token be used no more.

    Raises:
        Rejected: ``not_found``.
    """
    if not tokens.revoke(session, token_id):
        raise Rejected(Reason.NOT_FOUND, f"there is no token {token_id}; see `artgate tokens list`")


def recognise(session: Session, secret: str) -> Actor | None:
    """Who acts with this token; None where it is unknown, expired, revoked, or its account is disabled.

    A token whose account has meanwhile another role, which does not cover the token's, lets nobody in.
    """
    holder = tokens.holder(session, digest(secret))
    if holder is None or not covers(holder.account_role, holder.token_role):
        return None
    return Actor(name=holder.name, role=holder.token_role, account_id=holder.account_id)
