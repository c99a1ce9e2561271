"""Looks at, checks, packs and activates bundles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.orm import Session, sessionmaker

from db.models.bundles import DEFAULT_NAME
from db.models.rollouts import RolloutAction
from db.queries import bundles
from detector.bundle import Bundle, pack_bundle, read_bundle
from detector.evaluation.prose import share_text, titled
from detector.reasons import Reason, Rejected
from detector.warranty import FEW, Measure, Rate
from worker.cli.output import Format, json_line, print_facts, print_records
from worker.cli.work.wiring import installation
from worker.rollout import steps
from worker.settings import read_settings


def show(path: Path, format_: Format) -> None:
    """Print a bundle's manifest."""
    bundle = read_bundle(path)
    if format_ is Format.JSONL:
        typer.echo(json_line({"id": bundle.id, **bundle.manifest}))
        return
    print_facts(_facts(bundle), title=f"bundle {bundle.name}")
    rows = _warranty(bundle)
    if rows:
        typer.echo()
        print_records(rows, format_, tuple(rows[0]), title="warranty")
        if any(str(value).endswith("*") for row in rows for value in row.values()):
            typer.echo(f"* fewer than {FEW} pictures: a hint, not a figure")
    for title in ("metrics", "data", "libraries"):
        if bundle.manifest[title]:
            typer.echo()
            facts = bundle.manifest[title]
            print_facts(facts if title == "libraries" else dict(titled(facts)), title=title)


def verify(path: Path) -> None:
    """Load a bundle as a worker would."""
    from worker.bundles import open_bundle  # noqa: PLC0415 - loads the models' libraries

    bundle = open_bundle(path, read_settings()).bundle
    typer.echo(
        f"bundle {bundle.name} is whole: {len(bundle.manifest['parts'])} parts, "
        f"{len(bundle.weights)} backbones' weights, vectors {bundle.schema.id}, id {bundle.id}"
    )


def activate(path: Path, by: str | None, reason: str | None) -> None:
    """Make a bundle the one that judges."""
    from worker.bundles import activate, open_bundle, register  # noqa: PLC0415 - loads the models' libraries

    with installation() as (settings, sessions):
        if by is not None or reason is not None or _another_judges(sessions, path):
            detector = open_bundle(path, settings)
            bundle_id = detector.bundle.id
            if by is None or reason is None:
                raise Rejected(
                    Reason.STEP_REFUSED,
                    "another bundle judges: say who answers for replacing it (--by NAME --reason TEXT), or"
                    " let this one look on first with `artgate rollout shadow`",
                )
            with sessions.begin() as session:
                register(session, detector, path)
                person = steps.admin_named(session, by)
                steps.take(session, RolloutAction.ACTIVATE, bundle_id, person=person, reason=reason)
        else:
            bundle_id = activate(path, settings, sessions)
    typer.echo(f"bundle {bundle_id} judges from the next scan on")


def _another_judges(sessions: sessionmaker[Session], path: Path) -> bool:
    """Whether another bundle was activated: then someone must answer for what takes its place."""
    with sessions() as session:
        active = bundles.active_id(session, DEFAULT_NAME)
    return active is not None and active != read_bundle(path).id


def pack(path: Path, file: Path) -> None:
    """Write a bundle as one file."""
    bundle_id = pack_bundle(path, file)
    typer.echo(f"bundle {bundle_id} packed, {file.stat().st_size / 2**20:.1f} MiB")


def _facts(bundle: Bundle) -> dict[str, object]:
    thresholds = bundle.policy.thresholds
    members = (f"{name} {weight:g}" for name, weight in bundle.manifest["ensemble"]["weights"].items())
    return {
        "id": bundle.id,
        "vectors": f"{bundle.schema.id}, {bundle.schema.length} numbers",
        "decoder": f"version {bundle.manifest['decode_version']}",
        "weights": ", ".join(f"{name} ({sha256[:12]})" for name, sha256 in bundle.weights.items()) or "none",
        "members": ", ".join(members),
        "calibration": bundle.manifest["calibration"]["kind"],
        "GENUINE": f"below {thresholds.genuine_below:g}",
        "SYNTHETIC": f"from {thresholds.synthetic_from:g}",
        "prior": bundle.policy.prior,
        "veto": _veto(bundle.veto),
        "checked with": ", ".join(f"{it.runtime} in {it.precision}" for it in bundle.checked_runtimes)
        or "not stated",
        "tolerance": bundle.tolerance,
        "memory": _memory(bundle),
        "parts": ", ".join(bundle.manifest["parts"]),
    }


def _memory(bundle: Bundle) -> str:
    memory = bundle.memory
    return "none" if memory is None else f"{len(memory)} pictures of {len(memory.groups)} groups"


def _warranty(bundle: Bundle) -> list[dict[str, object]]:
    """A row for each cell."""
    cells = () if bundle.warranty is None else bundle.warranty.cells
    return [
        {"domain": cell.domain, "tier": cell.tier}
        | {title: _rate(cell.rate(measure)) for measure, title in _TITLES.items()}
        for cell in cells
    ]


_TITLES = {
    Measure.HUMAN_CALLED_SYNTHETIC: "human called SYNTHETIC",
    Measure.AI_CALLED_GENUINE: "AI called GENUINE",
    Measure.UNCERTAIN: "UNCERTAIN",
}


def _rate(rate: Rate | None) -> str | None:
    return None if rate is None else share_text(rate.model_dump())


def _veto(veto: Mapping[str, Any] | None) -> str:
    return "none" if veto is None else f"{veto['backbone']}, overrules below {veto['threshold']:g}"
