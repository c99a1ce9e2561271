"""The studies by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detector.training.crossvalidation import Tell
from detector.training.studies.ablation import ablate_groups
from detector.training.studies.backbones import compare_backbones
from detector.training.studies.dates import grow_older
from detector.training.studies.diversity import diversify
from detector.training.studies.findings import Findings
from detector.training.studies.generators import leave_generators_out
from detector.training.studies.importance import weigh_numbers
from detector.training.studies.material import Material
from detector.training.studies.perturbations import perturb
from detector.training.studies.transfer import change_domains


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One question."""

    name: str
    """As the command line takes it."""
    question: str
    cost: str
    """In fits, for whoever decides whether to wait."""
    run: Callable[[Material, Tell], Findings]


_ALL = (
    Study(
        name="perturbations",
        question="Which numbers survive damage: handcrafted, learned, or both together?",
        cost="15 fits, and every picture measured 14 times more",
        run=perturb,
    ),
    Study(
        name="groups",
        question="What is each feature group worth?",
        cost="5 fits for each group of numbers",
        run=ablate_groups,
    ),
    Study(
        name="importance",
        question="What does the ranking live on?",
        cost="10 fits, and 3 judgements of everything for each group of numbers",
        run=weigh_numbers,
    ),
    Study(
        name="backbones",
        question="Does another backbone see other generators?",
        cost="15 fits, and every picture measured with the second backbone",
        run=compare_backbones,
    ),
    Study(
        name="diversity",
        question="Do more generators to learn from help with those that were not?",
        cost="5 fits for each doubling of their number",
        run=diversify,
    ),
    Study(
        name="transfer",
        question="Does what was learned from photographs hold for art, and the other way round?",
        cost="15 fits",
        run=change_domains,
    ),
    Study(
        name="generators",
        question="How well are generators found that were not learned from?",
        cost="5 fits for each generator",
        run=leave_generators_out,
    ),
    Study(
        name="dates",
        question="How well are newer generators found by what was learned from older ones?",
        cost="5 fits for each year",
        run=grow_older,
    ),
)
STUDIES = {study.name: study for study in _ALL}
"""In the order in which a report tells them."""
