"""Second factors: codes of an authenticator (TOTP, RFC 6238), and recovery codes for its loss."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from db.models.accounts import Role
from db.queries import browser_sessions, second_factors
from detector.reasons import Reason, Rejected
from worker.access import accounts
from worker.access.secret import digest
from worker.clock import unix_now

OBLIGATORY = frozenset({Role.ADMIN})
"""Roles that can do nothing without one."""
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_NEIGHBOURS = (0, -1, 1)
"""Steps of which a code is taken: clocks differ, and people type slowly."""
_RECOVERY_BYTES = 10
_ISSUER = "artgate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an authenticator is told, once."""

    secret: str
    """Base32, to be typed."""
    uri: str
    """The same as ``otpauth://``, to be shown as a QR code."""


def offer(session: Session, account_id: UUID, name: str) -> Offer:
    """A new secret for an account's authenticator; nothing is asked of it before ``confirm``.

    Raises:
        Rejected: ``account_invalid``: there is a confirmed one.
    """
    secret = pyotp.random_base32()
    if not second_factors.offer(session, account_id, secret):
        raise Rejected(
            Reason.ACCOUNT_INVALID,
            "this account has an authenticator; an operator removes it with `artgate accounts unenrol`",
        )
    return _offer(secret, name)


def offered(session: Session, account_id: UUID, name: str) -> Offer | None:
    """The secret that waits for its confirmation; None where none does."""
    found = second_factors.of_account(session, account_id)
    return None if found is None or found.confirmed else _offer(found.secret, name)


def confirm(session: Session, account_id: UUID, code: str) -> list[str] | None:
    """Ask for the authenticator from now on, as its first code is right.

    Returns:
        The recovery codes, each good for one use, at the one moment at which they are known; None where the
        code is wrong.

    Raises:
        Rejected: ``account_invalid``: no secret waits for a confirmation.
    """
    found = second_factors.of_account(session, account_id)
    if found is None or found.confirmed:
        raise Rejected(
            Reason.ACCOUNT_INVALID, "no authenticator waits for its first code; begin with the enrolment"
        )
    if not _is_code(session, account_id, found.secret, code):
        return None
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    second_factors.confirm(session, account_id, [digest(_plain(code)) for code in codes])
    return codes


def is_right(session: Session, account_id: UUID, code: str) -> bool:
    """Whether this is a code of the account's authenticator, or a recovery code; either works once."""
    found = second_factors.of_account(session, account_id)
    if found is None or not found.confirmed:
        return False
    if _is_code(session, account_id, found.secret, code):
        return True
    return second_factors.take_code(session, account_id, digest(_plain(code)))


def remove(session: Session, name: str) -> bool:
    """Forget an account's authenticator and recovery codes, and end its sessions. False where it had none.

    Raises:
        Rejected: ``not_found``.
    """
    account = accounts.known(session, name)
    browser_sessions.close_all(session, account.id)
    return second_factors.remove(session, account.id)


def _offer(secret: str, name: str) -> Offer:
    return Offer(secret=secret, uri=pyotp.TOTP(secret, name=name, issuer=_ISSUER).provisioning_uri())


def _is_code(session: Session, account_id: UUID, secret: str, code: str) -> bool:
    """Every code is compared, in constant time; the one that fits is used up."""
    now, typed = unix_now() // _STEP_SECONDS, _plain(code)
    totp = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    steps = [now + neighbour for neighbour in _NEIGHBOURS]
    fitting = [step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), typed)]
    return bool(fitting) and second_factors.take_step(session, account_id, fitting[0])


def _new_recovery_code() -> str:
    """80 random bits as four groups of four letters and digits."""
    letters = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _plain(code: str) -> str:
    """A code without what people put between its letters."""
    return "".join(letter for letter in code.lower() if letter.isalnum())[:64]
