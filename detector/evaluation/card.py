"""A bundle's model card in Markdown: what it is for, what it was made of, how good it is, where it fails.

The form follows Mitchell et al. 2019, "Model cards for model reporting". All figures come from the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detector.bundle import Bundle
from detector.evaluation.card_figures import STAR, bullets, counted, figures, share_cell, table
from detector.warranty import Cell, Measure

_TITLES = {
    Measure.HUMAN_CALLED_SYNTHETIC: "human called SYNTHETIC",
    Measure.AI_CALLED_GENUINE: "AI called GENUINE",
    Measure.UNCERTAIN: "left to people",
}
_USE = """\
It tells pictures made by people from pictures made by generators, so that a platform knows which uploads a
person should look at. It answers GENUINE, UNCERTAIN or SYNTHETIC with a calibrated probability.

## Out of scope

- The only ground of a sanction: a verdict is a probability about pixels and no proof.
- Telling who made a picture, with which generator, or whether a part of it was edited.
- Pictures whose shorter side is under 64 pixels, and all frames of an animation but the first.
- Kinds of pictures that stand in no row of the tables below, and generators that are newer than its data."""
_LIMITS = """\
- The figures take pictures as drawn by chance. Other sources, and other generators, move them by more than
  the intervals say.
- Whoever knows the bundle and retouches every picture can get past it.
- It knows nothing of provenance marks, of the uploader or of the text beside a picture."""


def card(bundle: Bundle) -> str:
    """The model card of a bundle."""
    sections = {
        "Intended use": [_USE],
        "How it judges": _list(_recipe(bundle)),
        "Data": _list(_data(bundle)),
        "How good it is": list(figures(bundle.manifest["metrics"])),
        "Error rates that go with its verdicts": list(_warranty(bundle)),
        "Limits": [_LIMITS],
        "Runtimes": _list(_runtimes(bundle)),
        "Making it again": list(_again(bundle)),
    }
    lines = [f"# Model card: {bundle.name}", "", f"Bundle `{bundle.id}`"]
    for title, paragraphs in sections.items():
        lines += ["", f"## {title}", ""]
        lines += ["\n\n".join(paragraphs)]
    return "\n".join(lines) + "\n"


def _recipe(bundle: Bundle) -> Iterator[tuple[str, object]]:
    schema, policy = bundle.schema, bundle.policy
    yield "vectors", f"{schema.id}: {schema.handcrafted} handcrafted features, {schema.length} numbers in all"
    members = (f"{name.replace('_', ' ')} {seat.weight:g}" for name, seat in bundle.ensemble.seats.items())
    yield "members and their weights", ", ".join(members)
    yield (
        "calibration",
        f"{bundle.manifest['calibration']['kind']}, for {100 * policy.prior:g} % generated pictures",
    )
    yield "GENUINE", f"below {policy.thresholds.genuine_below:g}"
    yield "SYNTHETIC", f"from {policy.thresholds.synthetic_from:g}"
    if bundle.veto is None:
        yield "veto", "none: SYNTHETIC rests on the scores alone"
    else:
        seen = bundle.veto.get("embedding", bundle.veto["backbone"])
        yield "veto", f"{seen}, objects below {bundle.veto['threshold']:.4f}"
    for backbone, sha256 in bundle.weights.items():
        yield f"weights of {backbone}", f"`{sha256}`"


def _data(bundle: Bundle) -> Iterator[tuple[str, object]]:
    yield from counted(bundle.manifest["data"])
    if bundle.memory is not None:
        yield "remembered", f"{len(bundle.memory)} pictures: whether one was learned from can be asked"


def _warranty(bundle: Bundle) -> Iterator[str]:
    warranty = bundle.warranty
    if warranty is None:
        yield "The bundle states none."
        return
    yield f"Measured by {warranty.method}." if warranty.method else "Measured."
    yield (
        "A verdict names the rate of its picture's domain, as the upload's event states it, and of the worst"
        " delivery that was measured; without a stated domain, that of the worst cell."
    )
    for measure, title in _TITLES.items():
        worst = warranty.worst(measure)
        if worst is not None:
            yield f"Worst cell, {title}: {worst.domain}, {worst.tier}, {_rate(worst, measure)}."
    rows = [
        [cell.domain, cell.tier, *(_rate(cell, measure) for measure in _TITLES)] for cell in warranty.cells
    ]
    yield table(["domain", "delivery", *_TITLES.values()], rows)
    yield STAR


def _runtimes(bundle: Bundle) -> Iterator[tuple[str, object]]:
    checked = ", ".join(f"{it.runtime} in {it.precision}" for it in bundle.checked_runtimes)
    yield "calibration was checked with", checked or "not stated"
    yield "tolerance of a probability that is computed again", f"{bundle.tolerance:g}"


def _again(bundle: Bundle) -> Iterator[str]:
    yield (
        "`artgate train` on the same pictures, with the same options and these libraries, gives a bundle of"
        " this id on the same machine. `artgate bundle diff` tells two bundles apart; `artgate replay`"
        " computes a stored verdict again."
    )
    yield from _list(bundle.manifest["libraries"].items())


def _rate(cell: Cell, measure: Measure) -> str:
    rate = cell.rate(measure)
    return share_cell(None if rate is None else rate.model_dump())


def _list(facts: Iterable[tuple[str, object]]) -> list[str]:
    return [bullets(facts) or "Not stated."]
