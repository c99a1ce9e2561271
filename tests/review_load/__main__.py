"""`python -m tests.review_load`: the whole load. The last line is JSON; exit status 1 says that it missed.

`--items`, `--sessions` and `--rate` make it smaller or larger.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.servers import servers
from tests.review_load.outcome import document, misses, outcome, table
from tests.review_load.plan import Plan
from tests.review_load.run import run


def main(arguments: list[str]) -> int:
    """Run, print, and say whether all is as it must be."""
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.review_load", description=__doc__)
    parser.add_argument("--items", type=int, default=usual.items, help="items that wait at the beginning")
    parser.add_argument("--sessions", type=int, default=usual.sessions, help="moderators at work")
    parser.add_argument("--rate", type=float, default=usual.rate, help="claims a second")
    plan = Plan(**vars(parser.parse_args(arguments)))
    print(f"about {plan.items / plan.rate + 2 * plan.lease:.0f} seconds ...", file=sys.stderr)
    with servers() as (settings, _), TemporaryDirectory() as folder:
        seen, stored = run(plan, settings, Path(folder))
    found = outcome(seen, stored)
    wrong = misses(plan, found, seen, stored)
    print(table(seen))
    print("\n".join(wrong) or "nothing was missed")
    print(json.dumps(document(found)))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
