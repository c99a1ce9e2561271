"""What is done with accounts, in the caller's transaction: by ``artgate accounts`` and by signing in."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from db.models.accounts import Role
from db.queries import accounts, browser_sessions, reviewers
from db.queries.accounts import StoredAccount
from detector.reasons import Reason, Rejected
from worker.access import passwords
from worker.clock import new_id

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


def normal_name(name: str) -> str:
    """The name as it is stored: without spaces around it, in lower case."""
    return name.strip().lower()


def is_name(name: str) -> bool:
    """Whether an account can have this name, once it is normal."""
    return _NAME.fullmatch(normal_name(name)) is not None


def check_name(name: str) -> None:
    """Refuse what can't be a name, once it is normal.

    Raises:
        Rejected: ``account_invalid``.
    """
    if not is_name(name):
        raise Rejected(
            Reason.ACCOUNT_INVALID,
            f"{name!r} can't be an account's name: up to 100 letters a to z, digits and . _ @ + -, "
            "beginning with a letter or a digit",
        )


def add(
    session: Session,
    name: str,
    role: Role,
    password: str | None,
) -> StoredAccount:
    """A new account; a person gets a reviewer's entry of the same name, and with it a pseudonym.

    Args:
        session: of the caller's transaction.
        name: what it signs in with; letters of either case.
        role: what it may do.
        password: None for a service, and for one who signs in elsewhere.

    Raises:
        Rejected: ``account_invalid``: the name is taken, or something is malformed.
    """
    name = normal_name(name)
    check_name(name)
    if password is not None:
        _check_password(password, name, role)
    made = accounts.add(
        session,
        new_id(),
        name=name,
        role=role,
        password_hash=None if password is None else passwords.hash_password(password),
    )
    if not made:
        raise Rejected(Reason.ACCOUNT_INVALID, f"there is an account {name!r} already; choose another name")
    _register(session, name, role)
    return known(session, name)


def known(session: Session, name: str) -> StoredAccount:
    """The account of a name.

    Raises:
        Rejected: ``not_found``.
    """
    found = accounts.by_name(session, normal_name(name))
    if found is None:
        raise Rejected(Reason.NOT_FOUND, f"there is no account {name!r}; see `artgate accounts list`")
    return found


def set_password(session: Session, name: str, password: str) -> None:
    """Give an account another password, and end its sessions.

    Raises:
        Rejected: ``not_found``, ``account_invalid``.
    """
    account = known(session, name)
    _check_password(password, account.name, account.role)
    accounts.set_password_hash(session, account.id, passwords.hash_password(password))
    browser_sessions.close_all(session, account.id)


def set_role(session: Session, name: str, role: Role) -> None:
    """Give an account another role, and end its sessions.

    Raises:
        Rejected: ``not_found``.
    """
    account = known(session, name)
    accounts.set_role(session, account.id, role)
    _register(session, account.name, role)
    browser_sessions.close_all(session, account.id)


def disable(session: Session, name: str) -> None:
    """Let an account be used no more, and end its sessions.

    Raises:
        Rejected: ``not_found``.
    """
    account = known(session, name)
    accounts.disable(session, account.id)
    browser_sessions.close_all(session, account.id)


def enable(session: Session, name: str) -> None:
    """Let an account be used again.

    Raises:
        Rejected: ``not_found``.
    """
    accounts.enable(session, known(session, name).id)


def _check_password(password: str, name: str, role: Role) -> None:
    if role is Role.SERVICE:
        raise Rejected(
            Reason.ACCOUNT_INVALID,
            f"{name!r} is a service, which has tokens and no password; see `artgate tokens add`",
        )
    passwords.check(password, name)


def _register(session: Session, name: str, role: Role) -> None:
    """Let the queue know who settles what others disagree on: the role says it, and nothing else."""
    if role is not Role.SERVICE:
        reviewers.register(session, name, senior=role is Role.SENIOR)
