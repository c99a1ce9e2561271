"""``artgate`` as a shell calls it: another process, the installed program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.worker.cli.conftest import Outcome

ARTGATE = Path(sys.executable).with_name("artgate")


def artgate(*words: object, **variables: object) -> Outcome:
    """Run a command to its end, with the given ARTGATE_ variables besides the environment."""
    environment = dict(os.environ) | {name: str(value) for name, value in variables.items()}  # noqa: TID251 - a shell passes its own on
    done = subprocess.run(
        [ARTGATE, *map(str, words)], capture_output=True, env=environment, check=False, timeout=120
    )
    return Outcome(
        status=done.returncode,
        out=done.stdout.decode(errors="surrogateescape"),
        err=done.stderr.decode(errors="surrogateescape"),
    )
