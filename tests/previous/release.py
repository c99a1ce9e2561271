"""The release before: its code as it was, packed beside this file.

Migrations must suit the code that runs while they are made: the previous release's. It lies here so that a
checkout without history tries it too. Whoever makes a release packs the one before it and names its schema::

    python -m tests.previous.release COMMIT
"""

from __future__ import annotations

import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

SCHEMA = "feedback"
"""The revision that its own migrations end with; no version was released yet, and roll-outs followed it."""

_PACKED = Path(__file__).with_name("release.tar.xz")
_ROOT = Path(__file__).parents[2]
_TAKEN = (
    *("worker", "db", "detector", "migrations", ":(exclude)detector/starter", ":(exclude)**/*.md"),
    *(":(glob)tests/*.py", "tests/worker/__init__.py", "tests/worker/receiver.py"),
)
"""The product without its bundle, and what makes a small bundle, a picture and a receiver for it."""


def unpack(folder: Path) -> Path:
    """Put the previous release's tree into a folder and give its path."""
    with tarfile.open(_PACKED, "r:xz") as tree:
        tree.extractall(folder, filter="data")
    return folder


def pack(commit: str) -> None:
    """Make a commit's code the previous release.

    Raises:
        subprocess.CalledProcessError: there is no such commit; git has said so.
    """
    made = subprocess.run(
        ["git", "archive", "--format=tar", commit, "--", *_TAKEN],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    _PACKED.write_bytes(lzma.compress(made.stdout, preset=lzma.PRESET_EXTREME | 9))


if __name__ == "__main__":
    pack(sys.argv[1])
