"""A process that scores pictures as a worker's child does: ``python -m tests.benchmarks.child``.

It loads no numeric library before its threads are set, which is why it stands alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from worker.settings import limit_threads


def main(folder: Path, sharing: int, count: int) -> None:
    """Score when told to, then say how many threads had a share in it.

    Args:
        folder: holds ``bundle``, the weights that it names and ``*.jpg``.
        sharing: children that the machine's threads are shared out among.
        count: pictures to score.
    """
    limit_threads(sharing)
    from detector import load_bundle  # noqa: PLC0415 - see above

    detector = load_bundle(folder / "bundle", weights=folder)
    files = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    detector.detect(files[0])
    print("ready", flush=True)
    sys.stdin.readline()
    before = _ticks()
    for number in range(count):
        detector.detect(files[number % len(files)])
    spent = {thread: ticks - before.get(thread, 0) for thread, ticks in _ticks().items()}
    print(sum(ticks > 0.02 * sum(spent.values()) for ticks in spent.values()))


def _ticks() -> dict[str, int]:
    """Processor time of each thread of this process, in the kernel's ticks."""
    stats = {task.name: (task / "stat").read_text() for task in Path("/proc/self/task").iterdir()}
    return {name: sum(map(int, stat.rpartition(")")[2].split()[11:13])) for name, stat in stats.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
