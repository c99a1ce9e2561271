"""What two bundles differ in, from their vectors to their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.bundle import Bundle
from detector.evaluation.prose import flat, share_text
from detector.warranty import Measure

_RAW = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Raw scores whose calibrated probabilities are compared."""
_Facts = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not the same."""

    section: str
    name: str
    one: object
    """None where the first bundle has nothing of the kind."""
    other: object


def differences(one: Bundle, other: Bundle) -> list[Difference]:
    """Everything that tells two bundles apart but their places; empty for one bundle and itself."""
    ours, theirs = _sections(one), _sections(other)
    return [
        Difference(section=section, name=name, one=ours[section].get(name), other=theirs[section].get(name))
        for section in ours
        for name in dict.fromkeys((*ours[section], *theirs[section]))
        if ours[section].get(name) != theirs[section].get(name)
    ]


def _sections(bundle: Bundle) -> dict[str, _Facts]:
    """What is compared, in the order in which it is told."""
    manifest = bundle.manifest
    return {
        "bundle": {"name": bundle.name, "format": manifest["format"]},
        "vectors": _vectors(bundle),
        "backbones": dict(bundle.weights),
        "members": _members(bundle),
        "calibration": _calibration(bundle),
        "policy": dict(manifest["policy"]),
        "veto": dict(flat(bundle.veto or {})),
        "parts": dict(manifest["parts"]),
        "metrics": dict(flat(manifest["metrics"])),
        "warranty": _warranty(bundle),
        "runtimes": _runtimes(bundle),
        "data": dict(flat(manifest["data"])),
        "libraries": dict(manifest["libraries"]),
    }


def _vectors(bundle: Bundle) -> _Facts:
    schema = bundle.schema
    return {
        "schema": schema.id,
        "numbers": schema.length,
        "sha256": schema.sha256,
        "decoder": bundle.manifest["decode_version"],
    }


def _members(bundle: Bundle) -> _Facts:
    """Weights, and whether principal components stand before a member."""
    facts: _Facts = {}
    for name, seat in bundle.ensemble.seats.items():
        facts[f"{name} weight"] = seat.weight
        facts[f"{name} looks at"] = "the vector" if seat.projection is None else _width(seat.projection.gives)
    return facts


def _width(numbers: int) -> str:
    return f"principal components, {numbers} numbers"


def _calibration(bundle: Bundle) -> _Facts:
    """Its numbers, and what it makes of some raw scores."""
    probabilities = bundle.calibration(np.array(_RAW))
    made = {f"of {raw:g}": round(float(p), 4) for raw, p in zip(_RAW, probabilities, strict=True)}
    return {"kind": bundle.manifest["calibration"]["kind"], **made}


def _warranty(bundle: Bundle) -> _Facts:
    if bundle.warranty is None:
        return {}
    facts: _Facts = {"method": bundle.warranty.method}
    for cell in bundle.warranty.cells:
        for measure in Measure:
            rate = cell.rate(measure)
            if rate is not None:
                facts[f"{cell.domain} {cell.tier} {measure}"] = share_text(rate.model_dump())
    return facts


def _runtimes(bundle: Bundle) -> _Facts:
    checked: Mapping[str, Any] = {
        f"{it.runtime} in {it.precision}": "checked" for it in bundle.checked_runtimes
    }
    return {**checked, "tolerance": bundle.tolerance}
