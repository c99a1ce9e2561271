"""The settings of signing in; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

import json
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.urls import check_http_url

PersonalRole = Literal["moderator", "senior", "admin", "auditor"]
"""Roles that a person may have."""
_EXAMPLES = {"moderator_tokens": '{"name": "token"}', "oidc_roles": '{"value of the claim": "moderator"}'}


def parsed(text: str, expected: str) -> object:
    """A setting that is written as JSON.

    Raises:
        ValueError: it is none; names what was expected, and never the value.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"expected {expected}") from None


class AccessSettings(BaseSettings):
    """Who may work here, and how browsers sign in, here or with an identity provider."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    moderator_tokens: Annotated[dict[str, SecretStr], NoDecode] = Field(default_factory=dict)
    """Moderators' bearer tokens for the review API, by moderator's name: a JSON object."""
    session_lifetime: int = Field(default=12 * 3600, gt=0)
    """How long a browser stays signed in at most."""
    session_idle: int = Field(default=1800, gt=0)
    """How long a browser stays signed in without being used."""
    plain_http_on_localhost: bool = False
    """Let browsers sign in without TLS where the address is localhost or 127.0.0.1: for trying things out."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "::1")
    """Addresses and networks of proxies, parted by commas, that are believed on where a client is."""
    after_sign_in: str = Field(default="/v1/access/me", pattern=r"^/([^/\\].*)?$")
    """Path that a browser is sent to when it comes back from the identity provider; where this is not set,
    the console takes it to its first page."""

    oidc_issuer: str | None = None
    """Issuer of the OpenID Connect provider, as its discovery document has it; unset: none."""
    oidc_client_id: str | None = None
    """What artgate is called at the provider."""
    oidc_client_secret: SecretStr | None = None
    """Secret that goes with it; unset for a client that has none."""
    oidc_redirect_url: str | None = None
    """Where the provider sends browsers back: artgate's address with /v1/access/oidc/callback."""
    oidc_scopes: str = Field(default="openid profile", pattern=r"^openid( |$)")
    """Scopes that are asked for, parted by spaces, openid first."""
    oidc_role_claim: str = Field(default="roles", min_length=1)
    """Claim of the ID token that gives the role: a value or a list; dots lead into objects."""
    oidc_roles: Annotated[dict[str, PersonalRole], NoDecode] = Field(default_factory=dict)
    """Role for each value of that claim: a JSON object. Whoever has none of the values is not let in."""
    oidc_second_factor: Annotated[tuple[str, ...], NoDecode] = ("mfa",)
    """Values of the claim amr, parted by commas, by which the provider vouches for a second factor."""
    oidc_timeout: float = Field(default=5.0, gt=0)
    """How long the provider may take for one answer."""

    @field_validator("oidc_issuer", "oidc_redirect_url")
    @classmethod
    def _check_oidc_url(cls, url: str | None) -> str | None:
        return None if url is None else check_http_url(url)

    @field_validator("moderator_tokens", "oidc_roles", mode="before")
    @classmethod
    def _parse_object(cls, value: object, field: ValidationInfo) -> object:
        """A JSON object becomes a dictionary."""
        example = _EXAMPLES[field.field_name or ""]
        return parsed(value, f"a JSON object: {example}") if isinstance(value, str) else value

    @field_validator("oidc_second_factor", "trusted_proxies", mode="before")
    @classmethod
    def _part_words(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.startswith("["):
            return parsed(value, "a list in JSON, or words parted by commas")
        return [part.strip() for part in value.split(",") if part.strip()]

    @model_validator(mode="after")
    def _check_oidc(self) -> Self:
        """A provider that is half described signs nobody in."""
        needed = (self.oidc_client_id, self.oidc_redirect_url, self.oidc_roles)
        if self.oidc_issuer is not None and not all(needed):
            raise ValueError(
                "ARTGATE_OIDC_ISSUER needs ARTGATE_OIDC_CLIENT_ID, ARTGATE_OIDC_REDIRECT_URL and "
                "ARTGATE_OIDC_ROLES beside it"
            )
        return self
