"""`python -m tests.fuzz`: the whole of it. The last line is JSON; exit status 1 says that something escaped.

First a search that is guided by the code it reaches, for each reader of hostile bytes in Python; then mutants
of pictures through the decoder process. What escaped, or ended a decoder process, lies in ``build/fuzz``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.fuzz import seeds
from tests.fuzz.campaign import Campaign, decode_mutants
from tests.fuzz.guided import Search, search
from tests.fuzz.targets import TARGETS

FOUND = Path("build/fuzz")


def main(arguments: list[str]) -> int:
    """Search, decode, print, and say whether anything escaped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=100_000, help="mutated pictures for the decoder process")
    parser.add_argument("--inputs", type=int, default=20_000, help="mutated inputs for each reader")
    parser.add_argument("--seed", type=int, default=1, help="decides every mutant")
    given = parser.parse_args(arguments)
    print(f"seed {given.seed}")
    searches = {target.name: search(target, inputs=given.inputs, seed=given.seed) for target in TARGETS}
    for name, found in searches.items():
        _tell_search(name, found)
    corpus = [
        *seeds.pictures(),
        *seeds.odd_pictures(),
        *searches["headers"].kept,
        *searches["provenance"].kept,
    ]
    done = decode_mutants(corpus, files=given.files, seed=given.seed)
    _tell_campaign(done)
    escaped = len(done.escaped) + sum(len(found.escaped) for found in searches.values())
    print(json.dumps(document(done, escaped)))
    return 1 if escaped else 0


def document(done: Campaign, escaped: int) -> dict[str, float]:
    """The last line."""
    return {
        "files": done.files,
        "longest_ms": round(1000 * done.longest, 1),
        "largest_mib": round(done.largest / 2**20, 1),
        "crashes_contained": done.contained,
        "escaped": escaped,
    }


def _tell_search(name: str, found: Search) -> None:
    print(
        f"{name:11} {found.tried:7,} inputs, {len(found.steps):4} steps reached, "
        f"{len(found.kept):3} kept, longest {1000 * found.longest:.0f} ms, {len(found.escaped)} escaped"
    )
    _keep(name, found.escaped)


def _tell_campaign(done: Campaign) -> None:
    for outcome, number in done.outcomes.most_common():
        print(f"decode      {number:7,} {outcome}")
    _keep("decode", done.escaped)
    _keep("ended", done.ended)


def _keep(name: str, found: Mapping[str, bytes]) -> None:
    for number, (what, data) in enumerate(found.items()):
        FOUND.mkdir(parents=True, exist_ok=True)
        path = FOUND / f"{name}-{number}"
        path.write_bytes(data)
        print(f"  {name}: {what}, see {path}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
