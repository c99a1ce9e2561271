"""Audits the corpus that ``artgate data audit`` names."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from detector.bundle import read_bundle
from detector.reasons import Reason, Rejected
from detector.training.audit.corpus_audit import CorpusAudit
from detector.training.audit.gate import pass_gate, shortcuts
from detector.training.audit.page import audit_page
from detector.training.audit.record import audit_record
from detector.training.audit.shifts import Moved
from detector.training.audit.wording import audit_in_words, outcome, shifts_in_words
from detector.training.corpus import read_corpus
from worker.cli.work.facts import read_and_audit
from worker.cli.work.shifts import judge_copies
from worker.settings import read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    corpus: Path
    bundle: Path | None
    sample: int
    limit: float
    out: Path | None

    @property
    def command(self) -> str:
        """The command line that asks for it."""
        words = ["artgate", "data", "audit", str(self.corpus)]
        if self.bundle is not None:
            words += ["--bundle", str(self.bundle), "--sample", str(self.sample)]
        words += ["--max-shortcut-auc", f"{self.limit:g}"]
        return shlex.join([*words, *(["--out", str(self.out)] if self.out else [])])


def audit(order: Order) -> None:
    """Print what a corpus gives away, write it where it was asked for, and refuse a shortcut."""
    settings = read_settings()
    entries = read_corpus(order.corpus)
    if order.bundle is not None:
        read_bundle(order.bundle)  # before the long work: it may be the wrong path
    found, marked = read_and_audit(entries, settings)
    typer.echo(audit_in_words(found, order.limit))
    moved = None
    if order.bundle is not None:
        moved = judge_copies(order.bundle, order.sample, marked, settings)
        typer.echo(f"\n{shifts_in_words(moved)}")
    if order.out is not None:
        _write(order.out, found, moved, order)
    if not shortcuts(found, order.limit):
        typer.echo(f"\n{outcome(found, order.limit)}")
    pass_gate(found, limit=order.limit, accept=False)


def _write(folder: Path, found: CorpusAudit, moved: Moved | None, order: Order) -> None:
    record: dict[str, Any] = {"command": order.command, **audit_record(found, moved, limit=order.limit)}
    page = audit_page(found, moved, limit=order.limit, command=order.command)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "audit.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        (folder / "audit.html").write_text(page)
    except OSError as error:
        raise Rejected(
            Reason.FILE_UNREADABLE,
            f"{folder} can't be written to ({error.strerror}); name another folder with --out",
        ) from error
    typer.echo(f"\naudit.html and audit.json are in {folder}")
