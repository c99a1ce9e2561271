"""Signing in: password, second factor, and what changes either."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.queries import accounts as stored
from db.queries import browser_sessions
from detector.reasons import Reason, Rejected
from worker.access import accounts, passwords, second_factor, sessions
from worker.access.actor import Actor
from worker.access.sessions import NewSession
from worker.access.throttle import Throttle
from worker.settings import Settings


class SignIn:
    """The steps of signing in, each in transactions of its own: a failure must be counted for good.

    Args:
        settings: how long a session lasts.
        makes: makes the transactions.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self._settings = settings
        self._makes = makes

    def with_password(self, name: str, password: str, address: str | None, old: str | None) -> NewSession:
        """A session for who knows the password; pending where a second factor is to come.

        An unknown name, one that is disabled and one without a password get the answer of a wrong password,
        after the same work.

        Args:
            name: as it was typed.
            password: as it was typed.
            address: of the client, whose failures are counted.
            old: what the browser's cookie said before.

        Raises:
            Rejected: ``sign_in_refused``, ``sign_in_throttled``.
        """
        name = accounts.normal_name(name)
        throttle = Throttle(self._makes, name, address)
        throttle.admit()
        with self._makes() as session:
            account = stored.by_name(session, name)
        usable = account is not None and account.enabled
        if not passwords.matches(password, account.password_hash if account and usable else None):
            raise Rejected(Reason.SIGN_IN_REFUSED, "the name or the password is wrong; try again")
        assert account is not None
        with self._makes.begin() as session:
            if account.password_hash is not None and passwords.is_outdated(account.password_hash):
                stored.set_password_hash(session, account.id, passwords.hash_password(password))
            made = sessions.begin(session, account, self._settings, second_factor=False, old=old)
            actor = sessions.recognise(session, made.secret, self._settings)
        if actor is not None and actor.pending:
            throttle.right_so_far()
        else:
            throttle.right()
        return made

    def with_code(self, actor: Actor, code: str, address: str | None) -> NewSession:
        """The session, rotated, after a code of the authenticator or a recovery code.

        Raises:
            Rejected: ``sign_in_refused``, ``sign_in_throttled``, ``bad_request``.
        """
        account_id, session_id = ids_of(actor)
        throttle = Throttle(self._makes, actor.name, address)
        throttle.admit()
        with self._makes.begin() as session:
            if not second_factor.is_right(session, account_id, code):
                raise _wrong_code()
            made = sessions.rotate(session, session_id, self._settings, second_factor=True)
        throttle.right()
        return made

    def confirm(self, actor: Actor, code: str, address: str | None) -> tuple[NewSession, list[str]]:
        """The session, rotated, and the recovery codes: the authenticator has shown its first code.

        Raises:
            Rejected: ``sign_in_refused``, ``sign_in_throttled``, ``account_invalid``, ``bad_request``.
        """
        account_id, session_id = ids_of(actor)
        throttle = Throttle(self._makes, actor.name, address)
        throttle.admit()
        with self._makes.begin() as session:
            codes = second_factor.confirm(session, account_id, code)
            if codes is None:
                raise _wrong_code()
            browser_sessions.close_all(session, account_id, but=session_id)
            made = sessions.rotate(session, session_id, self._settings, second_factor=True)
        throttle.right()
        return made, codes

    def change_password(self, actor: Actor, old: str, new: str, address: str | None) -> NewSession:
        """The session, rotated, after another password; all others of the account end.

        Raises:
            Rejected: ``sign_in_refused``, ``sign_in_throttled``, ``account_invalid``, ``bad_request``.
        """
        account_id, session_id = ids_of(actor)
        throttle = Throttle(self._makes, actor.name, address)
        throttle.admit()
        with self._makes() as session:
            account = accounts.known(session, actor.name)
        if not passwords.matches(old, account.password_hash):
            raise Rejected(Reason.SIGN_IN_REFUSED, "the present password is wrong; try again")
        throttle.right()
        passwords.check(new, actor.name)
        hashed = passwords.hash_password(new)
        with self._makes.begin() as session:
            stored.set_password_hash(session, account_id, hashed)
            browser_sessions.close_all(session, account_id, but=session_id)
            return sessions.rotate(session, session_id, self._settings, second_factor=False)


def ids_of(actor: Actor) -> tuple[UUID, UUID]:
    """The account and the session of a browser: a token changes nothing of its account.

    Raises:
        Rejected: ``bad_request``.
    """
    if actor.account_id is None or actor.session_id is None:
        raise Rejected(Reason.BAD_REQUEST, "a token has no session: sign in with a browser")
    return actor.account_id, actor.session_id


def _wrong_code() -> Rejected:
    return Rejected(Reason.SIGN_IN_REFUSED, "the code is wrong or was used before; take the next one")
