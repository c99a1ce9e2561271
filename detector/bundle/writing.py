"""Writes bundles: the same contents give the same bytes and the same id, wherever and whenever."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detector.bundle.arrays import write_arrays
from detector.bundle.files import MANIFEST
from detector.bundle.loading import PARTS, read_bundle
from detector.bundle.manifest import FORMAT, CheckedRuntime, id_of
from detector.calibration import Calibration
from detector.decode import DECODE_VERSION
from detector.ensemble import Ensemble, LightGBM, Member, RandomForest, Svm
from detector.memory import Memory
from detector.policy import Policy
from detector.vector import VectorSchema
from detector.warranty import Warranty

_MEMORY = "memory.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a bundle is written from."""

    name: str
    schema: VectorSchema
    ensemble: Ensemble
    """Its members are a `LightGBM`, an `Svm` and a `RandomForest`."""
    calibration: Calibration
    policy: Policy
    backbones: Mapping[str, str] = field(default_factory=dict)
    """sha256 of each backbone's weights file, by the backbone's name."""
    veto: Mapping[str, Any] | None = None
    """The manifest's entry: backbone, weights_sha256, part, threshold, and the veto's own."""
    veto_part: bytes = b""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = None
    """Of the pictures that it was trained on."""
    warranty: Warranty | None = None
    """Its measured error rates."""
    checked_runtimes: tuple[CheckedRuntime, ...] = ()
    """Those that its calibration was checked with."""
    tolerance: float | None = None
    """How far a probability may lie from a stored one when it is computed again."""


def write_bundle(folder: Path, contents: Contents) -> str:
    """Write a bundle into a folder, which is made where it is absent. The manifest comes last.

    Returns:
        The bundle's id.

    Raises:
        Fault: the contents don't make a bundle that can be read back.
    """
    projections, parts = _projections(contents.ensemble)
    parts |= {PARTS[name]: _bytes(seat.member) for name, seat in contents.ensemble.seats.items()}
    if contents.veto is not None:
        parts[contents.veto["part"]] = contents.veto_part
    if contents.memory is not None:
        parts[_MEMORY] = write_arrays(contents.memory.arrays())
    manifest = _manifest(contents, projections, parts)
    _write(folder, manifest, parts)
    return read_bundle(folder).id


def warrant_bundle(source: Path, target: Path, warranty: Warranty) -> str:
    """Write a bundle that differs from another one in its warranty alone, into a folder.

    Returns:
        The new bundle's id.

    Raises:
        Fault: the bundle is not whole.
    """
    bundle = read_bundle(source)
    parts = {name: bundle.files.read(name) for name in bundle.manifest["parts"]}
    _write(target, bundle.manifest | {"warranty": _as_json(warranty)}, parts)
    return read_bundle(target).id


def pack_bundle(source: Path, target: Path) -> str:
    """Put a bundle's folder into one file. Returns the id, which stays the same.

    Raises:
        Fault: the bundle is not whole.
    """
    bundle = read_bundle(source)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in (MANIFEST, *sorted(bundle.manifest["parts"])):
            archive.writestr(zipfile.ZipInfo(name), bundle.files.read(name))
    return bundle.id


def _write(folder: Path, manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """The manifest comes last: what was cut short is no bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for name, part in parts.items():
        (folder / name).write_bytes(part)
    (folder / MANIFEST).write_text(json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False) + "\n")


def _as_json(warranty: Warranty) -> dict[str, Any]:
    members: dict[str, Any] = warranty.model_dump(mode="json", exclude_none=True)
    return members


def _bytes(member: Member) -> bytes:
    if isinstance(member, LightGBM):
        return member.text.encode()
    if isinstance(member, (Svm, RandomForest)):
        return write_arrays(member.arrays())
    raise TypeError(f"a bundle can't hold a {type(member).__name__}")


def _projections(ensemble: Ensemble) -> tuple[dict[str, str], dict[str, bytes]]:
    """The part of each member's projection, and the parts; one that members share is stored once."""
    names: dict[bytes, str] = {}
    entry = {}
    for member, seat in ensemble.seats.items():
        if seat.projection is not None:
            data = write_arrays(seat.projection.arrays())
            entry[member] = names.setdefault(data, f"projection{len(names)}.npz")
    return entry, {name: data for data, name in names.items()}


def _manifest(
    contents: Contents, projections: Mapping[str, str], parts: Mapping[str, bytes]
) -> dict[str, Any]:
    schema, policy = contents.schema, contents.policy
    manifest = {
        "format": FORMAT,
        "name": contents.name,
        "schema": {
            "groups": list(schema.groups),
            "embedding": schema.embedding,
            "length": schema.length,
            "sha256": schema.sha256,
        },
        "decode_version": DECODE_VERSION,
        "weights": dict(contents.backbones),
        "ensemble": {
            "weights": {name: seat.weight for name, seat in contents.ensemble.seats.items()},
            "projections": dict(projections),
        },
        "calibration": contents.calibration.numbers(),
        "policy": {
            "genuine_below": policy.thresholds.genuine_below,
            "synthetic_from": policy.thresholds.synthetic_from,
            "prior": policy.prior,
        },
        "veto": None if contents.veto is None else dict(contents.veto),
        "metrics": dict(contents.metrics),
        "data": dict(contents.data),
        "libraries": dict(contents.libraries),
        "parts": {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()},
        **_evidence(contents),
    }
    id_of(manifest)  # refuses numbers that JSON can't hold, before anything is written
    return manifest


def _evidence(contents: Contents) -> dict[str, Any]:
    """The members that a manifest may do without, as far as there is something to say."""
    warranty = contents.warranty
    members = {
        "memory": None if contents.memory is None else _MEMORY,
        "warranty": None if warranty is None else _as_json(warranty),
        "checked_runtimes": [checked.model_dump() for checked in contents.checked_runtimes] or None,
        "tolerance": contents.tolerance,
    }
    return {name: value for name, value in members.items() if value is not None}
