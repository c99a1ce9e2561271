"""Reads, measures, tries and fits what ``artgate train`` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from detector.bundle import CheckedRuntime, write_bundle
from detector.decode import decode
from detector.embedding.views import Pixels
from detector.reasons import Reason
from detector.training.audit.gate import pass_gate, with_audit
from detector.training.copies import without_copies
from detector.training.corpus import Entry, read_corpus, without
from detector.training.fit import Fitting, fit
from detector.training.measuring import measured_corpus
from detector.training.second_look import drawn_of
from detector.training.summary import summary_of
from detector.training.veto import VetoTraining
from worker.cli.progress import Advance, progress
from worker.cli.work.extraction import extraction_for
from worker.cli.work.facts import audit_entries
from worker.cli.work.libraries import versions
from worker.cli.work.recipe import Wishes, plan_of
from worker.extraction import Wanted
from worker.settings import read_settings
from worker.weights.fetch import obtain
from worker.weights.folder import WeightsFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    manifest: Path
    held_out: Path | None
    """Folder of pictures that are not learned from."""
    wishes: Wishes
    device: str
    """Where the veto is tuned: ``auto``, ``cpu`` or ``cuda``."""
    name: str
    max_shortcut_auc: float
    """What the audit of the corpus may come to."""
    accept_shortcuts: bool
    out: Path
    cache: Path | None
    """Folder of what was measured before; None takes the usual one."""


def train(order: Order) -> None:
    """Fit a bundle, write it and print how good it is."""
    plan = plan_of(order.wishes)
    entries = read_corpus(order.manifest)
    if order.held_out is not None:
        entries = without(entries, order.held_out)
    specs = [spec for spec in (plan.embedding, plan.veto) if spec is not None]
    weights = {spec.backbone: _weights(spec.backbone) for spec in specs}
    if plan.veto is not None:
        drawn_of([entry.domain for entry in entries], plan.recipe)  # refuses before hours of measuring
    audited = audit_entries(entries, read_settings())
    accepted = pass_gate(audited, limit=order.max_shortcut_auc, accept=order.accept_shortcuts)
    extraction = extraction_for(
        read_settings(),
        cache=order.cache,
        pictures=len(entries),
        embedding=plan.embedding,
        weights=None if plan.embedding is None else weights[plan.embedding.backbone],
    )
    with progress("measured", len(entries)) as advance:
        measured = extraction.measured([Wanted(file=entry.file) for entry in entries], advance=advance)
    measured, copies = without_copies(entries, measured)
    for copy in copies:
        _tell(f"left out {copy.one}: nearly the same as {copy.other}; {copy.detail}")
    corpus = measured_corpus(entries, measured)
    for entry, reason in corpus.refused:
        if reason is not Reason.NEAR_DUPLICATE:
            _tell(f"left out {entry.name}: {reason}")
    veto = None
    if plan.veto is not None:
        veto = VetoTraining(plan.veto, weights[plan.veto.backbone], plan.recipe, device=order.device)
        with progress("shown to the veto", len(corpus.entries)) as advance:
            veto.look_at(_pictures(corpus.entries, advance))
    fitting = Fitting(
        name=order.name,
        schema=extraction.schema,
        backbones={backbone: file.stem for backbone, file in weights.items()},
        libraries=versions(),
        runtime=CheckedRuntime(runtime=extraction.runtime, precision=extraction.precision),
    )
    contents = fit(corpus, fitting, plan.recipe, veto=veto, tell=_tell)
    contents = with_audit(contents, audited, limit=order.max_shortcut_auc, accepted=accepted)
    bundle_id = write_bundle(order.out, contents)
    typer.echo(summary_of(contents.metrics, contents.policy))
    typer.echo(f"bundle {bundle_id} is in {order.out}")


def _weights(backbone: str) -> Path:
    return obtain(backbone, WeightsFolder(read_settings().weights_dir), _tell)


def _pictures(entries: tuple[Entry, ...], advance: Advance) -> Iterator[Pixels]:
    for done, entry in enumerate(entries, 1):
        yield decode(entry.file.read_bytes()).rgb
        advance(done)


def _tell(line: str) -> None:
    typer.echo(line, err=True)
