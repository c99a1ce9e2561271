"""From a measured corpus to the contents of a bundle: tried out of fold first, then fitted on everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.bundle.writing import Contents
from detector.evaluation.metrics import Scores
from detector.logistic import sigmoid
from detector.policy import Policy
from detector.training.assessment import Tried, assess
from detector.training.crossvalidation import Tell, fit_calibration, judge_out_of_fold
from detector.training.folds import FOLDS, Fold, Numbers, group_folds
from detector.training.measuring import MeasuredCorpus
from detector.training.members import fit_ensemble
from detector.training.recipe import Recipe
from detector.training.veto import VetoTraining
from detector.vector import VectorSchema

VETO_PART = "veto.safetensors"


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
    runtime: Mapping[str, str]
    """What computed the vectors: runtime and precision."""


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
    doubted = np.full(len(examples), np.nan)
    if veto is not None:
        doubted = _veto_out_of_fold(veto, corpus, folds, recipe, tell)
    tried = Tried(
        labels=examples.labels,
        groups=examples.groups,
        domains=[entry.domain for entry in corpus.entries],
        probability=judged.probability,
        veto=doubted,
        veto_threshold=recipe.veto_threshold,
        thresholds=recipe.thresholds,
    )
    tell(f"fitting on all {len(examples)} pictures")
    entry, part = (None, b"") if veto is None else _tuned(veto, corpus, fitting, recipe, tell)
    return Contents(
        name=fitting.name,
        schema=fitting.schema,
        ensemble=fit_ensemble(examples, recipe),
        calibration=fit_calibration(judged.raw, examples.labels, recipe.prior),
        policy=Policy(thresholds=recipe.thresholds, prior=recipe.prior),
        backbones=fitting.backbones,
        veto=entry,
        veto_part=part,
        metrics={
            "method": f"group-wise {FOLDS}-fold: judged by models that had seen nothing of a picture's group",
            **assess(tried, np.random.default_rng(recipe.seed)),
        },
        data=_data(corpus) | dict(fitting.runtime),
        libraries=fitting.libraries,
    )


def _veto_out_of_fold(
    veto: VetoTraining, corpus: MeasuredCorpus, folds: Sequence[Fold], recipe: Recipe, tell: Tell
) -> Scores:
    """(n,) the probability by a veto that has not seen the picture's group."""
    found = np.empty(len(corpus.entries))
    drawn = _drawn(corpus, recipe)
    for number, fold in enumerate(folds, 1):
        chosen = np.intersect1d(fold.train, drawn)
        tell(f"veto, fold {number} of {len(folds)}: tuning on {len(chosen)} drawn pictures")
        found[fold.test] = sigmoid(veto.scores(veto.tune(chosen, corpus.examples.labels), fold.test))
    return found


def _tuned(
    veto: VetoTraining, corpus: MeasuredCorpus, fitting: Fitting, recipe: Recipe, tell: Tell
) -> tuple[dict[str, Any], bytes]:
    """The manifest's entry and the part of a veto that was tuned on all drawn pictures."""
    drawn = _drawn(corpus, recipe)
    tell(f"veto: tuning on all {len(drawn)} drawn pictures")
    tuned = veto.tune(drawn, corpus.examples.labels)
    entry = {
        "backbone": veto.spec.backbone,
        "weights_sha256": fitting.backbones[veto.spec.backbone],
        "part": VETO_PART,
        "threshold": recipe.veto_threshold,
        "embedding": veto.spec.id,
        "domains": list(recipe.veto_domains),
    }
    return entry, tuned.part()


def _drawn(corpus: MeasuredCorpus, recipe: Recipe) -> Numbers:
    """Places of the pictures that the veto learns from."""
    return np.flatnonzero([entry.domain in recipe.veto_domains for entry in corpus.entries])


def _data(corpus: MeasuredCorpus) -> dict[str, Any]:
    """What a bundle was trained on, counted."""
    return {
        "sha256": corpus.sha256,
        "pictures": dict(sorted(Counter(str(entry.origin) for entry in corpus.entries).items())),
        "groups": len({entry.group for entry in corpus.entries}),
        "domains": dict(sorted(Counter(entry.domain for entry in corpus.entries).items())),
        "refused": dict(sorted(Counter(str(reason) for _, reason in corpus.refused).items())),
    }
