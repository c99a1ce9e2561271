"""A bundle's model card in Markdown: what it is for, what it was made of, how good it is, where it fails.

The form follows Mitchell et al. 2019, "Model cards for model reporting". All figures come from the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from detector.bundle import Bundle
from detector.evaluation.prose import is_share, share_text, title_of, titled
from detector.warranty import ALL, FEW, Cell, Measure

_ABSENT = "\N{EN DASH}"
_STAR = f"\\* fewer than {FEW} pictures: a hint, not a figure."
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
        "How good it is": list(_figures(bundle)),
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
    yield from titled(bundle.manifest["data"])
    if bundle.memory is not None:
        yield "remembered", f"{len(bundle.memory)} pictures: whether one was learned from can be asked"


def _figures(bundle: Bundle) -> Iterator[str]:
    metrics: Mapping[str, Any] = bundle.manifest["metrics"]
    if not metrics:
        yield "The bundle states no figures."
        return
    tables = {name: value for name, value in metrics.items() if _by_domain(value)}
    rest = {name: value for name, value in metrics.items() if name not in tables}
    yield from _list(titled(rest))
    if tables:
        domains = sorted({domain for value in tables.values() for domain in value} - {ALL})
        rows = [
            [domain, *(_cell(value.get(domain)) for value in tables.values())] for domain in (ALL, *domains)
        ]
        yield _table(["pictures", *map(title_of, tables)], rows)
        yield _STAR


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
    yield _table(["domain", "delivery", *_TITLES.values()], rows)
    yield _STAR


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


def _by_domain(value: object) -> bool:
    """Whether a figure is a share for each domain."""
    return isinstance(value, Mapping) and bool(value) and all(map(is_share, value.values()))


def _cell(share: Mapping[str, Any] | None) -> str:
    return _ABSENT if share is None else share_text(share).replace("*", "\\*")


def _rate(cell: Cell, measure: Measure) -> str:
    rate = cell.rate(measure)
    return _cell(None if rate is None else rate.model_dump())


def _list(facts: Iterable[tuple[str, object]]) -> list[str]:
    lines = [f"- {name}: {value}" for name, value in facts]
    return ["\n".join(lines)] if lines else ["Not stated."]


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *([_on_one_line(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _on_one_line(cell: str) -> str:
    """What can't end a cell: names come from whoever made the data."""
    return " ".join(cell.split()).replace("|", "\\|")
