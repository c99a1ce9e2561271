"""The manifest: what a bundle is made of, in JSON that anybody can read."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detector.reasons import Fault, Reason
from detector.warranty import Warranty

FORMAT = 1
"""Version of the form of bundles that is read and written here."""

PartName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z]+$", max_length=64)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MemberName = Literal["lightgbm", "svm", "random_forest"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class SchemaEntry(_Strict):
    """Which vectors the bundle scores."""

    groups: tuple[str, ...]
    embedding: str
    length: int
    sha256: Sha256


class EnsembleEntry(_Strict):
    """Who is asked, and how much it counts."""

    weights: dict[MemberName, float]
    projections: dict[MemberName, PartName] = {}
    """Part with the projection that stands before a member, where one does."""


class PolicyEntry(_Strict):
    """Thresholds on the calibrated probability, and the prior that it assumes."""

    genuine_below: float
    synthetic_from: float
    prior: float


class VetoEntry(_Strict):
    """The second look at would-be SYNTHETIC pictures; further members are the veto's own."""

    model_config = ConfigDict(extra="allow")

    backbone: str
    weights_sha256: Sha256
    part: PartName
    threshold: Annotated[float, Field(ge=0, le=1)]


class CheckedRuntime(_Strict):
    """What computes embeddings, in which numbers."""

    runtime: str
    """Such as ``torch-cpu``; ``numpy`` where there is no embedding."""
    precision: str
    """Such as ``bfloat16``."""


class Manifest(_Strict):
    """All of it. ``vectors`` is called ``schema`` in JSON. What has a default may be absent."""

    format: Literal[1]
    name: str
    vectors: SchemaEntry = Field(alias="schema")
    decode_version: int
    weights: dict[str, Sha256]
    """sha256 of each backbone's weights file, by the backbone's name."""
    ensemble: EnsembleEntry
    calibration: dict[str, Any]
    policy: PolicyEntry
    veto: VetoEntry | None
    metrics: dict[str, Any]
    """How good it is; figures for people."""
    data: dict[str, Any]
    """What it was trained on."""
    libraries: dict[str, str]
    """Versions of the libraries that trained it."""
    parts: dict[PartName, Sha256]
    memory: PartName | None = None
    """Part with what is remembered of the pictures that it was trained on."""
    warranty: Warranty | None = None
    """Its measured error rates, by domain and delivery."""
    checked_runtimes: tuple[CheckedRuntime, ...] = ()
    """Those that its calibration was checked with."""
    tolerance: Annotated[float, Field(gt=0, le=1)] | None = None
    """How far a probability may lie from a stored one when it is computed again."""


def canonical(manifest: dict[str, Any]) -> bytes:
    """One spelling of a manifest: sorted, without blanks, UTF-8.

    Raises:
        ValueError: a number in it is not finite.
    """
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def id_of(manifest: dict[str, Any]) -> str:
    """The id of the bundle of a manifest: sha256 in hexadecimal."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def parse(data: bytes) -> tuple[dict[str, Any], Manifest]:
    """A manifest as JSON has it, and checked.

    Raises:
        Fault: ``bundle_version_unknown``, ``bundle_invalid``.
    """
    try:
        raw = json.loads(data, parse_constant=_no_number, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise Fault(
            Reason.BUNDLE_INVALID,
            f"The bundle's manifest.json can't be read ({error}); copy the bundle again.",
        ) from error
    if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] != FORMAT:
        raise Fault(
            Reason.BUNDLE_VERSION_UNKNOWN,
            f"The bundle has format {raw['format']}, this version of artgate reads format {FORMAT};"
            " install the version that it was made for, or train it again.",
        )
    try:
        return raw, Manifest.model_validate_json(data)
    except ValidationError as error:
        raise Fault(
            Reason.BUNDLE_INVALID,
            f"The bundle's manifest is wrong at {_first(error)}; copy the bundle again, or train it again.",
        ) from error


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'its top'}: {found['msg']}"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
