"""All stages by name. Each is a function that measures, on tiny input where it is only tried."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from tests.benchmarks import decode, e2e, embedding, ensemble, features, hook, rescore, threads
from tests.benchmarks.report import Figures


class Stage(Protocol):
    """Measures one part of the way from bytes to a verdict."""

    def __call__(self, *, smoke: bool) -> Figures:
        """Figures by name; with `smoke` just enough work to show that it runs."""


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "features": features.measure,
        "decode": decode.measure,
        "embedding": embedding.measure,
        "ensemble": ensemble.measure,
        "threads": threads.measure,
        "rescore": rescore.measure,
        "hook": hook.measure,
        "e2e": e2e.measure,
    }
)
