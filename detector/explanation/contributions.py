"""How much each number of a vector moved the trees: exact Shapley values of LightGBM's member.

Source: Lundberg, Erion & Lee 2018, "Consistent individualized feature attribution for tree ensembles";
computed by LightGBM itself from the text that the bundle holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from detector.bundle import Bundle
from detector.embedding.spec import EmbeddingSpec
from detector.ensemble import LightGBM
from detector.reasons import Fault, Reason
from detector.vector import Vector

if TYPE_CHECKING:
    import lightgbm

EMBEDDING = "embedding"
"""Name of the sum over an embedding's numbers; one for each view, with its name, where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """Parts of the member's log-odds of being synthetic, which they add up to; positive for a generator."""

    base: float
    """Of a picture of which nothing is known."""
    handcrafted: npt.NDArray[np.float64]
    """(h,) of each handcrafted feature."""
    embedding: Mapping[str, float]
    """Sums over the embedding's numbers, by name."""

    @property
    def total(self) -> float:
        """The member's log-odds."""
        return self.base + float(self.handcrafted.sum()) + sum(self.embedding.values())


def contributions(bundle: Bundle, vector: Vector) -> Contributions:
    """What moved a bundle's LightGBM member from its base.

    Raises:
        Fault: ``bundle_invalid``: LightGBM can't read the member, or it lacks the counts that this needs.
    """
    seat = bundle.ensemble.seats["lightgbm"]
    assert isinstance(seat.member, LightGBM), "a bundle's member of that name is one"
    rows = vector.values[None]
    seen = rows if seat.projection is None else seat.projection(rows)
    given = _shapley(seat.member.text, seat.member.steepness, seen)
    count = bundle.schema.handcrafted
    return Contributions(
        base=float(given[-1]),
        handcrafted=given[:count],
        embedding=_by_view(bundle, given[count:-1], whole=seat.projection is not None),
    )


def read_ahead(bundle: Bundle) -> None:
    """Load LightGBM and a bundle's trees, for which the first explanation would wait.

    Raises:
        Fault: ``bundle_invalid``: LightGBM can't read the member.
    """
    import lightgbm  # noqa: PLC0415 - heavy, and only explaining needs it

    member = bundle.ensemble.seats["lightgbm"].member
    assert isinstance(member, LightGBM), "a bundle's member of that name is one"
    try:
        _booster(member.text)
    except lightgbm.basic.LightGBMError as error:
        raise _unexplained() from error


def _shapley(text: str, steepness: float, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(d + 1,) contributions of one row, (1, d), and the base."""
    import lightgbm  # noqa: PLC0415 - heavy, and only explaining needs it

    try:
        given = _booster(text).predict(rows.astype(np.float64), pred_contrib=True, num_threads=1)
    except lightgbm.basic.LightGBMError as error:
        raise _unexplained() from error
    found: npt.NDArray[np.float64] = np.asarray(given, dtype=np.float64)[0] * steepness
    if not np.isfinite(found).all():
        raise _unexplained()
    return found


@lru_cache(maxsize=2)
def _booster(text: str) -> lightgbm.Booster:
    """Reading half a thousand trees takes ten times as long as explaining a picture by them."""
    import lightgbm  # noqa: PLC0415 - heavy, and only explaining needs it

    return lightgbm.Booster(model_str=text)


def _by_view(bundle: Bundle, given: npt.NDArray[np.float64], *, whole: bool) -> dict[str, float]:
    """Sums over the embedding; principal components mix the views, so that one sum is left."""
    if not given.size:
        return {}
    views = EmbeddingSpec.parse(bundle.schema.embedding).views
    if whole or len(views) == 1:
        return {EMBEDDING: float(given.sum())}
    parts = given.reshape(len(views), -1).sum(axis=1)
    return {f"{EMBEDDING} ({view})": float(part) for view, part in zip(views, parts, strict=True)}


def _unexplained() -> Fault:
    return Fault(
        Reason.BUNDLE_INVALID,
        "LightGBM can't explain the bundle's lightgbm.txt, which lacks what it was grown on; train it again.",
    )
