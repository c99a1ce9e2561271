"""An audit as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from detector.training.audit.categories import Kind
from detector.training.audit.corpus_audit import SEED, Contrast, CorpusAudit
from detector.training.audit.gate import shortcuts
from detector.training.audit.shifts import Moved


def audit_record(audit: CorpusAudit, moved: Moved | None, *, limit: float) -> dict[str, Any]:
    """Every figure of an audit, under names that stay.

    Args:
        audit: of the corpus.
        moved: of a bundle, where one was tried.
        limit: of the gate.
    """
    return {
        "pictures": {"human": audit.human, "ai": audit.generated},
        "groups": audit.groups,
        "refused": {name: str(reason) for name, reason in audit.refused},
        "seed": SEED,
        "limit": limit,
        "shortcuts": [each.name for each in shortcuts(audit, limit)],
        "separations": audit.figures(),
        "domains": _kinds(audit.domains),
        "sources": _kinds(audit.sources),
        "facts": {each.name: _contrast(each) for each in audit.contrasts},
        "verdicts": None if moved is None else _moved(moved),
    }


def _kinds(kinds: Iterable[Kind]) -> dict[str, dict[str, int]]:
    return {kind.name: {"human": kind.human, "ai": kind.generated} for kind in kinds}


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "group": contrast.group,
        "what": contrast.what,
        "auc": round(contrast.auc, 4),
        "human": [float(f"{point:.6g}") for point in contrast.human],
        "ai": [float(f"{point:.6g}") for point in contrast.generated],
    }


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "bundle": moved.bundle,
        "trained_on": moved.known,
        "pictures": moved.pictures,
        "variants": {shift.variant.name: shift.as_json() for shift in moved.shifts},
    }
