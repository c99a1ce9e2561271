"""Small evaluations: a bundle that judges by brightness, of pictures that are dark or bright."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bundles import make_bundle
from tests.detector.training.corpora import write_corpus
from worker.cli.progress import progress
from worker.evaluation.order import Order
from worker.evaluation.run import Surroundings, evaluate
from worker.settings import Settings

MADE = {"command": "artgate evaluate", "seed": 1, "decode_version": 1, "versions": {"artgate": "0"}}
"""What a command adds to a report."""


def order(folder: Path, **changes: Any) -> Order:
    """An order for a bundle and a corpus in a folder; both are made where they are absent.

    What was measured is remembered beside the folder: all corpora of a test session are the same.
    """
    bundle, corpus = folder / "bundle-0", folder / "corpus"
    if not bundle.exists():
        make_bundle(folder)
        corpus.mkdir()
        write_corpus(corpus, groups=5, pictures=3)
    members: dict[str, Any] = {
        "bundle": bundle,
        "manifest": corpus / "manifest.csv",
        "vouched_unseen": True,
        "cache": folder.parent / "measured",
        "children": 1,
    }
    return Order(**(members | changes))


def run(given: Order) -> dict[str, Any]:
    """The report, whole."""
    around = Surroundings(settings=Settings(), progress=progress, tell=lambda _: None)
    return evaluate(given, around) | {"made": MADE}
