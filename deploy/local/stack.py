"""PostgreSQL, Valkey and an S3 server as one: the local stack of tests, demo and benchmarks.

Each server can be replaced by one that runs already; then only the others are started.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy.local.juicefs import JuiceFS
from deploy.local.launch import StackError
from deploy.local.places import state_root
from deploy.local.postgres import Postgres
from deploy.local.server import Server
from deploy.local.storage import Access
from deploy.local.valkey import Valkey
from deploy.local.workspace import Workspace
from worker.settings import Settings

_Server = TypeVar("_Server")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServers:
    """Servers of one's own that stand in for those of the stack; None lets the stack start one."""

    database_url: str | None = None
    broker_url: str | None = None
    storage: Access | None = None

    @classmethod
    def named_by(cls, settings: Settings) -> OwnServers:
        """The servers that the environment names (ARTGATE_DATABASE_URL and so on).

        Raises:
            StackError: a storage is named without its keys.
        """
        given = settings.model_fields_set
        return cls(
            database_url=settings.database_url.get_secret_value() if "database_url" in given else None,
            broker_url=settings.broker_url.get_secret_value() if "broker_url" in given else None,
            storage=_storage_named_by(settings),
        )


class LocalStack:
    """The servers and how to reach them.

    Args:
        workspace: where the servers that are started keep their data.
        own: servers that are used instead of starting one.
        durable: keep what was written when the machine itself dies (slower).
        webhook: URL that the storage sends upload events to, where the storage is started here.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        own: OwnServers | None = None,
        durable: bool = False,
        webhook: str | None = None,
    ) -> None:
        own = own or OwnServers()
        folder = workspace.folder
        self.workspace = workspace
        cache = cache_folder()
        self.postgres = (
            None if own.database_url else Postgres(folder / "postgres", cache=cache, durable=durable)
        )
        self.valkey = None if own.broker_url else Valkey(folder / "valkey", durable=durable)
        self.juicefs = None if own.storage else JuiceFS(folder / "juicefs", webhook=webhook)
        self._own = own

    @property
    def servers(self) -> tuple[Server, ...]:
        """The servers that belong to the stack, in the order of their start."""
        mine: Iterable[Server | None] = (self.postgres, self.valkey, self.juicefs)
        return tuple(server for server in mine if server is not None)

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of PostgreSQL: the maintenance database, or the one that was named."""
        return self._own.database_url or _present(self.postgres).url

    @property
    def broker_url(self) -> str:
        """URL of Valkey's database 0, or the one that was named."""
        return self._own.broker_url or _present(self.valkey).url

    @property
    def storage(self) -> Access:
        """Address and keys of the S3 server."""
        return self._own.storage or _present(self.juicefs).access

    def start(self) -> None:
        """Start all servers and wait until they are ready; if one fails, none is left.

        The servers live as long as the thread that calls this.
        """
        try:
            for server in self.servers:
                server.spawn()
                self.workspace.record(server.child.identity)
            for server in self.servers:
                server.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all servers, last started first."""
        for server in reversed(self.servers):
            server.child.signal_stop()
        for server in reversed(self.servers):
            server.stop()


def cache_folder() -> Path:
    """Where templates lie that later stacks start from."""
    folder = state_root() / "cache"
    folder.mkdir(exist_ok=True)
    return folder


def _present(server: _Server | None) -> _Server:
    if server is None:
        raise StackError("this server is neither started nor named")
    return server


def _storage_named_by(settings: Settings) -> Access | None:
    if settings.s3_endpoint is None:
        return None
    if settings.s3_access_key is None or settings.s3_secret_key is None:
        raise StackError(
            "ARTGATE_S3_ENDPOINT names a storage: say also ARTGATE_S3_ACCESS_KEY and ARTGATE_S3_SECRET_KEY"
        )
    return Access(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
    )
