"""Where deliveries go: the endpoint of the settings, and those of the database, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from db.queries.endpoints import Endpoint
from detector.reasons import Fault, Reason
from worker.networks import Network, host_address, networks_of
from worker.settings import Settings
from worker.urls import host_of
from worker.webhooks.endpoints import SETTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One receiver."""

    endpoint_id: UUID | None
    """None for the endpoint of the settings."""
    name: str
    url: str
    keys: tuple[str, ...]
    """Secrets that sign, newest first."""
    networks: tuple[Network, ...]
    """Those that are not public and may be reached."""
    failures: int = 0
    """How often in a row it could not be reached."""


def of_settings(settings: Settings) -> Target | None:
    """The endpoint of the settings; None where there is none.

    An address that its URL states is allowed: who set it has named it.

    Raises:
        Fault: ``settings_invalid``: it has no secret, so its receiver could trust nothing.
    """
    if settings.webhook_url is None:
        return None
    if settings.webhook_secret is None:
        raise Fault(
            Reason.SETTINGS_INVALID,
            "nobody could trust what goes to ARTGATE_WEBHOOK_URL; set ARTGATE_WEBHOOK_SECRET as well",
        )
    address = host_address(host_of(settings.webhook_url))
    stated = () if address is None else networks_of([str(address)])
    return Target(
        endpoint_id=None,
        name=SETTINGS,
        url=settings.webhook_url,
        keys=(settings.webhook_secret.get_secret_value(),),
        networks=(*settings.webhook_networks, *stated),
    )


def of_endpoint(settings: Settings, endpoint: Endpoint) -> Target:
    """An endpoint of the database."""
    return Target(
        endpoint_id=endpoint.id,
        name=endpoint.name,
        url=endpoint.url,
        keys=endpoint.keys,
        networks=(*settings.webhook_networks, *networks_of(endpoint.networks)),
        failures=endpoint.failures,
    )
