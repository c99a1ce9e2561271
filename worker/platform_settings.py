"""The settings of the platform's API and of its client; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    erase_at_once: int = Field(default=500, ge=0)
    """Pictures that an erasure forgets before its request is answered; the sweeper goes on with the rest."""

    api_url: str = "http://127.0.0.1:8080"
    """Where `artgate api` finds the hook."""
    api_token: SecretStr | None = None
    """Token that `artgate api` shows there: a service's, or one of ARTGATE_HOOK_TOKENS."""

    @field_validator("api_url")
    @classmethod
    def _check_api_url(cls, url: str) -> str:
        return check_http_url(url)
