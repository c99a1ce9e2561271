"""The stack that faults strike: servers, processes, and a proxy on each way from one to the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Engine, make_url, text

from db.engine import make_engine
from deploy.local.launch import free_port
from deploy.local.places import state_root
from deploy.local.postgres import Postgres
from deploy.local.stack import LocalStack
from deploy.local.valkey import Valkey
from deploy.local.workspace import Workspace
from migrations.grants import Role
from migrations.roles import make_roles
from migrations.runner import upgrade
from tests.bundles import make_bundle
from tests.chaos import stepped
from tests.chaos.plan import CHILDREN, SETTINGS
from tests.chaos.proxy import Proxy, network
from tests.servers import Bucket, bucket_maker, settings_for
from tests.worker.inbox import wait_until
from tests.worker.receiver import Receiver, receiver
from tests.worker.running import Running, hook_answers, started
from worker.settings import Settings

TOKEN = "of the platform"
MODERATORS = {"ann": "of ann", "bob": "of bob"}
KEY = "a key that signs the log of a test run"
PROCESSES = ("hook", "sweeper", "relay", "worker")
_USES = {
    "hook": ("database", "broker"),
    "worker": ("database", "broker", "storage"),
    "sweeper": ("database", "broker"),
    "relay": ("database", "platform"),
}
_FIELDS = {
    "database": "database_url",
    "broker": "broker_url",
    "storage": "s3_endpoint",
    "platform": "webhook_url",
}
WAYS = tuple(f"{process}-{server}" for process, servers in _USES.items() for server in servers)
"""Who asks whom; the platform's own way to the hook is ``platform-hook``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An event in the hands of a child."""

    id: str
    pid: int
    lease: int


@dataclass(slots=True, kw_only=True)
class World:
    """All of it, and what can be seen of it without a proxy."""

    settings: Settings
    """As the servers are named without proxies."""
    bucket: Bucket
    platform: Receiver
    postgres: Postgres
    valkey: Valkey
    ways: dict[str, Proxy]
    passwords: Mapping[Role, str]
    """Of the database's roles: each process has its own, of least privilege."""
    engine: Engine
    folder: Path
    processes: dict[str, Running] = field(default_factory=dict)
    offsets: dict[str, stepped.Offset] = field(default_factory=dict)

    @property
    def worker(self) -> Running:
        """The worker's parent."""
        return self.processes["worker"]

    def start(self, process: str, **others: Any) -> None:
        """Start a process, or another in the place of one that has ended; `others` are further settings."""
        file = self.folder / f"{process}.clock"
        self.offsets[process] = stepped.Offset(file)
        command = [sys.executable, "-m", stepped.__name__, str(file), process]
        settings = self._settings_of(process).model_copy(update=others)
        self.processes[process] = started(command, settings, self.folder, name=process)

    def stop(self) -> None:
        """End the processes."""
        for running in self.processes.values():
            running.stop()

    def wait_until_ready(self) -> None:
        """Wait until the hook answers and every child can scan."""
        wait_until(lambda: hook_answers(self.settings), "the hook", 60)
        self.worker.wait_until_said("bundle_loaded", times=CHILDREN, seconds=120)

    def claimed(self, by: int | None = None, seconds: float = 30.0) -> Claimed:
        """An event that a living child holds just now, whichever or the one of a process id."""
        found: list[Claimed] = []

        def look() -> bool:
            children = set(self.worker.children()) if by is None else {by}
            found.extend(each for each in self._claims() if each.pid in children)
            return found != []

        wait_until(look, "a claim", seconds)
        return found[0]

    def ask(self, query: str, **values: Any) -> list[Any]:
        """Rows of a query, asked of PostgreSQL itself."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def _claims(self) -> list[Claimed]:
        rows = self.ask("SELECT id, holder, lease_number FROM events WHERE state = 'claimed'")
        return [Claimed(id=str(row[0]), pid=int(row[1].rpartition(":")[2]), lease=row[2]) for row in rows]

    def _settings_of(self, process: str) -> Settings:
        """Servers as a process sees them: each behind its proxy."""
        proxied = {_FIELDS[server]: self._proxied(process, server) for server in _USES[process]}
        role = Role(f"artgate_{process}")
        own = make_url(proxied["database_url"]).set(username=role.value, password=self.passwords[role])
        proxied["database_url"] = own.render_as_string(hide_password=False)
        chosen = {name: getattr(self.settings, name) for name in self.settings.model_fields_set}
        return Settings(**(chosen | proxied))

    def _proxied(self, process: str, server: str) -> str:
        address = _plain(getattr(self.settings, _FIELDS[server]))
        return with_port(address, self.ways[f"{process}-{server}"].port)


@contextmanager
def world(seed: int) -> Iterator[World]:
    """Servers, proxies and processes, all running and ready.

    Everything that is started belongs to the thread that calls this.
    """
    workspace = Workspace.create(state_root(), "chaos")
    stack = LocalStack(workspace)
    try:
        stack.start()
        with receiver() as platform, network() as net, ExitStack() as ending:
            assert stack.postgres is not None, "the stack is our own"
            assert stack.valkey is not None, "the stack is our own"
            upgrade(stack.database_url)
            passwords = make_roles(stack.database_url, passwords_for=frozenset(Role)).passwords
            settings = _settings(stack, platform, workspace.folder, seed)
            ports = {each: _port(_plain(getattr(settings, name))) for each, name in _FIELDS.items()}
            ways = {way: net.proxy(ports[way.rpartition("-")[2]]) for way in WAYS}
            ways["platform-hook"] = net.proxy(settings.hook_port)
            engine = make_engine(stack.database_url, application="chaos", pooled=False)
            ending.callback(engine.dispose)
            made = World(
                settings=settings,
                bucket=bucket_maker(stack.storage)(),
                platform=platform,
                postgres=stack.postgres,
                valkey=stack.valkey,
                ways=ways,
                passwords=passwords,
                engine=engine.execution_options(isolation_level="AUTOCOMMIT"),
                folder=workspace.folder,
            )
            made.settings = settings.model_copy(update={"buckets": (made.bucket.name,)})
            ending.callback(made.stop)
            for process in PROCESSES:
                made.start(process)
            made.wait_until_ready()
            yield made
    finally:
        stack.stop()
        workspace.remove()


def with_port(url: str, port: int) -> str:
    """The same address at another port of 127.0.0.1."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    place = f"{user}@127.0.0.1:{port}" if user else f"127.0.0.1:{port}"
    return urlunsplit(parts._replace(netloc=place))


def _settings(stack: LocalStack, platform: Receiver, folder: Path, seed: int) -> Settings:
    bucket = Bucket(name="none-yet", client=None, access=stack.storage)
    return settings_for(
        database=stack.database_url,
        broker=stack.broker_url,
        bucket=bucket,
        bundle=make_bundle(folder, seed),
        hook_port=free_port(),
        hook_tokens=(TOKEN,),
        moderator_tokens=MODERATORS,
        webhook_url=platform.url,
        webhook_secret="of the webhook",
        audit_keys=(KEY,),
        **SETTINGS,
    )


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None, "servers of the stack have ports of their own"
    return port


def _plain(value: Any) -> str:
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
