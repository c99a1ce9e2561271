"""`python -m tests.chaos`: the whole run. The last line is JSON; exit status 1 says that it missed.

`--events` and `--seed` change it; `--only NAME` lets one fault strike, and may be repeated.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.chaos.faults import FAULTS
from tests.chaos.outcome import Seen, document, misses, outcome, table
from tests.chaos.plan import Plan
from tests.chaos.run import run
from tests.chaos.world import KEY, world


def main(arguments: list[str]) -> int:
    """Run, print, and say whether all is as it must be."""
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=usual.events, help="events that flow at least")
    parser.add_argument("--seed", type=int, default=usual.seed, help="decides the order of the faults")
    names = sorted(fault.name for fault in FAULTS)
    parser.add_argument("--only", action="append", default=[], choices=names, metavar="FAULT")
    given = parser.parse_args(arguments)
    plan = Plan(events=given.events, seed=given.seed, only=tuple(given.only))
    with world(plan.seed) as made:
        struck = run(plan, made)
        seen = Seen.read(made.engine, KEY, made.platform.taken)
    found = outcome(struck, seen)
    wrong = misses(struck, seen, found)
    print(table(seen))
    print("\n".join(wrong) or "nothing was missed")
    print(json.dumps(document(found)))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
