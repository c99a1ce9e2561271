"""The provider's side: what its discovery document says, and the two addresses of it that are visited.

Nothing else is ever visited: no address in a token, its header or a claim, and no redirect. The document is
read anew for each sign-in: those are rare, and keys change.
"""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from detector.reasons import Fault, Reason, Rejected, Transient
from worker.settings import Settings

_LARGEST_ANSWER = 2**20
_REFUSALS = frozenset({400, 401, 403})
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

Address = Annotated[str, Field(pattern=r"^https?://[^/]+")]


class Metadata(BaseModel):
    """What is used of a discovery document (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: Address
    token_endpoint: Address
    jwks_uri: Address


class Provider:
    """The provider that the settings name.

    Args:
        settings: with an issuer.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.oidc_issuer is not None
        assert settings.oidc_client_id is not None
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._client_secret = settings.oidc_client_secret
        self._redirect_url = settings.oidc_redirect_url
        self._timeout = settings.oidc_timeout

    def metadata(self) -> Metadata:
        """Its discovery document.

        Raises:
            Transient: ``provider_unavailable``.
            Fault: ``settings_invalid``: the document is another issuer's, or sends secrets without TLS.
        """
        address = self._issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            found = Metadata.model_validate(self._get(address))
        except ValidationError:
            raise _unavailable("its discovery document is incomplete") from None
        if found.issuer != self._issuer:
            raise Fault(
                Reason.SETTINGS_INVALID,
                "the discovery document names another issuer than ARTGATE_OIDC_ISSUER; write it the same way",
            )
        for named in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            parts = urlsplit(named)
            if parts.scheme != "https" and parts.hostname not in _LOCAL_HOSTS:
                raise Fault(
                    Reason.SETTINGS_INVALID, "the identity provider has addresses without TLS; it needs https"
                )
        return found

    def keys(self, metadata: Metadata) -> dict[str, Any]:
        """The keys that it signs with (JWK Set, RFC 7517).

        Raises:
            Transient: ``provider_unavailable``.
        """
        return self._get(metadata.jwks_uri)

    def redeem(self, metadata: Metadata, code: str, verifier: str) -> str:
        """The ID token for a code, as it came: nothing of it is verified yet.

        Raises:
            Rejected: ``sign_in_refused``: the provider does not take the code.
            Transient: ``provider_unavailable``.
            Fault: ``settings_invalid``: the provider does not know this client.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_url,
            "code_verifier": verifier,
        }
        authentication = None
        if self._client_secret is None:
            form["client_id"] = self._client_id
        else:
            authentication = httpx.BasicAuth(self._client_id, self._client_secret.get_secret_value())
        status, answer = self._ask("POST", metadata.token_endpoint, data=form, auth=authentication)
        token = answer.get("id_token")
        if answer.get("error") == "invalid_client":
            raise Fault(
                Reason.SETTINGS_INVALID,
                "the identity provider does not know artgate; check ARTGATE_OIDC_CLIENT_ID and its secret",
            )
        if status in _REFUSALS:
            raise Rejected(
                Reason.SIGN_IN_REFUSED, "the identity provider does not take the sign-in; begin again"
            )
        if status != httpx.codes.OK or not isinstance(token, str):
            raise _unavailable("it gave no ID token")
        return token

    def _get(self, address: str) -> dict[str, Any]:
        status, answer = self._ask("GET", address)
        if status != httpx.codes.OK:
            raise _unavailable(f"it answered with {status}")
        return answer

    def _ask(self, method: str, address: str, **how: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer; redirects are not followed."""
        body = bytearray()
        try:
            with (
                httpx.Client(timeout=self._timeout, follow_redirects=False, trust_env=False) as client,
                client.stream(method, address, headers={"Accept": "application/json"}, **how) as answer,
            ):
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _LARGEST_ANSWER:
                        raise _unavailable("its answer is too large")
        except httpx.HTTPError as error:
            raise _unavailable(type(error).__name__) from None
        try:
            read = json.loads(body)
        except ValueError:
            read = None
        return answer.status_code, read if isinstance(read, dict) else {}


def _unavailable(why: str) -> Transient:
    return Transient(
        Reason.PROVIDER_UNAVAILABLE,
        f"the identity provider does not answer as it should ({why}); try again later, or sign in with a "
        "password",
    )
