"""Gathers in a process of its own, to be killed: ``python -m tests.worker.datasets.doomed GROUND FOLDER``.

It says a letter on standard output for each picture that it keeps, and waits a little at each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from detector.decode import decode
from tests.worker.datasets.sets import MAX_BYTES
from worker.datasets.gather import Means, gather
from worker.datasets.manifest import load_manifest


def main() -> None:
    """Gather."""
    ground, folder = map(Path, sys.argv[1:])

    def advance(_: int) -> None:
        print("k", end="", flush=True)
        time.sleep(0.02)

    means = Means(examine=decode, max_bytes=MAX_BYTES, advance=advance, tell=print)
    gather(load_manifest(str(ground / "m.yaml")), folder, means)


if __name__ == "__main__":
    main()
