"""From a measured corpus to the contents of a bundle: tried out of fold first, then fitted on everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.bundle.manifest import CheckedRuntime
from detector.bundle.writing import Contents
from detector.evaluation.cells import cells_of
from detector.evaluation.deliveries import CLEAN
from detector.policy import Policy
from detector.training.assessment import Tried, assess
from detector.training.crossvalidation import OutOfFold, Tell, fit_calibration, judge_out_of_fold
from detector.training.folds import FOLDS, group_folds
from detector.training.measuring import MeasuredCorpus
from detector.training.members import fit_ensemble
from detector.training.recipe import Recipe
from detector.training.remembering import remember
from detector.training.second_look import SecondLook, entry_of, look_out_of_fold, no_look
from detector.training.veto import VetoTraining
from detector.vector import VectorSchema
from detector.warranty import Warranty

_METHOD = f"{FOLDS} folds by group: each picture judged by models that had seen nothing of its group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """What a fit needs besides the corpus and the recipe."""

    name: str
    """Of the bundle."""
    schema: VectorSchema
    """Of the corpus's vectors."""
    backbones: Mapping[str, str]
    """sha256 of the weights of each backbone that is used."""
    libraries: Mapping[str, str]
    """Versions, for whoever repeats it."""
    runtime: CheckedRuntime
    """What computed the vectors."""


def fit(
    corpus: MeasuredCorpus, fitting: Fitting, recipe: Recipe, *, veto: VetoTraining | None, tell: Tell
) -> Contents:
    """Try the recipe out of fold, then fit it on everything.

    Args:
        corpus: measured pictures.
        fitting: see there.
        recipe: how.
        veto: has looked at all pictures of the corpus, in their order; None fits a bundle without a veto.
        tell: says what is being done.
    """
    examples = corpus.examples
    folds = group_folds(examples.labels, examples.groups, seed=recipe.seed)
    judged = judge_out_of_fold(examples, recipe, folds, tell)
    look, entry, part = no_look(len(examples)), None, b""
    if veto is not None:
        drawn = np.array([kind.domain in recipe.veto_domains for kind in corpus.entries])
        accused = judged.probability >= recipe.thresholds.synthetic_from
        look = look_out_of_fold(
            veto,
            labels=examples.labels,
            accused=accused,
            drawn=drawn,
            folds=folds,
            recipe=recipe,
            tell=tell,
        )
        tell(f"veto: tuning on all {int(drawn.sum())} drawn pictures")
        entry = entry_of(veto, fitting.backbones[veto.spec.backbone], look.threshold, recipe)
        part = veto.tune(np.flatnonzero(drawn), examples.labels).part()
    tried = _tried(corpus, judged, look, recipe)
    tell(f"fitting on all {len(examples)} pictures")
    return Contents(
        name=fitting.name,
        schema=fitting.schema,
        ensemble=fit_ensemble(examples, recipe),
        calibration=fit_calibration(judged.raw, examples.labels, recipe.prior),
        policy=Policy(thresholds=recipe.thresholds, prior=recipe.prior),
        backbones=fitting.backbones,
        veto=entry,
        veto_part=part,
        metrics={"method": _METHOD, **assess(tried, np.random.default_rng(recipe.seed))},
        data=_data(corpus) | fitting.runtime.model_dump(),
        libraries=fitting.libraries,
        memory=remember(corpus, seed=recipe.seed),
        warranty=_warranty(tried),
        checked_runtimes=(fitting.runtime,),
        tolerance=recipe.tolerance,
    )


def _tried(corpus: MeasuredCorpus, judged: OutOfFold, look: SecondLook, recipe: Recipe) -> Tried:
    """The pictures as models judged them that had seen nothing of their groups."""
    return Tried(
        labels=corpus.examples.labels,
        groups=corpus.examples.groups,
        domains=[entry.domain for entry in corpus.entries],
        probability=judged.probability,
        veto=look.probability,
        objects_below=look.objects_below,
        thresholds=recipe.thresholds,
    )


def _warranty(tried: Tried) -> Warranty:
    """The figures by which a verdict is vouched for; pictures as they were uploaded."""
    tiers = [CLEAN.name] * len(tried.labels)
    return Warranty(method=_METHOD, cells=cells_of(tried.domains, tiers, tried.labels, tried.verdicts))


def _data(corpus: MeasuredCorpus) -> dict[str, Any]:
    """What a bundle was trained on, counted."""
    return {
        "sha256": corpus.sha256,
        "pictures": dict(sorted(Counter(str(entry.origin) for entry in corpus.entries).items())),
        "groups": len({entry.group for entry in corpus.entries}),
        "domains": dict(sorted(Counter(entry.domain for entry in corpus.entries).items())),
        "refused": dict(sorted(Counter(str(reason) for _, reason in corpus.refused).items())),
    }
