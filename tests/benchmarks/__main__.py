"""`python -m tests.benchmarks [stage ...]` measures all stages or those named; `--check` compares them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.benchmarks.report import fallen, table, write
from worker.settings import limit_threads

REPORT = Path("build/bench.json")
REFERENCE = Path(__file__).with_name("reference.json")


def main(arguments: list[str]) -> int:
    """Measure, print and write; 1 where a ratio fell, 2 where a name is none of a stage."""
    limit_threads(len(os.sched_getaffinity(0)))  # one each, before any numeric library is loaded
    from tests.benchmarks.stages import STAGES  # noqa: PLC0415 - see above

    names = [name for name in arguments if name != "--check"]
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        print(f"there is no stage {', '.join(unknown)}; there are {', '.join(STAGES)}", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for name in names or list(STAGES):
        print(f"{name} ...", file=sys.stderr)
        figures |= STAGES[name](smoke=False)
        write(figures, REPORT)
    print(table(figures))
    return _check(figures) if "--check" in arguments else 0


def _check(figures: dict[str, float]) -> int:
    lines = fallen(figures, json.loads(REFERENCE.read_text()))
    print("\n".join(lines) or "no ratio fell by more than a fifth")
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
