"""The extraction with which a command measures its pictures: on all cores, remembered in one place."""

from __future__ import annotations

from pathlib import Path

from detector.embedding import EmbeddingSpec
from detector.reasons import Fault, Reason
from worker.cli.work.spread import processes_for
from worker.extraction import Extraction, MeasuringOrder
from worker.settings import Settings

MEMORY = 2 * 2**30
"""Bytes that one process may come to need: a backbone, and a large picture with its features."""


def extraction_for(
    settings: Settings,
    *,
    cache: Path | None,
    pictures: int,
    embedding: EmbeddingSpec | None,
    weights: Path | None,
    groups: tuple[str, ...] = ("hc148",),
) -> Extraction:
    """What measures so many pictures.

    Args:
        settings: say where the cache lies by default, and how large a picture may be.
        cache: folder that a command's ``--cache`` names.
        pictures: how many there are, which bounds the processes.
        embedding: None measures handcrafted features alone.
        weights: of its backbone.
        groups: handcrafted groups.

    Raises:
        Fault: ``settings_invalid``: there is no place for a cache; or as `Extraction` does.
    """
    order = MeasuringOrder(
        groups=groups,
        embedding=None if embedding is None else embedding.id,
        weights=weights,
        settings=settings,
    )
    return Extraction(cache or cache_folder(settings), order, processes_for(pictures, MEMORY))


def cache_folder(settings: Settings) -> Path:
    """Where what was measured is remembered, unless a command is told otherwise.

    Raises:
        Fault: ``settings_invalid``: there is no place for it.
    """
    try:
        return settings.cache_dir.expanduser()
    except RuntimeError:
        raise Fault(
            Reason.SETTINGS_INVALID,
            "this user has no home folder for the cache; set ARTGATE_CACHE_DIR or name a folder with --cache",
        ) from None
