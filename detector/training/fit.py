"""From a measured corpus to the contents of a bundle: tried out of fold first, then fitted on everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detector.bundle.manifest import CheckedRuntime
from detector.bundle.writing import Contents
from detector.evaluation.cells import cells_of
from detector.evaluation.deliveries import CLEAN
from detector.policy import Policy
from detector.training.assessment import Tried, assess
from detector.training.crossvalidation import Tell, judge_out_of_fold
from detector.training.deciding import decide_out_of_fold, facts_of, tried_of
from detector.training.examples import Examples
from detector.training.folds import FOLDS, group_folds
from detector.training.measuring import MeasuredCorpus
from detector.training.members import fit_ensemble
from detector.training.recipe import Recipe
from detector.training.recorded import DECISION, RECIPE, settings_of
from detector.training.remembering import remember
from detector.training.second_look import drawn_of, entry_of, look_out_of_fold
from detector.training.veto import VetoTraining
from detector.vector import VectorSchema
from detector.warranty import ALL, Warranty

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
    domains = [entry.domain for entry in corpus.entries]
    folds = group_folds(examples.labels, examples.groups, seed=recipe.seed)
    look = None
    if veto is not None:
        drawn = drawn_of(domains, recipe)
        look = look_out_of_fold(veto, labels=examples.labels, drawn=drawn, folds=folds, tell=tell)
    judged = judge_out_of_fold(examples, recipe, folds, tell)
    decided = decide_out_of_fold(examples, judged, look, folds, recipe)
    tried = tried_of(domains, examples, judged, look, decided)
    metrics = {
        "method": _METHOD,
        **assess(tried, _rng(recipe)),
        "plain": _plain(examples, recipe, tell),
        DECISION: facts_of(decided.shipped, recipe),
        RECIPE: settings_of(recipe),
    }
    entry, part = None, b""
    if veto is not None and look is not None:
        tell(f"veto: tuning on all {int(look.drawn.sum())} drawn pictures")
        weights_sha256 = fitting.backbones[veto.spec.backbone]
        learned = np.asarray(domains)[look.drawn].tolist()
        threshold = decided.shipped.objects_below
        entry = entry_of(veto, weights_sha256, threshold, learned, recipe.veto_target)
        part = veto.tune(np.flatnonzero(look.drawn), examples.labels).part()
    tell(f"fitting on all {len(examples)} pictures")
    return Contents(
        name=fitting.name,
        schema=fitting.schema,
        ensemble=fit_ensemble(examples, replace(recipe, weights=dict(judged.judge.weights))),
        calibration=judged.judge.calibration,
        policy=Policy(thresholds=decided.shipped.thresholds, prior=recipe.prior),
        backbones=fitting.backbones,
        veto=entry,
        veto_part=part,
        metrics=metrics,
        data=_data(corpus) | fitting.runtime.model_dump(),
        libraries=fitting.libraries,
        memory=remember(corpus, seed=recipe.seed),
        warranty=_warranty(tried),
        checked_runtimes=(fitting.runtime,),
        tolerance=recipe.tolerance,
    )


def _plain(examples: Examples, recipe: Recipe, tell: Tell) -> dict[str, Any]:
    """The same without the veto, by folds that part pictures and not groups.

    It is what is often published. The distance to the figures by group is what knowing a source by heart is
    worth, and nothing else may be made of it.
    """
    tell("the same once more, by folds that split groups, to show what that would hide")
    loose = replace(examples, groups=np.arange(len(examples)))
    folds = group_folds(loose.labels, loose.groups, seed=recipe.seed)
    judged = judge_out_of_fold(loose, recipe, folds, tell)
    decided = decide_out_of_fold(loose, judged, None, folds, recipe)
    everywhere = [ALL] * len(loose)
    found = assess(tried_of(everywhere, loose, judged, None, decided), _rng(recipe))
    rates = ("human_called_synthetic", "ai_called_genuine", "ai_called_synthetic", "uncertain")
    return {"auc": found["auc"], **{name: found[name][ALL] for name in rates}}


def _warranty(tried: Tried) -> Warranty:
    """The figures by which a verdict is vouched for; pictures as they were uploaded."""
    tiers = [CLEAN.name] * len(tried.labels)
    return Warranty(method=_METHOD, cells=cells_of(tried.domains, tiers, tried.labels, tried.verdicts))


def _rng(recipe: Recipe) -> np.random.Generator:
    return np.random.default_rng(recipe.seed)


def _data(corpus: MeasuredCorpus) -> dict[str, Any]:
    """What a bundle was trained on, counted."""
    return {
        "sha256": corpus.sha256,
        "pictures": dict(sorted(Counter(str(entry.origin) for entry in corpus.entries).items())),
        **(
            {}
            if corpus.examples.weights is None
            else {"weight": round(float(corpus.examples.weights.sum()), 2)}
        ),
        "groups": len({entry.group for entry in corpus.entries}),
        "domains": dict(sorted(Counter(entry.domain for entry in corpus.entries).items())),
        "refused": dict(sorted(Counter(str(reason) for _, reason in corpus.refused).items())),
    }
