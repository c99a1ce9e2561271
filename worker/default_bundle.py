"""Which bundle speaks until one is activated; apart from what loads bundles, which is heavy."""

from __future__ import annotations

from pathlib import Path

from detector.bundle import STARTER
from worker.settings import Settings


def default_path(settings: Settings) -> Path:
    """Where it lies: as the settings say, else the starter that comes with artgate."""
    return settings.bundle or STARTER
