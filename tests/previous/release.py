"""The release before, out of the repository's own history.

Migrations must suit the code that runs while they are made: the previous release's. Whoever makes a release
sets ``COMMIT`` to the one before it, once that is what operators run.
"""

from __future__ import annotations

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

COMMIT = "88f25382d35ea255d79a619f27e873cba83ff84c"
"""No version has been tagged yet: this is the last commit before the tables of roll-outs."""
SCHEMA = "feedback"
"""The revision that its own migrations end with."""

_ROOT = Path(__file__).parents[2]
_MISSING = (
    f"the history here does not reach back to {COMMIT}, the previous release:"
    " run `git fetch --unshallow` and test again"
)


class HistoryMissing(Exception):
    """A shallow clone, or no repository at all."""


def unpack(folder: Path) -> Path:
    """Put the previous release's tree into a folder and give its path.

    Raises:
        HistoryMissing: this checkout does not have that commit; the message says what to do.
    """
    made = subprocess.run(
        ["git", "archive", "--format=tar", COMMIT], cwd=_ROOT, capture_output=True, check=False
    )
    if made.returncode != 0:
        raise HistoryMissing(f"{_MISSING} ({made.stderr.decode(errors='replace').strip()})")
    with tarfile.open(fileobj=BytesIO(made.stdout)) as tree:
        tree.extractall(folder, filter="data")
    return folder
