"""Every setting of artgate, in one frozen object.

This module alone reads the environment. A process builds its settings once, at its edge, and passes them
down. Each field is the environment variable ``ARTGATE_<NAME>``; a secret may instead lie in a file that
``ARTGATE_<NAME>_FILE`` names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from detector.reasons import Fault, Reason
from worker.access_settings import AccessSettings
from worker.lists import words_of
from worker.picture_settings import PictureSettings
from worker.platform_settings import PlatformSettings
from worker.retention_settings import RetentionSettings
from worker.statement_settings import StatementSettings
from worker.urls import check_broker_url, check_database_url, check_http_url
from worker.webhook_settings import WebhookSettings

_PREFIX = "ARTGATE_"
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_SHORTEST_KEY = 32
_ONE_THREAD_VARIABLE = "OPENCV_FOR_THREADS_NUM"


class Settings(
    AccessSettings, PictureSettings, PlatformSettings, RetentionSettings, StatementSettings, WebhookSettings
):
    """All settings. Durations are seconds, sizes bytes, unless a name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    database_url: SecretStr = SecretStr("postgresql+psycopg://artgate@127.0.0.1:5432/artgate")
    """SQLAlchemy URL of PostgreSQL, the only truth."""
    broker_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Celery broker: Valkey, Redis or RabbitMQ; may lose all at any moment without losing an upload."""

    s3_endpoint: str | None = None
    """URL of the S3-compatible storage; unset means AWS."""
    s3_region: str = Field(default="us-east-1", pattern=r"^[A-Za-z0-9-]+$")
    """Region that requests are signed for."""
    s3_access_key: SecretStr | None = None
    """Access key; unset leaves it to the SDK's own chain (instance role and so on)."""
    s3_secret_key: SecretStr | None = None
    """Secret key that goes with the access key."""
    s3_connect_timeout: float = Field(default=2.0, gt=0)
    """How long connecting to the storage may take."""
    s3_read_timeout: float = Field(default=5.0, gt=0)
    """How long the storage may stay silent within an answer."""
    s3_attempts: int = Field(default=2, ge=1)
    """Tries of one request inside one fetch; longer troubles go back to the queue."""
    s3_fetch_seconds: float = Field(default=10.0, gt=0)
    """How long one object may take to arrive; with the tries above, below the soft time limit."""
    buckets: Annotated[tuple[str, ...], NoDecode] = ()
    """Buckets that events may name, parted by commas. Anything else is refused; an empty list refuses all."""

    hook_host: str = "127.0.0.1"
    """Address that the hook listens on."""
    hook_port: int = Field(default=8080, ge=0, le=65535)
    """Port that the hook listens on; 0 takes a free one."""
    hook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Live signing secrets of upload events, newest first, parted by commas; two allow rotation."""
    hook_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Bearer tokens, parted by commas, that may post events and ask for their standing."""
    signature_window: int = Field(default=300, gt=0)
    """How old or early a signature may be."""
    hook_max_body: int = Field(default=4 * 2**20, gt=0)
    """Largest accepted request body of the hook."""

    console_host: str = "127.0.0.1"
    """Address that the console listens on."""
    console_port: int = Field(default=8090, ge=0, le=65535)
    """Port that the console listens on; 0 takes a free one."""

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

    cache_dir: Path = Path("~/.cache/artgate")
    """Folder in which training and evaluation keep what they measured; it can be deleted at any time."""

    worker_children: int = Field(default=2, ge=1)
    """Worker processes on one machine; each uses cores / children threads."""
    backfill_upload_age: float = Field(default=10.0, ge=0)
    """A backfill rests while an upload has waited for longer than this for a worker."""
    soft_time_limit: int = Field(default=20, gt=0)
    """Seconds after which a scan is told to stop."""
    hard_time_limit: int = Field(default=40, gt=0)
    """Seconds after which a scan's process is killed."""
    lease_seconds: int = Field(default=60, gt=0)
    """How long a claim of an event holds; above the hard time limit."""
    max_attempts: int = Field(default=3, ge=1)
    """Attempts at one event before it is dead: those that ended with the death of their process, or in an
    error that nobody foresaw."""
    max_losses: int = Field(default=6, ge=1)
    """Leases of one event that may run out with nobody saying why (a lost host) before it is dead."""
    max_retries: int = Field(default=20, ge=1)
    """Orderly retries of one event (storage away, for one) before it is dead."""
    retry_backoff: float = Field(default=2.0, gt=0)
    """Delay after the first fault that can pass; doubled after each further one."""
    retry_backoff_max: float = Field(default=300.0, gt=0)
    """Longest delay between two tries of one event."""
    fault_delay: float = Field(default=15.0, gt=0)
    """Delay of an event that waits for an operator (no bundle, weights missing)."""
    visibility_timeout: int = Field(default=120, gt=0)
    """Seconds after which the broker gives an unacknowledged message to another worker."""
    max_tasks_per_child: int = Field(default=500, ge=1)
    """Scans after which a worker child is replaced."""
    max_memory_per_child: int = Field(default=3 * 2**30, gt=0)
    """Resident memory after which a worker child is replaced."""

    synthetic_per_uploader: int = Field(default=20, ge=0)
    """SYNTHETIC verdicts of one uploader's pictures in 24 hours; further ones are left to people."""

    soft_shutdown: float = Field(default=30.0, ge=0)
    """Seconds that running scans get to finish before a worker that must stop kills them."""

    sweep_interval: float = Field(default=2.0, gt=0)
    """Seconds between two sweeps."""
    sweep_grace: float = Field(default=2.0, ge=0)
    """Seconds that the hook gets to enqueue what it committed before the sweeper does."""
    sweep_batch: int = Field(default=500, ge=1)
    """Events that one transaction of the sweeper moves."""
    queued_deadline: int = Field(default=120, gt=0)
    """Seconds after which a queued event whose message may be gone is enqueued again."""
    publish_timeout: float = Field(default=1.0, gt=0)
    """How long enqueueing may hold up an answer of the hook."""
    review_lease_seconds: int = Field(default=600, gt=0)
    """How long a moderator's claim of an item holds."""
    review_undo_seconds: float = Field(default=60.0, ge=0, le=3600)
    """How long a moderator may take a decision back; nobody outside is told of it before."""

    audit_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Keys that sign the audit log, newest first, parted by commas, each of at least 32 characters. Keep them
    from PostgreSQL. Without one the log is written and not chained."""

    monitor_host: str = "127.0.0.1"
    """Address of the port below."""
    monitor_port: int | None = Field(default=None, ge=0, le=65535)
    """Port on which a process answers for its metrics and health; unset gives none, 0 takes a free one. Each
    process of a machine needs another."""
    live_seconds: float = Field(default=120.0, gt=0)
    """How long the loop of a process may stand still before it counts as dead; above every time limit."""

    traces_endpoint: str | None = None
    """URL that takes OpenTelemetry's traces over HTTP, such as http://collector:4318/v1/traces; unset, there
    are none. Needs artgate[traces]."""
    traces_share: float = Field(default=1.0, gt=0, le=1)
    """Share of the uploads that are traced."""

    log_format: Literal["auto", "json", "plain"] = "auto"
    """Form of the logs on stderr; auto is plain on a terminal and JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged."""

    @field_validator("database_url", "broker_url")
    @classmethod
    def _check_secret_url(cls, url: SecretStr, field: ValidationInfo) -> SecretStr:
        check = check_database_url if field.field_name == "database_url" else check_broker_url
        check(url.get_secret_value())
        return url

    @field_validator("s3_endpoint", "traces_endpoint")
    @classmethod
    def _check_http_url(cls, url: str | None) -> str | None:
        return None if url is None else check_http_url(url)

    @field_validator("buckets", "hook_secrets", "hook_tokens", "audit_keys", mode="before")
    @classmethod
    def _part(cls, value: object) -> object:
        """One string parted by commas, or a JSON list, becomes a list."""
        return words_of(value)

    @field_validator("audit_keys")
    @classmethod
    def _check_audit_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < _SHORTEST_KEY for key in keys):
            raise ValueError(
                f"a key has fewer than {_SHORTEST_KEY} characters; `openssl rand -hex 32` makes one"
            )
        return keys

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        """Half of a pair of keys signs nothing, and the storage would only be called unreachable."""
        if (self.s3_access_key is None) != (self.s3_secret_key is None):
            raise ValueError("set ARTGATE_S3_ACCESS_KEY and ARTGATE_S3_SECRET_KEY together, or neither")
        return self


def read_settings() -> Settings:
    """Read the environment once.

    Raises:
        Fault: ``settings_invalid``, naming each setting that is wrong and never its value.
    """
    try:
        return Settings(**_secrets_from_files())
    except ValueError as error:  # pydantic's own is one
        raise Fault(Reason.SETTINGS_INVALID, _explain(error)) from None


def limit_threads(children: int) -> int:
    """Give each of `children` processes its share of the cores, before any numeric library is imported.

    OpenMP, BLAS and OpenCV read these variables once, when their library loads, so a process calls this
    first and its children inherit it. Variables that are already set stay. OpenCV has one thread in any
    case: what it does for a picture is short, and threads that it had started would be missing after a fork.

    Returns:
        The threads of one child, at least 1.
    """
    threads = max(1, len(os.sched_getaffinity(0)) // children)
    for name in _THREAD_VARIABLES:
        os.environ.setdefault(name, str(threads))  # noqa: TID251 - the libraries read nothing else
    os.environ.setdefault(_ONE_THREAD_VARIABLE, "1")  # noqa: TID251 - see above
    return threads


@contextmanager
def threads_limited(children: int) -> Iterator[None]:
    """`limit_threads` for the processes that are started within the block.

    Afterwards the variables are what they were: a command that starts other processes later may share the
    cores in another way.
    """
    names = (*_THREAD_VARIABLES, _ONE_THREAD_VARIABLE)
    before = {name: os.environ.get(name) for name in names}  # noqa: TID251 - put back below
    limit_threads(children)
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)  # noqa: TID251 - see above
        os.environ.update({name: value for name, value in before.items() if value is not None})  # noqa: TID251


def _secrets_from_files() -> dict[str, Any]:
    """Values of the settings whose ``ARTGATE_<NAME>_FILE`` names a file."""
    files = {
        name.removeprefix(_PREFIX).removesuffix("_FILE").lower(): Path(value)
        for name, value in os.environ.items()  # noqa: TID251 - this is the one reader
        if name.startswith(_PREFIX) and name.endswith("_FILE") and value
    }
    return {name: _secret_in(path, name) for name, path in files.items() if name in Settings.model_fields}


def _secret_in(path: Path, name: str) -> str:
    variable = f"{_PREFIX}{name.upper()}_FILE"
    try:
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable}: the file can't be read ({type(error).__name__})") from None
    if not secret:
        raise ValueError(f"{variable}: the file is empty")
    return secret


def _explain(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"a setting is wrong: {error}"
    return "settings are wrong: " + "; ".join(_wrong(e["loc"], e["msg"]) for e in error.errors())


def _wrong(place: tuple[int | str, ...], message: str) -> str:
    """One setting and what is wrong with it, never its value."""
    said = message.removeprefix("Value error, ")
    return f"{_PREFIX}{'.'.join(map(str, place)).upper()}: {said}" if place else said
