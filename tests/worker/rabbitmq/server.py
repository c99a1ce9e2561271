"""A RabbitMQ of our own, of the machine's package: one node, its data in a folder, on 127.0.0.1 only."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from kombu import Connection
from kombu.exceptions import KombuError

from deploy.local.launch import Account, Child, Program, StackError, free_port, plain_environment
from deploy.local.processes import end_session
from deploy.local.server import Server

_READY_SECONDS = 90.0
_PLACES = ("/usr/lib/rabbitmq/bin", "/usr/local/lib/rabbitmq/sbin", "/opt/rabbitmq/sbin")


class RabbitMQ(Server):
    """A server that keeps what it was given, also through a kill."""

    def __init__(self, folder: Path) -> None:
        self.port, distribution, names = free_port(), free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        program = shutil.which("rabbitmq-server", path=os.pathsep.join(_PLACES))
        daemon = shutil.which("epmd")
        if program is None or daemon is None:
            raise StackError("there is no RabbitMQ; install it: apt-get install rabbitmq-server")
        name = f"artgate{secrets.token_hex(4)}"
        self._configure(folder)
        account = Account.unprivileged()
        if account is not None:
            account.own(folder)
        named = {
            "RABBITMQ_NODENAME": f"{name}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "ERL_EPMD_PORT": str(names),
        }
        self._names = Child(
            Program(
                name="epmd",
                command=[daemon, "-port", str(names), "-address", "127.0.0.1"],
                folder=folder,
                log=folder / "epmd.log",
                environment=plain_environment(folder),
            )
        )
        self.child = Child(
            Program(
                name="RabbitMQ",
                command=[program],
                folder=folder,
                log=folder / "rabbitmq.log",
                environment=plain_environment(folder) | {"PATH": f"{os.defpath}:/usr/sbin"} | named,
                account=account,
                grace=30.0,
            )
        )

    @property
    def url(self) -> str:
        """As Celery takes it, with the user that every RabbitMQ begins with, who may do all."""
        return self.url_of("guest", "guest")

    def url_of(self, user: str, password: str) -> str:
        """The same for another user."""
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}//"

    def add_user(self) -> str:
        """Make a user of artgate's with the rights that docs/deploy.md gives; returns its URL."""
        name, password = "artgate", secrets.token_hex(8)
        self.control("add_user", name, password)
        self.control("set_permissions", name, "^(re)?scan$", r"^((re)?scan|amq\.default)$", "^(re)?scan$")
        return self.url_of(name, password)

    def spawn(self) -> None:
        """Start, with the daemon that Erlang's nodes are known to: one that it started would outlive us."""
        if not self._names.running:
            self._names.start()
        super().spawn()

    def kill(self) -> None:
        """``kill -9`` with all that it started: what was begun first is a script."""
        end_session(self.child.identity)
        super().kill()

    def stop(self) -> None:
        """End both."""
        super().stop()
        self._names.stop()

    def wait_until_ready(self) -> None:
        """Wait until a client may enter."""
        self.child.wait_until(self._ready, _READY_SECONDS)

    def control(self, *words: str) -> str:
        """What ``rabbitmqctl`` answers."""
        program = self.child.program
        command = [str(Path(program.command[0]).with_name("rabbitmqctl")), "--quiet", *words]
        account = program.account
        ran = subprocess.run(
            command,
            cwd=program.folder,
            env=dict(program.environment),
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return ran.stdout.strip()

    def _configure(self, folder: Path) -> None:
        (folder / "plugins").write_text("[].\n")
        (folder / "none").touch()
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "log.console = true\nlog.file = false\nlog.console.level = warning\n"
            "disk_free_limit.absolute = 50MB\n"
        )

    def _ready(self) -> bool:
        with Connection(self.url, connect_timeout=2) as connection:
            try:
                connection.ensure_connection(max_retries=0)
            except (KombuError, OSError):
                return False
        return True
