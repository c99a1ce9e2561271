"""Reads, measures, tries and fits what ``artgate train`` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import typer

from detector.bundle import CheckedRuntime, write_bundle
from detector.decode import decode
from detector.embedding import EmbeddingSpec
from detector.embedding.views import Pixels
from detector.reasons import Reason, Rejected
from detector.training.corpus import Entry, read_corpus, without
from detector.training.fit import Fitting, fit
from detector.training.measuring import measured_corpus
from detector.training.recipe import Recipe
from detector.training.summary import summary_of
from detector.training.veto import VetoTraining, deepest
from worker.cli.progress import Advance, progress
from worker.cli.work.extraction import extraction_for
from worker.extraction import Wanted
from worker.settings import read_settings
from worker.weights.fetch import obtain
from worker.weights.folder import WeightsFolder

_LIBRARIES = (
    "lightgbm",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "scikit-learn",
    "scipy",
    "timm",
    "torch",
)
NONE, AUTO = "none", "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    manifest: Path
    backbone: str
    """Id of an embedding, or ``none``."""
    veto: str
    """Id of an embedding, ``auto`` or ``none``."""
    held_out: Path | None
    """Folder of pictures that are not learned from."""
    components: int
    name: str
    out: Path
    cache: Path | None
    """Folder of what was measured before; None takes the usual one."""

    @property
    def embedding(self) -> EmbeddingSpec | None:
        """What is measured besides the handcrafted features."""
        return None if self.backbone == NONE else _spec(self.backbone)

    @property
    def veto_embedding(self) -> EmbeddingSpec | None:
        """What the veto is tuned on."""
        if self.veto == AUTO:
            return None if self.embedding is None else deepest(self.embedding)
        return None if self.veto == NONE else _spec(self.veto)


def train(order: Order) -> None:
    """Fit a bundle, write it and print how good it is."""
    specs = (order.embedding, order.veto_embedding)
    entries = read_corpus(order.manifest)
    if order.held_out is not None:
        entries = without(entries, order.held_out)
    weights = {spec.backbone: _weights(spec.backbone) for spec in specs if spec is not None}
    extraction = extraction_for(
        read_settings(),
        cache=order.cache,
        pictures=len(entries),
        embedding=specs[0],
        weights=None if specs[0] is None else weights[specs[0].backbone],
    )
    with progress("measured", len(entries)) as advance:
        measured = extraction.measured([Wanted(file=entry.file) for entry in entries], advance=advance)
    corpus = measured_corpus(entries, measured)
    for entry, reason in corpus.refused:
        typer.echo(f"left out {entry.name}: {reason}", err=True)
    recipe = Recipe(components=order.components)
    veto = None if specs[1] is None else VetoTraining(specs[1], weights[specs[1].backbone], recipe)
    if veto is not None:
        with progress("shown to the veto", len(corpus.entries)) as advance:
            veto.look_at(_pictures(corpus.entries, advance))
    fitting = Fitting(
        name=order.name,
        schema=extraction.schema,
        backbones={backbone: file.stem for backbone, file in weights.items()},
        libraries={name: version(name) for name in _LIBRARIES},
        runtime=CheckedRuntime(runtime=extraction.runtime, precision=extraction.precision),
    )
    contents = fit(corpus, fitting, recipe, veto=veto, tell=_tell)
    bundle_id = write_bundle(order.out, contents)
    typer.echo(summary_of(contents.metrics))
    typer.echo(f"bundle {bundle_id} is in {order.out}")


def _spec(text: str) -> EmbeddingSpec:
    try:
        return EmbeddingSpec.parse(text)
    except ValueError as error:
        raise Rejected(Reason.BUNDLE_SCHEMA_UNKNOWN, str(error)) from None


def _weights(backbone: str) -> Path:
    return obtain(backbone, WeightsFolder(read_settings().weights_dir), _tell)


def _pictures(entries: tuple[Entry, ...], advance: Advance) -> Iterator[Pixels]:
    for done, entry in enumerate(entries, 1):
        yield decode(entry.file.read_bytes()).rgb
        advance(done)


def _tell(line: str) -> None:
    typer.echo(line, err=True)
