"""Puts a bundle on trial."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy.orm import Session, sessionmaker

from db.models.bundles import DEFAULT_NAME
from db.models.rollouts import RolloutAction
from db.queries import bundles
from detector import Detector
from detector.bundle import read_bundle
from worker.bundles import open_bundle, register, same_vectors
from worker.cli.work.wiring import installation
from worker.default_bundle import default_path
from worker.rollout import steps
from worker.settings import Settings

_OTHER_EMBEDDING = 0.05
"""Of the uploads, where each costs another embedding."""


def shadow(path: Path, by: str, reason: str, share: float | None) -> None:
    """Load a bundle, register it, and let it look on."""
    with installation() as (settings, sessions):
        detector = open_bundle(path, settings)
        shares = _scores_what_is_measured(settings, sessions, detector)
        part = share if share is not None else 1.0 if shares else _OTHER_EMBEDDING
        with sessions.begin() as session:
            register(session, detector, path)
            steps.take(
                session,
                RolloutAction.SHADOW,
                detector.bundle.id,
                person=steps.admin_named(session, by),
                reason=reason,
                share=part,
            )
    cost = "scores the vectors that are measured anyway" if shares else "is measured besides"
    typer.echo(f"bundle {detector.bundle.id} looks on at {part:.1%} of the uploads and {cost}")


def _scores_what_is_measured(settings: Settings, sessions: sessionmaker[Session], detector: Detector) -> bool:
    """Whether the bundle that judges has the same vectors; it need not be loaded to say so."""
    with sessions() as session:
        active = bundles.active(session, DEFAULT_NAME)
    judging = read_bundle(default_path(settings) if active is None else Path(active.location))
    return same_vectors(judging, detector.bundle)
