"""An audit as one HTML page that needs nothing else: tables, and charts drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from detector.training.audit.corpus_audit import Contrast, CorpusAudit
from detector.training.audit.gate import shortcuts
from detector.training.audit.shifts import Moved, Shift
from detector.training.audit.wording import (
    TITLES,
    notes_on,
    number,
    outcome,
    percent,
    remarks,
)

_MOST_CONTRASTS = 16


def audit_page(audit: CorpusAudit, moved: Moved | None, *, limit: float, command: str) -> str:
    """The page, the same for the same arguments.

    Args:
        audit: of the corpus.
        moved: of a bundle, where one was tried.
        limit: of the gate.
        command: that makes the page again.
    """
    environment = Environment(
        loader=PackageLoader("detector.training.audit", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("audit.html.j2").render(
        audit=audit,
        moved=moved,
        limit=limit,
        command=command,
        outcome=outcome(audit, limit),
        passed=not shortcuts(audit, limit),
        remarks=remarks(audit),
        contrasts=[(each, _span(each)) for each in audit.contrasts[:_MOST_CONTRASTS]],
        farthest=_farthest(moved.shifts) if moved else 1.0,
        titles=TITLES,
        percent=percent,
        number=number,
        notes=notes_on(moved) if moved else (),
    )


def _span(contrast: Contrast) -> tuple[float, float]:
    """Both ends of a chart that shows both classes' 5 to 95 % points."""
    low = min(contrast.human[0], contrast.generated[0])
    high = max(contrast.human[-1], contrast.generated[-1])
    return (low, high) if high > low else (low - 1, low + 1)


def _farthest(shifts: Sequence[Shift]) -> float:
    """The end of the chart of moved probabilities."""
    return max([0.1, *(shift.p95.high for shift in shifts)])
