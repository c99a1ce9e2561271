"""The parts of a report that are told of judged pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import numpy as np

from detector.bundle import Bundle
from detector.evaluation.cells import cells_of
from detector.evaluation.deliveries import CLEAN, TIERS
from detector.evaluation.figures import against_clean, figures
from detector.evaluation.judged import Judged
from detector.policy import Label
from detector.training.band import ACCUSATION, CLEARANCE
from detector.training.deciding import Decided
from detector.training.recipe import Recipe
from detector.training.recorded import recipe_of
from detector.warranty import Warranty
from worker.evaluation.order import KINDS, Order
from worker.evaluation.pictures import MeasuredPictures

FORMAT = 1
"""Version of the form of reports."""


class Kind(StrEnum):
    """Whose verdicts are told."""

    BUNDLE = "bundle"
    FOLDS = "cross-validation"


_BY_FOLDS = (
    "The bundle's recipe was fitted anew for each of five folds of sources, and each picture judged by models"
    " that had seen nothing of its source. These are figures of the recipe, not of the bundle's own models."
)
_SILENCED = {ACCUSATION: Label.SYNTHETIC, CLEARANCE: Label.GENUINE}
"""The verdict that is not given where a bound can't be shown."""
_SOLVED = "Each fold's thresholds were solved on the others, for what the bundle's own were solved for."
_GIVEN = "The thresholds are the bundle's, which were given and not solved."
_TUNED = "Each fold's veto was tuned on the others, and asked wherever the scores said SYNTHETIC."


def kind_of(order: Order) -> Kind:
    """Whose verdicts an order asks for."""
    return Kind.FOLDS if order.cross_validate else Kind.BUNDLE


def method_of(order: Order, bundle: Bundle) -> str:
    """How pictures were judged, in words."""
    if not order.cross_validate:
        veto = "has no veto" if bundle.veto is None else "asked its veto wherever the scores said SYNTHETIC"
        return f"Each picture was judged by the bundle itself, which {veto}."
    solved = recipe_of(bundle, Recipe()).demands is not None
    told = [_BY_FOLDS, _SOLVED if solved else _GIVEN]
    if _vetoed(order, bundle):
        told.append(_TUNED)
    return " ".join(told)


def thresholds_of(bundle: Bundle, decided: Decided | None) -> dict[str, list[float]]:
    """The least and the largest of each threshold that pictures were judged under.

    Args:
        bundle: states its own.
        decided: those of folds, where folds judged.
    """
    own = [bundle.policy.thresholds]
    used = own if decided is None else [ruling.thresholds for _, ruling in decided.by_fold]
    below, upon = [each.genuine_below for each in used], [each.synthetic_from for each in used]
    return {"genuine_below": [min(below), max(below)], "synthetic_from": [min(upon), max(upon)]}


def bundle_facts(bundle: Bundle) -> dict[str, Any]:
    """Which bundle, and what it makes of its probabilities."""
    thresholds = bundle.policy.thresholds
    return {
        "id": bundle.id,
        "name": bundle.name,
        "schema": bundle.schema.id,
        "weights": dict(bundle.weights),
        "members": dict(bundle.manifest["ensemble"]["weights"]),
        "genuine_below": thresholds.genuine_below,
        "synthetic_from": thresholds.synthetic_from,
        "prior": bundle.policy.prior,
        "veto": None if bundle.veto is None else {"threshold": bundle.veto["threshold"]},
    }


def tiers_of(judged: Mapping[str, Judged]) -> dict[str, Judged]:
    """What came by a tier, the cleanest first."""
    return {tier.name: judged[tier.name] for tier in TIERS if tier.name in judged}


def deliveries(
    order: Order, judged: Mapping[str, Judged], pictures: MeasuredPictures, prior: float
) -> list[dict[str, Any]]:
    """Every delivery in the order in which it was asked for, with its figures where any picture shows it.

    Args:
        order: names them.
        judged: by delivery.
        pictures: all of them.
        prior: share of generated pictures that the probabilities assume.
    """
    kinds = {each.name: kind.removesuffix("s") for kind, those in KINDS.items() for each in those}
    clean = judged[CLEAN.name]
    found = []
    for delivery in order.deliveries:
        seen = judged.get(delivery.name)
        told: dict[str, Any] = {
            "name": delivery.name,
            "what": delivery.what,
            "kind": kinds[delivery.name],
            "measured": 0 if seen is None else len(seen),
            "pictures": len(pictures.marks),
            "shrinks": delivery.shrinks_to > 0,
            "shrunk": sum(max(mark.height, mark.width) > delivery.shrinks_to for mark in pictures.marks),
            "figures": None,
            "against_clean": None,
        }
        if seen is not None:
            told["figures"] = figures(seen, prior=prior, rng=np.random.default_rng(order.seed))
            told["against_clean"] = None if delivery == CLEAN else against_clean(_same(clean, seen), seen)
        found.append(told)
    return found


def warranty(judged: Mapping[str, Judged], method: str) -> dict[str, Any]:
    """Error rates by domain and tier, in the form in which a bundle states them."""
    tiers = tiers_of(judged)
    domains = [str(domain) for each in tiers.values() for domain in each.pictures.domains]
    names = [name for name, each in tiers.items() for _ in range(len(each))]
    labels = np.concatenate([each.labels for each in tiers.values()])
    verdicts = [each.verdict(place) for each in tiers.values() for place in range(len(each))]
    cells = cells_of(domains, names, labels, verdicts)
    return Warranty(method=method, cells=cells).model_dump(mode="json", exclude_none=True)


def remarks(
    order: Order,
    bundle: Bundle,
    pictures: MeasuredPictures,
    runtime: Mapping[str, str],
    decided: Decided | None = None,
) -> list[str]:
    """What a reader must know before believing any figure."""
    found = [] if decided is None else list(_verdicts_not_given(decided))
    labels = {str(entry.origin) for entry in pictures.entries}
    if len(labels) == 1:
        found.append(f"All pictures are {labels.pop()}: nothing is told of ranking, and of one error alone.")
    if pictures.refused:
        count = sum(pictures.refused.values())
        reasons = ", ".join(f"{reason} {times}" for reason, times in pictures.refused.items())
        found.append(f"{count} pictures could not be measured and have no part in any figure: {reasons}.")
    if not bundle.checked_with(runtime["runtime"], runtime["precision"]):
        found.append(
            f"The bundle's calibration was not checked with {runtime['runtime']} in {runtime['precision']}."
        )
    if bundle.veto is not None and not order.veto:
        found.append(
            "The bundle has a veto, which was left out: verdicts, and thresholds where they were solved, are"
            " those of the scores alone."
        )
    return found


def _verdicts_not_given(decided: Decided) -> Iterator[str]:
    """Bounds that a fold could not show, so that it gives no verdict of that kind."""
    bands = [ruling.band for _, ruling in decided.by_fold if ruling.band is not None]
    for demand, label in _SILENCED.items():
        yielded = [each for band in bands for each in band.gave_way if each.demand == demand]
        if yielded:
            asked = f"{100 * yielded[0].asked:g} %"
            yield (
                f"In {len(yielded)} of {len(decided.by_fold)} folds the pictures are too few to show the"
                f" bound of {asked} that the bundle's thresholds were solved for: nothing is called {label}"
                " there, so that such errors can't occur. That there are none says nothing of the bundle."
            )


def _vetoed(order: Order, bundle: Bundle) -> bool:
    return bundle.veto is not None and order.veto


def _same(clean: Judged, seen: Judged) -> Judged:
    """The clean pictures of those that a delivery shows."""
    names = set(seen.pictures.names)
    return clean.where(np.array([name in names for name in clean.pictures.names], dtype=np.bool_))
