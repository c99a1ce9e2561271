"""Does what ``artgate evaluate`` asks for, and writes the report."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer

from detector.decode import DECODE_VERSION
from detector.embedding import EmbeddingSpec
from detector.reasons import Reason, Rejected
from worker.cli.progress import progress
from worker.cli.work.extraction import MEMORY, cache_folder
from worker.cli.work.libraries import versions
from worker.cli.work.spread import processes_for
from worker.evaluation.order import Order, deliveries_named, studies_named
from worker.evaluation.run import Surroundings
from worker.evaluation.run import evaluate as run
from worker.extraction import MeasuringOrder
from worker.reports.page import render
from worker.reports.summary import summary_of
from worker.settings import Settings, read_settings
from worker.weights.fetch import obtain
from worker.weights.folder import WeightsFolder

PAGE, FIGURES = "report.html", "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's arguments and options."""

    bundle: Path
    manifest: Path
    out: Path
    cross_validate: bool
    veto: bool
    deliveries: str
    studies: str
    second_backbone: str | None
    split: str | None
    leave_out_trained: bool
    vouch_unseen: bool
    offenders: int
    thumbnails: bool
    seed: int
    cache: Path | None

    def order(self, settings: Settings) -> Order:
        """What is to be done.

        Raises:
            Rejected: ``bad_request``: an unknown delivery or study, or options that do not go together.
        """
        if not self.veto and not self.cross_validate:
            raise Rejected(
                Reason.BAD_REQUEST,
                "--no-veto goes with --cross-validate: the bundle itself asks its veto always, and the report"
                " shows what the scores alone would have said",
            )
        return Order(
            bundle=self.bundle,
            manifest=self.manifest,
            cross_validate=self.cross_validate,
            veto=self.veto,
            split=self.split,
            leave_out_trained=self.leave_out_trained,
            vouched_unseen=self.vouch_unseen,
            deliveries=deliveries_named(self.deliveries),
            studies=studies_named(self.studies),
            offenders=self.offenders,
            thumbnails=self.thumbnails,
            seed=self.seed,
            cache=self.cache or cache_folder(settings),
            children=processes_for(2**16, MEMORY),
        )

    def command(self) -> str:
        """The command line that makes the report again."""
        words = ["artgate", "evaluate", str(self.bundle), str(self.manifest), "--out", str(self.out)]
        words += ["--deliveries", self.deliveries, "--studies", self.studies, "--seed", str(self.seed)]
        words += ["--offenders", str(self.offenders)]
        if self.second_backbone is not None:
            words += ["--second-backbone", self.second_backbone]
        if self.split is not None:
            words += ["--split", self.split]
        switches = {
            "--cross-validate": self.cross_validate,
            "--no-veto": not self.veto,
            "--leave-out-trained": self.leave_out_trained,
            "--vouch-unseen": self.vouch_unseen,
            "--no-thumbnails": not self.thumbnails,
        }
        return shlex.join([*words, *(switch for switch, on in switches.items() if on)])


def evaluate(asked: Asked) -> None:
    """Evaluate, write both files and print the summary."""
    settings = read_settings()
    order = asked.order(settings)
    around = Surroundings(
        settings=settings,
        progress=progress,
        tell=_tell,
        second=_second(asked.second_backbone, settings),
    )
    report = run(order, around) | {"made": _made(asked)}
    asked.out.mkdir(parents=True, exist_ok=True)
    page, figures = asked.out / PAGE, asked.out / FIGURES
    figures.write_text(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    page.write_text(render(report), "utf-8")
    typer.echo(summary_of(report))
    typer.echo(f"the report is {page}, its figures {figures}")


def _second(embedding: str | None, settings: Settings) -> MeasuringOrder | None:
    """How the second backbone measures."""
    if embedding is None:
        return None
    try:
        spec = EmbeddingSpec.parse(embedding)
    except ValueError as error:
        raise Rejected(Reason.BUNDLE_SCHEMA_UNKNOWN, str(error)) from None
    weights = obtain(spec.backbone, WeightsFolder(settings.weights_dir), _tell)
    return MeasuringOrder(embedding=spec.id, weights=weights, settings=settings)


def _made(asked: Asked) -> dict[str, Any]:
    """What makes the report again."""
    return {
        "command": asked.command(),
        "seed": asked.seed,
        "decode_version": DECODE_VERSION,
        "versions": {"artgate": version("artgate"), **versions()},
    }


def _tell(line: str) -> None:
    typer.echo(line, err=True)
