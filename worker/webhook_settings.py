"""The settings of the webhooks; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.lists import listed
from worker.networks import networks_of
from worker.urls import check_http_url


class WebhookSettings(BaseSettings):
    """Who is told of verdicts and decisions, how often it is tried, and which addresses may be reached."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    webhook_url: str | None = None
    """Where verdicts, refusals and decisions are told, besides the endpoints of `artgate webhooks`."""
    webhook_secret: SecretStr | None = None
    """Secret that signs what the webhook of ARTGATE_WEBHOOK_URL receives."""
    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks that are not public and that webhooks may reach nevertheless, parted by commas, such as
    `10.0.0.0/8`. An address that stands in ARTGATE_WEBHOOK_URL itself needs none."""
    webhook_timeout: float = Field(default=10.0, gt=0)
    """How long one delivery may take, from connecting to the answer."""
    webhook_max_attempts: int = Field(default=12, ge=1)
    """Deliveries tried before one is given up as dead."""
    webhook_backoff: float = Field(default=5.0, gt=0)
    """Delay after the first failed delivery; doubled after each further one."""
    webhook_backoff_max: float = Field(default=3600.0, gt=0)
    """Longest delay between two tries of one delivery."""
    relay_interval: float = Field(default=0.5, gt=0)
    """Seconds between two looks into an outbox that was empty."""
    relay_concurrency: int = Field(default=4, ge=1)
    """Deliveries under way at once, each of another subject."""

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook_url(cls, url: str | None) -> str | None:
        return None if url is None else check_http_url(url)

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _part_networks(cls, value: object) -> object:
        return networks_of(listed(value)) if isinstance(value, str) else value
