"""The settings of the platform's API and of its client; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.lists import words_of
from worker.urls import check_http_url


class PlatformSettings(BaseSettings):
    """How much the platform's programs may ask, and how this machine's commands reach the API."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    api_per_second: float = Field(default=50.0, gt=0)
    """Requests a second that one token may send to the platform's API in the long run."""
    api_burst: int = Field(default=100, ge=1)
    """Requests that one token may send at once after a rest."""
    api_answers_kept: int = Field(default=86_400, gt=0)
    """How long an answer is kept for a second try with the same idempotency key."""
    appeals_per_day: int = Field(default=5, ge=1)
    """Appeals that one person may file within 24 hours."""
    appeal_deadline: int = Field(default=7 * 86_400, gt=0)
    """How long after its filing an appeal should be decided."""
    erase_at_once: int = Field(default=0, ge=0)
    """Pictures that an erasure forgets before its request is answered; the sweeper goes on with the rest.
    Above 0 only where the hook's database role may do the sweeper's part."""

    sns_topics: Annotated[tuple[str, ...], NoDecode] = ()
    """ARNs of the topics of Amazon SNS, parted by commas, whose messages `POST /v1/sns` takes."""
    pubsub_audience: str | None = None
    """Audience that tokens of Google Pub/Sub's push subscriptions name; unset lets none of them in."""
    pubsub_accounts: Annotated[tuple[str, ...], NoDecode] = ()
    """E-mail addresses of the service accounts, parted by commas, that those tokens may be of."""
    sqs_queues: Annotated[tuple[str, ...], NoDecode] = ()
    """URLs of the queues, parted by commas, that `artgate sqs` takes upload events from."""
    sqs_endpoint: str | None = None
    """URL of another server that speaks SQS's language; unset means AWS."""
    sqs_access_key: SecretStr | None = None
    """Access key for the queues; unset leaves it to the SDK's own chain (instance role and so on)."""
    sqs_secret_key: SecretStr | None = None
    """Secret key that goes with it."""
    sqs_wait: int = Field(default=20, ge=0, le=20)
    """How long one request waits for a message."""

    api_url: str = "http://127.0.0.1:8080"
    """Where `artgate api` finds the hook."""
    api_token: SecretStr | None = None
    """Token that `artgate api` shows there: a service's, or one of ARTGATE_HOOK_TOKENS."""

    @field_validator("api_url", "sqs_endpoint")
    @classmethod
    def _check_api_url(cls, url: str | None) -> str | None:
        return None if url is None else check_http_url(url)

    @field_validator("pubsub_accounts", "sns_topics", "sqs_queues", mode="before")
    @classmethod
    def _part_listed(cls, value: object) -> object:
        return words_of(value)

    @field_validator("sqs_queues")
    @classmethod
    def _check_queues(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(check_http_url, urls))
