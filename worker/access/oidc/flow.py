"""The two halves of a sign-in with the provider: sending the browser there, and taking it back."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy.orm import Session, sessionmaker

from db.models.accounts import Role
from db.queries import accounts as stored
from db.queries import identities
from db.queries.accounts import StoredAccount
from detector.reasons import Reason, Rejected
from worker.access import accounts, sessions
from worker.access.oidc.claims import has_second_factor, names_of, role_of
from worker.access.oidc.id_token import verified_claims
from worker.access.oidc.provider import Provider
from worker.access.secret import digest, new_secret
from worker.access.sessions import NewSession
from worker.settings import Settings

ATTEMPT_SECONDS = 600
"""How long one may take to sign in at the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A browser on its way to the provider."""

    url: str
    """Where it goes."""
    browser: str
    """What its cookie says until it is back: another browser can't end what this one began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser brings back from the provider, and its cookies."""

    state: str | None
    code: str | None
    issuer: str | None
    """As RFC 9207 has it; None where the provider does not say."""
    browser: str | None
    session: str | None
    """What the cookie of a session said before."""


class OidcFlow:
    """Signing in with the provider.

    Args:
        settings: with an issuer.
        makes: makes transactions.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        assert settings.oidc_issuer is not None
        assert settings.oidc_client_id is not None
        self._settings = settings
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._makes = makes
        self._provider = Provider(settings)

    def depart(self) -> Departure:
        """Where to send a browser that wants to sign in.

        Raises:
            Transient: ``provider_unavailable``.
            Fault: ``settings_invalid``.
        """
        endpoint = self._provider.metadata().authorization_endpoint
        state, browser, nonce, verifier = (new_secret() for _ in range(4))
        with self._makes.begin() as session:
            identities.begin(
                session,
                state=digest(state),
                browser=digest(browser),
                nonce=nonce,
                verifier=verifier,
                valid_seconds=ATTEMPT_SECONDS,
            )
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._settings.oidc_redirect_url,
            "scope": self._settings.oidc_scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        parted = "&" if urlsplit(endpoint).query else "?"
        return Departure(url=f"{endpoint}{parted}{urlencode(query)}", browser=browser)

    def arrive(self, back: Return) -> NewSession:
        """A session for a browser that comes back with the provider's word.

        Raises:
            Rejected: ``sign_in_refused``.
            Transient: ``provider_unavailable``.
            Fault: ``settings_invalid``.
        """
        with self._makes.begin() as session:
            attempt = identities.take(
                session, state=digest(back.state or ""), browser=digest(back.browser or "")
            )
        if attempt is None:
            raise Rejected(
                Reason.SIGN_IN_REFUSED,
                "this sign-in was not begun in this browser, or took too long; begin again",
            )
        if back.code is None or back.issuer not in {None, self._issuer}:
            raise Rejected(Reason.SIGN_IN_REFUSED, "the identity provider refused the sign-in; begin again")
        metadata = self._provider.metadata()
        claims = verified_claims(
            self._provider.redeem(metadata, back.code, attempt.verifier),
            self._provider.keys(metadata),
            issuer=self._issuer,
            client_id=self._client_id,
            nonce=attempt.nonce,
        )
        shown = has_second_factor(claims, self._settings.oidc_second_factor)
        with self._makes.begin() as session:
            account = self._account(session, claims)
            return sessions.begin(session, account, self._settings, second_factor=shown, old=back.session)

    def _account(self, session: Session, claims: Mapping[str, Any]) -> StoredAccount:
        """The account of an identity, with the role that the provider gives it today."""
        role = role_of(claims, self._settings.oidc_role_claim, self._settings.oidc_roles)
        if role is None:
            raise Rejected(
                Reason.SIGN_IN_REFUSED,
                "the identity provider gives you no role in artgate; ask an administrator for one",
            )
        account_id = identities.account_of(session, self._issuer, claims["sub"])
        account = None if account_id is None else stored.get(session, account_id)
        if account is None:
            return self._added(session, claims, role)
        if not account.enabled:
            raise Rejected(Reason.SIGN_IN_REFUSED, "this account is disabled; ask an administrator")
        if account.role is not role:
            accounts.set_role(session, account.name, role)
        return accounts.known(session, account.name)

    def _added(self, session: Session, claims: Mapping[str, Any], role: Role) -> StoredAccount:
        """A new account under the first name that will do.

        One that is there already is never taken over: whoever chooses names at the provider could otherwise
        become anyone here.
        """
        name = next((name for name in names_of(claims) if accounts.is_name(name)), None)
        if name is None:
            raise Rejected(
                Reason.SIGN_IN_REFUSED,
                "the identity provider gives no name that an account can have; ask an administrator to link "
                "an account with `artgate accounts link`",
            )
        if stored.by_name(session, accounts.normal_name(name)) is not None:
            raise Rejected(
                Reason.SIGN_IN_REFUSED,
                "there is an account of your name that is not linked with this identity; ask an "
                "administrator to link it with `artgate accounts link`",
            )
        account = accounts.add(session, name, role, None)
        identities.link(session, self._issuer, claims["sub"], account.id)
        return account


def link(session: Session, settings: Settings, name: str, subject: str) -> None:
    """Link an account with an identity of the configured provider.

    Raises:
        Rejected: ``not_found``; ``account_invalid``: no provider, a service, or an identity that is taken.
    """
    account = accounts.known(session, name)
    if settings.oidc_issuer is None:
        raise Rejected(Reason.ACCOUNT_INVALID, "there is no identity provider; set ARTGATE_OIDC_ISSUER")
    if account.role is Role.SERVICE:
        raise Rejected(Reason.ACCOUNT_INVALID, f"{account.name!r} is a service, which has tokens instead")
    if not identities.link(session, settings.oidc_issuer, subject, account.id):
        raise Rejected(Reason.ACCOUNT_INVALID, f"the subject {subject!r} is linked with an account already")


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
