"""Writes a software bill of materials: every package of a lock file, with its hashes, as CycloneDX 1.6 JSON.

``python -m deploy.packaging.sbom [FOLDER]`` writes ``artgate-cpu.cdx.json`` and ``artgate-cuda.cdx.json``,
into ``build`` where no folder is named. The same lock gives the same bytes: no time and no dice are in them.
A package that the lock pins once for each of several Pythons is as many components, each with its marker.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from deploy.local.places import REPOSITORY

SPEC_VERSION = "1.6"
_LOCKS = {"cpu": "requirements.lock", "cuda": "requirements-cuda.lock"}
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:(?P<digest>[0-9a-f]{64})\s*\\?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One package of a lock file."""

    name: str
    version: str
    marker: str | None
    """Where it is installed; None: everywhere."""
    hashes: tuple[str, ...]
    """sha256 of each file that may be installed, one for each platform."""

    @property
    def purl(self) -> str:
        """Package URL: what scanners for known vulnerabilities look it up by."""
        return f"pkg:pypi/{self.name.lower().replace('_', '-')}@{quote(self.version, safe='.')}"


def pins(lock: str) -> Iterator[Pin]:
    """The packages of a lock file, in its order.

    Raises:
        ValueError: a line is none that `make lock` writes, or a package has no hash.
    """
    for block in re.split(r"\n(?=[A-Za-z])", "\n".join(_lines(lock))):
        first, *rest = block.splitlines()
        pin, digests = _PIN.match(first), [_HASH.match(line) for line in rest]
        if pin is None or not digests or None in digests:
            raise ValueError(f"this is no pin with hashes: {first}")
        hashes = tuple(found["digest"] for found in digests if found)
        yield Pin(name=pin["name"], version=pin["version"], marker=pin["marker"], hashes=hashes)


def bill(lock: str, *, name: str, version: str) -> dict[str, Any]:
    """The document of a lock file.

    Args:
        lock: its text.
        name: what the bill is of.
        version: of it.
    """
    own = f"pkg:pypi/{name}@{version}"
    components = [_component(pin) for pin in pins(lock)]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, own + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": name,
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        # Which package asks for which other one is not in a lock: the product depends on each of them.
        "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]}],
    }


def main(folder: Path) -> None:
    """Write a bill for each lock file and say where they are."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    folder.mkdir(parents=True, exist_ok=True)
    for build, lock in _LOCKS.items():
        made = bill((REPOSITORY / lock).read_text(), name=project["name"], version=project["version"])
        file = folder / f"{project['name']}-{build}.cdx.json"
        file.write_text(json.dumps(made, indent=1) + "\n")
        print(f"{file}: {len(made['components'])} components")


def _lines(lock: str) -> Iterator[str]:
    """Without comments and options."""
    return (line for line in lock.splitlines() if line.strip() and not line.startswith(("#", "--")))


def _component(pin: Pin) -> dict[str, Any]:
    given: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.purl if pin.marker is None else f"{pin.purl}#{quote(pin.marker, safe='')}",
        "name": pin.name,
        "version": pin.version,
        "purl": pin.purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin.hashes],
    }
    if pin.marker is not None:
        given["properties"] = [{"name": "artgate:marker", "value": pin.marker}]
    return given


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build")
