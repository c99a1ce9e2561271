"""From the options of ``artgate train`` to a recipe with its embeddings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from detector.embedding import EmbeddingSpec
from detector.evaluation.bounds import Bound
from detector.reasons import Reason, Rejected
from detector.training.demands import Costs, Demands
from detector.training.presets import PRESETS
from detector.training.recipe import Recipe
from detector.training.veto import can_be_tuned, deepest

NONE, AUTO, ALL = "none", "auto", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for; None leaves it to the preset."""

    preset: str
    backbone: str | None = None
    """Id of an embedding, or ``none``."""
    veto: str | None = None
    """Id of an embedding, ``auto`` or ``none``."""
    components: int | None = None
    choose_weights: bool = False
    prior: float | None = None
    veto_domains: str | None = None
    """Parted by commas, or ``all``."""
    max_false_accusation: float | None = None
    max_false_clearance: float | None = None
    bound: str = Bound.PICTURES
    costs: str | None = None
    """``name=cost``, parted by commas."""
    review_capacity: int | None = None
    uploads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is fitted."""

    recipe: Recipe
    embedding: EmbeddingSpec | None
    """What is measured besides the handcrafted features."""
    veto: EmbeddingSpec | None
    """What the veto is tuned on."""


def plan_of(wishes: Wishes) -> Plan:
    """A preset, changed as it was wished.

    Raises:
        Rejected: ``bad_request`` or ``bundle_schema_unknown``, naming the option that makes no sense.
    """
    recipe = PRESETS[wishes.preset].recipe
    if wishes.prior is not None and not 0 < wishes.prior < 1:
        raise _refused(f"--prior is a share between 0 and 1, not {wishes.prior}")
    changed = replace(
        recipe,
        components=recipe.components if wishes.components is None else wishes.components,
        choose_weights=wishes.choose_weights,
        prior=wishes.prior or recipe.prior,
        veto_domains=_domains(wishes.veto_domains, recipe.veto_domains),
        demands=_demands(wishes),
    )
    embedding = _embedding(wishes)
    return Plan(recipe=changed, embedding=embedding, veto=_veto(wishes, embedding))


def _embedding(wishes: Wishes) -> EmbeddingSpec | None:
    backbone = PRESETS[wishes.preset].backbone if wishes.backbone is None else wishes.backbone
    return None if backbone == NONE else _spec(backbone)


def _veto(wishes: Wishes, embedding: EmbeddingSpec | None) -> EmbeddingSpec | None:
    """The preset's, unless another backbone or another veto is wished."""
    wished = wishes.veto
    if wished is None:
        wished = AUTO if wishes.backbone is not None else PRESETS[wishes.preset].veto or NONE
    if wished == AUTO:
        return None if embedding is None else deepest(embedding)
    if wished == NONE:
        return None
    spec = _spec(wished)
    if not can_be_tuned(spec):
        raise _refused(
            f"--veto {wished} has several views or depths: a veto has one view, and one block or last"
        )
    return spec


def _domains(wished: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    if wished is None:
        return usual
    named = tuple(domain.strip() for domain in wished.split(",") if domain.strip())
    if not named:
        raise _refused("--veto-domains names no domain; write for instance anime,illustration, or all")
    return () if named == (ALL,) else named


def _demands(wishes: Wishes) -> Demands | None:
    """None where no threshold is to be solved."""
    if (wishes.review_capacity is None) != (wishes.uploads is None):
        raise _refused("--review-capacity and --uploads go together: name both, or neither")
    asked = (wishes.max_false_accusation, wishes.max_false_clearance, wishes.costs, wishes.uploads)
    if all(each is None for each in asked):
        if wishes.bound != Bound.PICTURES:
            raise _refused("--bound goes with a demand such as --max-false-accusation 0.01")
        return None
    share = None
    if wishes.review_capacity is not None and wishes.uploads is not None:
        share = wishes.review_capacity / wishes.uploads
    try:
        return Demands(
            max_false_accusation=wishes.max_false_accusation,
            max_false_clearance=wishes.max_false_clearance,
            review_share=share,
            costs=_costs(wishes.costs),
            bound=Bound(wishes.bound),
        )
    except ValueError as error:
        raise _refused(str(error)) from None


def _costs(text: str | None) -> Costs:
    if text is None:
        return Costs()
    parts = dict(part.partition("=")[::2] for part in text.replace(" ", "").split(","))
    known = {field.name for field in fields(Costs)}
    try:
        if set(parts) <= known:
            return Costs(**{name: float(cost) for name, cost in parts.items()})
    except ValueError:
        pass
    raise _refused(f"--costs is written as accusation=100,clearance=10,review=1, not {text!r}")


def _spec(text: str) -> EmbeddingSpec:
    try:
        return EmbeddingSpec.parse(text)
    except ValueError as error:
        raise Rejected(Reason.BUNDLE_SCHEMA_UNKNOWN, str(error)) from None


def _refused(what: str) -> Rejected:
    return Rejected(Reason.BAD_REQUEST, what)
