"""An application that knows an identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from pydantic import SecretStr

from tests.worker.access.conftest import HOST
from tests.worker.access.oidc.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    identity_provider,
)
from worker.settings import Settings


@pytest.fixture(scope="module")
def running_provider() -> Iterator[IdentityProvider]:
    """The module's provider."""
    with identity_provider() as made:
        yield made


@pytest.fixture
def provider(running_provider: IdentityProvider) -> IdentityProvider:
    """The provider, honest at the beginning of each test."""
    fresh = IdentityProvider(running_provider.url, running_provider.key)
    for each in fields(IdentityProvider):
        setattr(running_provider, each.name, getattr(fresh, each.name))
    return running_provider


@pytest.fixture(scope="module")
def settings(settings: Settings, running_provider: IdentityProvider) -> Settings:
    """The module's settings, with the provider."""
    return settings.model_copy(
        update={
            "oidc_issuer": running_provider.url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SecretStr(CLIENT_SECRET),
            "oidc_redirect_url": f"{HOST}/v1/access/oidc/callback",
            "oidc_role_claim": "realm_access.roles",
            "oidc_roles": {"art-team": "moderator", "art-leads": "senior", "art-admins": "admin"},
        }
    )
