"""`python -m tests.scale`: fill, time, print. The last line is JSON; exit status 1 says that a query grew.

`--sizes 100000,1000000` ends earlier; ten million pictures need 40 GB of disk for the time being.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.scale.outcome import document, misses, table
from tests.scale.plan import Plan
from tests.scale.run import own_database, run


def main(arguments: list[str]) -> int:
    """Run, print, and say whether all stayed flat."""
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=usual.sizes, help="pictures, growing, with commas")
    parser.add_argument("--runs", type=int, default=usual.runs, help="times that a query is run in a round")
    parser.add_argument("--folder", type=Path, help="where the database lies, if not with other local state")
    given = parser.parse_args(arguments)
    with own_database(given.folder) as url:
        timings = run(replace(usual, sizes=given.sizes, runs=given.runs), url)
    wrong = misses(timings)
    print(table(timings))
    print("\n".join(wrong) or "every query is flat")
    print(json.dumps(document(timings)))
    return 1 if wrong else 0


def _sizes(words: str) -> tuple[int, ...]:
    sizes = tuple(int(word) for word in words.split(","))
    if not sizes or sizes[0] < 1 or any(b <= a for a, b in pairwise(sizes)):
        raise argparse.ArgumentTypeError(f"{words!r} does not grow: say sizes such as 100000,1000000")
    return sizes


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
