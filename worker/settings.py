"""Every setting of artgate, in one frozen object.

This module alone reads the environment. A process builds its settings once, at its edge, and passes them
down. Each field is the environment variable ``ARTGATE_<NAME>``; a secret may instead lie in a file that
``ARTGATE_<NAME>_FILE`` names.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from detector.reasons import Fault, Reason

_PREFIX = "ARTGATE_"


class Settings(BaseSettings):
    """All settings. Durations are seconds, sizes bytes, unless a name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    database_url: SecretStr = SecretStr("postgresql+psycopg://artgate@127.0.0.1:5432/artgate")
    """SQLAlchemy URL of PostgreSQL, the only truth."""
    broker_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Celery broker: Valkey or Redis; may lose everything at any moment without losing an upload."""

    s3_endpoint: str | None = None
    """URL of the S3-compatible storage; unset means AWS."""
    s3_region: str = "us-east-1"
    """Region that requests are signed for."""
    s3_access_key: SecretStr | None = None
    """Access key; unset leaves it to the SDK's own chain (instance role and so on)."""
    s3_secret_key: SecretStr | None = None
    """Secret key that goes with the access key."""
    buckets: tuple[str, ...] = ()
    """Buckets that events may name. Anything else is refused; an empty list refuses all."""

    hook_host: str = "127.0.0.1"
    """Address that the hook listens on."""
    hook_port: int = Field(default=8080, ge=0, le=65535)
    """Port that the hook listens on; 0 takes a free one."""
    hook_secrets: tuple[SecretStr, ...] = ()
    """Live signing secrets of upload events, newest first; two allow rotation."""
    hook_tokens: tuple[SecretStr, ...] = ()
    """Bearer tokens that may post events and ask for their standing."""
    moderator_tokens: dict[str, SecretStr] = Field(default_factory=dict)
    """Moderators' bearer tokens for the review API, by moderator's name."""
    signature_window: int = Field(default=300, gt=0)
    """How old or early a signature may be."""
    hook_max_body: int = Field(default=4 * 2**20, gt=0)
    """Largest accepted request body of the hook."""

    webhook_url: str | None = None
    """Where verdicts, refusals and decisions are told; unset keeps them in the outbox."""
    webhook_secret: SecretStr | None = None
    """Secret that signs what the webhook receives."""
    webhook_timeout: float = Field(default=10.0, gt=0)
    """How long the receiver may take."""
    webhook_max_attempts: int = Field(default=12, ge=1)
    """Deliveries tried before one is given up as dead."""

    max_bytes: int = Field(default=64 * 2**20, gt=0)
    """Largest file that is fetched and decoded."""
    max_pixels: int = Field(default=120_000_000, gt=0)
    """Largest picture, columns times rows, read from the header before decoding."""
    decode_seconds: float = Field(default=10.0, gt=0)
    """Processor time and wall time of one decode."""
    decode_memory: int = Field(default=3 * 2**30, gt=0)
    """Address space of the decoder process."""

    bundle: Path | None = None
    """Bundle used where the database has no active one; unset means the shipped starter."""
    weights_dir: Path = Path(sys.prefix) / "share" / "artgate" / "weights"
    """Where fetched backbone weights lie, each named by its sha256."""

    worker_children: int = Field(default=2, ge=1)
    """Worker processes on one machine; each uses cores / children threads."""
    soft_time_limit: int = Field(default=20, gt=0)
    """Seconds after which a scan is told to stop."""
    hard_time_limit: int = Field(default=40, gt=0)
    """Seconds after which a scan's process is killed."""
    lease_seconds: int = Field(default=60, gt=0)
    """How long a claim of an event holds; above the hard time limit."""
    max_attempts: int = Field(default=3, ge=1)
    """Attempts at one event before it is dead."""
    visibility_timeout: int = Field(default=120, gt=0)
    """Seconds after which the broker gives an unacknowledged message to another worker."""
    max_tasks_per_child: int = Field(default=500, ge=1)
    """Scans after which a worker child is replaced."""
    max_memory_per_child: int = Field(default=3 * 2**30, gt=0)
    """Resident memory after which a worker child is replaced."""

    sweep_interval: float = Field(default=2.0, gt=0)
    """Seconds between two sweeps."""
    queued_deadline: int = Field(default=120, gt=0)
    """Seconds after which a queued event whose message may be gone is enqueued again."""
    publish_timeout: float = Field(default=1.0, gt=0)
    """How long enqueueing may hold up an answer of the hook."""
    review_lease_seconds: int = Field(default=600, gt=0)
    """How long a moderator's claim of an item holds."""


def read_settings() -> Settings:
    """Read the environment once.

    Raises:
        Fault: ``settings_invalid``, naming each setting that is wrong and never its value.
    """
    try:
        return Settings(**_secrets_from_files())
    except (ValidationError, OSError, ValueError) as error:
        raise Fault(Reason.SETTINGS_INVALID, _explain(error)) from None


def _secrets_from_files() -> dict[str, str]:
    """Values of the settings whose ``ARTGATE_<NAME>_FILE`` names a file."""
    files = {
        name.removeprefix(_PREFIX).removesuffix("_FILE").lower(): Path(value)
        for name, value in os.environ.items()  # noqa: TID251 - this is the one reader
        if name.startswith(_PREFIX) and name.endswith("_FILE")
    }
    return {name: path.read_text().strip() for name, path in files.items() if name in Settings.model_fields}


def _explain(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"a setting could not be read: {error}"
    wrong = [f"{_PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
    return "settings are wrong: " + "; ".join(wrong)
