"""Judges pictures of a corpus and their changed copies with a bundle, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from detector import DecodeLimits, load_bundle
from detector.bundle import Bundle, read_bundle
from detector.reasons import Reason, Rejected
from detector.training.audit.corpus_audit import SEED
from detector.training.audit.sampling import sample
from detector.training.audit.shifts import Judged, Moved, judge_variants, shifts_of
from detector.training.corpus import Origin
from detector.training.folds import number_groups
from detector.training.measuring import Mark
from worker.cli.progress import progress
from worker.cli.work.facts import Marked
from worker.cli.work.spread import spread
from worker.files import read_file
from worker.settings import Settings

_MEMORY = 2 * 2**30


@contextmanager
def open_judge(bundle: Path, settings: Settings) -> Iterator[Callable[[str], Mapping[str, Judged] | None]]:
    """What one process judges variants with: a loaded bundle."""
    detector = load_bundle(bundle, settings.weights_dir)
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)

    def judge(file: str) -> Mapping[str, Judged] | None:
        """None where the file has no verdict."""
        try:
            return judge_variants(detector, read_file(Path(file), max_bytes=limits.max_bytes), limits)
        except Rejected:
            return None

    yield judge


def judge_copies(path: Path, count: int, marked: Sequence[Marked], settings: Settings) -> Moved:
    """How a bundle's verdicts on some of the pictures move, of those that it was not trained on.

    Raises:
        Fault: the bundle or its weights are not what they should be.
        Rejected: ``corpus_invalid``: it was trained on all of them.
    """
    bundle = read_bundle(path)
    unseen = [entry for entry, mark in marked if not _remembers(bundle, mark)]
    if not unseen:
        raise Rejected(
            Reason.CORPUS_INVALID,
            "the bundle was trained on every picture of the corpus; name a corpus that it has not seen,"
            " or leave --bundle out",
        )
    drawn = sample(unseen, count, np.random.default_rng(SEED))
    judged: list[Mapping[str, Judged] | None] = []
    with progress("judged with their copies", len(drawn)) as advance:
        work = partial(open_judge, path, settings)
        for each in spread(work, [str(entry.file) for entry in drawn], memory=_MEMORY):
            judged.append(each)
            advance(len(judged))
    pairs = [(entry, each) for entry, each in zip(drawn, judged, strict=True) if each is not None]
    labels = np.array([entry.origin is Origin.AI for entry, _ in pairs], dtype=np.bool_)
    groups = number_groups([entry.group for entry, _ in pairs])
    return Moved(
        bundle=bundle.id,
        known=None if bundle.memory is None else len(marked) - len(unseen),
        pictures=len(pairs),
        shifts=shifts_of([each for _, each in pairs], labels, groups, seed=SEED),
    )


def _remembers(bundle: Bundle, mark: Mark) -> bool:
    return bundle.memory is not None and bool(
        bundle.memory.overlaps(sha256=mark.sha256, perceptual=mark.perceptual)
    )
