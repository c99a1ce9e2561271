"""Where the local stack finds its programs and keeps its state."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from deploy.local.launch import StackError

REPOSITORY = Path(__file__).resolve().parents[2]
_SHARED_STATE = Path("/var/lib")


def state_root() -> Path:
    """The folder that holds all state of local stacks: ``.state`` in the repository.

    PostgreSQL refuses to run as root, so for root it runs as nobody, who may not reach the repository
    (one under /root, say); then the state lies in /var/lib, in a folder named after the repository.
    """
    root = REPOSITORY / ".state"
    if os.getuid() == 0 and not _open_to_all(REPOSITORY):
        digest = hashlib.sha256(os.fsencode(REPOSITORY)).hexdigest()[:12]
        root = _SHARED_STATE / f"artgate-local-{digest}"
    root.mkdir(mode=0o755, exist_ok=True)
    return root


def package_folder(name: str) -> Path:
    """Folder of an installed package, found without importing it.

    Raises:
        StackError: it is not installed.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise StackError(f"the package {name} is not installed in {sys.prefix}: run `make install`")
    return Path(spec.origin).parent


def script(name: str) -> Path:
    """A program that a package put beside Python.

    Raises:
        StackError: there is none of that name.
    """
    for folder in (sysconfig.get_path("scripts"), Path(sys.executable).parent):
        path = Path(folder) / name
        if path.is_file():
            return path
    found = shutil.which(name)
    if found is None:
        raise StackError(f"the program {name} is not installed in {sys.prefix}: run `make install`")
    return Path(found)


def machine() -> str:
    """This machine's processor as package folders spell it, such as x86_64."""
    return platform.machine()


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))
