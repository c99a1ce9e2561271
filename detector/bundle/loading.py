"""Reads a bundle and believes nothing that it hasn't checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from detector.bundle.arrays import read_arrays
from detector.bundle.files import LARGEST_MANIFEST, MANIFEST, Files, files_at
from detector.bundle.manifest import CheckedRuntime, Manifest, SchemaEntry, id_of, parse
from detector.calibration import Calibration, read_calibration
from detector.decode import DECODE_VERSION
from detector.ensemble import MEMBERS, Ensemble, LightGBM, Member, Projection, RandomForest, Seat, Svm
from detector.memory import Memory
from detector.policy import Policy, Thresholds
from detector.reasons import Fault, Reason
from detector.vector import VectorSchema
from detector.warranty import Warranty

_Made = TypeVar("_Made")

PARTS = {"lightgbm": "lightgbm.txt", "svm": "svm.npz", "random_forest": "random_forest.npz"}
"""The part in which each member lies."""
TOLERANCE = 1e-3
"""Of bundles that state none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bundle:
    """A bundle that is whole and fits this version of artgate. Weights of backbones are not part of it."""

    id: str
    """sha256 of the manifest in its canonical spelling, in hexadecimal."""
    manifest: dict[str, Any]
    """As JSON has it."""
    name: str
    schema: VectorSchema
    ensemble: Ensemble
    calibration: Calibration
    policy: Policy
    weights: Mapping[str, str]
    """sha256 of each backbone's weights file, by the backbone's name."""
    veto: Mapping[str, Any] | None
    """The manifest's entry; None where the bundle has no veto."""
    files: Files
    memory: Memory | None = None
    """Of the pictures that it was trained on; None where it has none."""
    warranty: Warranty | None = None
    """Its measured error rates; None where it states none."""
    checked_runtimes: tuple[CheckedRuntime, ...] = ()
    """Those that its calibration was checked with; none are stated where it is empty."""
    tolerance: float = TOLERANCE
    """How far a probability may lie from a stored one when it is computed again."""

    def checked_with(self, runtime: str, precision: str) -> bool:
        """Whether its calibration was checked with this runtime; True where it states nothing of it."""
        return not self.checked_runtimes or any(
            (checked.runtime, checked.precision) == (runtime, precision) for checked in self.checked_runtimes
        )


def read_bundle(path: Path) -> Bundle:
    """Read and check the bundle at a path.

    Args:
        path: a folder, or one file of it.

    Raises:
        Fault: ``bundle_invalid``, ``bundle_hash_mismatch``, ``bundle_version_unknown``,
            ``bundle_schema_unknown`` or ``bundle_incompatible``; the message says what to do.
    """
    files = files_at(path)
    raw, manifest = parse(files.read(MANIFEST, LARGEST_MANIFEST))
    _check_decoder(manifest.decode_version)
    schema = _schema(manifest.vectors)
    parts = {name: _part(files, name, sha256) for name, sha256 in manifest.parts.items()}
    _check_backbones(manifest)
    return Bundle(
        id=id_of(raw),
        manifest=raw,
        name=manifest.name,
        schema=schema,
        ensemble=_checked("ensemble", lambda: _ensemble(manifest, parts, schema.length)),
        calibration=_checked("calibration", lambda: read_calibration(manifest.calibration)),
        policy=_checked("policy", lambda: _policy(manifest)),
        weights=manifest.weights,
        veto=None if manifest.veto is None else raw["veto"],
        files=files,
        memory=_checked("memory", lambda: _memory(manifest, parts, schema)),
        warranty=manifest.warranty,
        checked_runtimes=manifest.checked_runtimes or _trained_with(manifest),
        tolerance=manifest.tolerance or TOLERANCE,
    )


def _check_decoder(version: int) -> None:
    if version != DECODE_VERSION:
        raise Fault(
            Reason.BUNDLE_INCOMPATIBLE,
            f"The bundle was trained on pictures of decoder {version}, this version of artgate has decoder"
            f" {DECODE_VERSION}; install the version that it was made for, or train it again.",
        )


def _schema(entry: SchemaEntry) -> VectorSchema:
    """The schema of the vectors, equal to the number to the one that the bundle was trained on."""
    try:
        handcrafted = VectorSchema(groups=entry.groups).length
        schema = VectorSchema(
            groups=entry.groups, embedding=entry.embedding, embedding_length=entry.length - handcrafted
        )
    except ValueError as error:
        raise Fault(
            Reason.BUNDLE_SCHEMA_UNKNOWN, f"The bundle scores vectors that are unknown here: {error}."
        ) from error
    if schema.sha256 != entry.sha256:
        raise Fault(
            Reason.BUNDLE_SCHEMA_UNKNOWN,
            f"The bundle's vectors {schema.id} differ from those of that name here; install the version of"
            " artgate that it was made for, or train it again.",
        )
    return schema


def _part(files: Files, name: str, sha256: str) -> bytes:
    data = files.read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Fault(
            Reason.BUNDLE_HASH_MISMATCH,
            f"The bundle's {name} is not the file that its manifest names; copy the bundle again.",
        )
    return data


def _check_backbones(manifest: Manifest) -> None:
    """The manifest names the weights of each backbone, and the veto's part."""
    veto = manifest.veto
    if veto is not None and (
        veto.part not in manifest.parts or manifest.weights.get(veto.backbone) != veto.weights_sha256
    ):
        raise Fault(
            Reason.BUNDLE_INVALID, "The bundle's manifest does not name the part or weights of its veto."
        )


def _ensemble(manifest: Manifest, parts: Mapping[str, bytes], length: int) -> Ensemble:
    entry = manifest.ensemble
    missing = [part for part in (*PARTS.values(), *entry.projections.values()) if part not in parts]
    if missing or set(entry.weights) != set(MEMBERS):
        raise ValueError(f"it needs the members {', '.join(MEMBERS)}, their weights and their parts")
    projections = {
        part: Projection.of(read_arrays(parts[part])) for part in sorted(set(entry.projections.values()))
    }
    seats: dict[str, Seat] = {
        name: Seat(
            member=_member(name, parts[PARTS[name]]),
            weight=entry.weights[name],
            projection=projections.get(entry.projections.get(name, "")),
        )
        for name in entry.weights
    }
    return Ensemble(seats, length)


def _member(name: str, part: bytes) -> Member:
    if name == "lightgbm":
        return LightGBM.of(part.decode())
    return (Svm if name == "svm" else RandomForest).of(read_arrays(part))


def _memory(manifest: Manifest, parts: Mapping[str, bytes], schema: VectorSchema) -> Memory | None:
    if manifest.memory is None:
        return None
    memory = Memory.of(read_arrays(parts[manifest.memory]))
    if not memory.fits(schema.length, schema.handcrafted):
        raise ValueError(f"it remembers other vectors than {schema.id}")
    return memory


def _trained_with(manifest: Manifest) -> tuple[CheckedRuntime, ...]:
    """What a bundle without a list was trained with, where its account of the data names it."""
    runtime, precision = (manifest.data.get(name) for name in ("runtime", "precision"))
    if not (isinstance(runtime, str) and isinstance(precision, str)):
        return ()
    return (CheckedRuntime(runtime=runtime, precision=precision),)


def _policy(manifest: Manifest) -> Policy:
    entry = manifest.policy
    thresholds = Thresholds(genuine_below=entry.genuine_below, synthetic_from=entry.synthetic_from)
    return Policy(thresholds=thresholds, prior=entry.prior)


def _checked(what: str, make: Callable[[], _Made]) -> _Made:
    """What `make` makes of a bundle's numbers.

    Raises:
        Fault: ``bundle_invalid``: they are not what they should be.
    """
    try:
        return make()
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise Fault(
            Reason.BUNDLE_INVALID, f"The bundle's {what} can't be used: {error}; train the bundle again."
        ) from error
