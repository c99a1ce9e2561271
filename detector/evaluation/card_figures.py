"""A manifest's figures as parts of a model card: tables and sentences in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from detector.evaluation.prose import is_share, share_text, title_of, titled
from detector.warranty import ALL, FEW

ABSENT = "\N{EN DASH}"
STAR = f"\\* fewer than {FEW} pictures: a hint, not a figure."
_NEAREST = "largest_human"
_BOUNDS = {
    "max_false_accusation": "of people's pictures called SYNTHETIC",
    "max_false_clearance": "of generated ones called GENUINE",
}


def figures(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Paragraphs that tell everything that a bundle was measured by.

    Args:
        metrics: of the manifest.
    """
    if not metrics:
        yield "The bundle states no figures."
        return
    known = {"plain": _plain, "decision": _decision, "audit": _audit, "recipe": _recipe}
    tables = {name: value for name, value in metrics.items() if _by_domain(value)}
    apart = {*known, *tables, "method", _NEAREST}
    method = metrics.get("method")
    if method is not None:
        yield f"Measured by {method}."
    rest = bullets(titled({name: value for name, value in metrics.items() if name not in apart}))
    if rest:
        yield rest
    if tables:
        yield _domains(tables, metrics.get(_NEAREST, {}))
        yield STAR
    for name, told in known.items():  # a manifest sorts its members
        if metrics.get(name):
            yield from told(metrics[name])


def bullets(facts: Iterable[tuple[str, object]]) -> str:
    """A list of facts; empty where there are none."""
    return "\n".join(f"- {name}: {value}" for name, value in facts)


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under titles."""
    lines = [titles, ["---"] * len(titles), *([_on_one_line(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def share_cell(share: Mapping[str, Any] | None) -> str:
    """A share with its interval; a dash where there is none."""
    return ABSENT if share is None else share_text(share).replace("*", "\\*")


def counted(entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """What a bundle was made of, each kind on a line: ``domains: anime 304, photo 375``."""
    for name, value in entry.items():
        if isinstance(value, Mapping):
            yield (
                title_of(name),
                ", ".join(f"{title_of(kind)} {count}" for kind, count in value.items()) or "none",
            )
        elif isinstance(value, (list, tuple)):
            yield title_of(name), ", ".join(map(str, value)) or "none"
        else:
            yield title_of(name), value


def _domains(tables: Mapping[str, Mapping[str, Any]], nearest: Mapping[str, Any]) -> str:
    """Shares by domain, and how near people's pictures come to an accusation."""
    domains = sorted({domain for value in tables.values() for domain in value} - {ALL})
    titles = ["pictures", *map(title_of, tables)]
    rows = [
        [domain, *(share_cell(value.get(domain)) for value in tables.values())] for domain in (ALL, *domains)
    ]
    if nearest:
        titles.append("largest probability of a human picture")
        rows = [[*row, _margin(nearest.get(row[0]))] for row in rows]
    return table(titles, rows)


def _margin(near: Mapping[str, float] | None) -> str:
    if near is None:
        return ABSENT
    side = "below" if near["margin"] > 0 else "beyond"
    return f"{near['probability']:.3f}, {abs(near['margin']):.3f} {side} the threshold"


def _decision(decision: Mapping[str, Any]) -> Iterator[str]:
    yield "### Where the thresholds come from"
    demands = decision.get("demands")
    if demands is None:
        yield "They were given, not solved."
        return
    bounds = [f"at most {100 * demands[name]:g} % {what}" for name, what in _BOUNDS.items() if demands[name]]
    asked = [f"{' and '.join(bounds)} (upper 95 % bounds by {demands['bound']})"] if bounds else []
    if demands["review_share"] is not None:
        asked.append(f"at most {100 * demands['review_share']:g} % of uploads left to people")
    costs = demands["costs"]
    yield (
        f"Solved for {', '.join([*asked, 'the least cost'])}. A false accusation counts"
        f" {costs['accusation']:g}, a false clearance {costs['clearance']:g}, a review {costs['review']:g}."
        f" Expected of an upload: a cost of {decision['cost_an_upload']:.3f}, and"
        f" {100 * decision['reviewed']:.1f} % are left to people."
    )
    for each in decision["gave_way"]:
        yield (
            f"Gave way: {title_of(each['demand'])}, {100 * each['asked']:.2f} % asked for,"
            f" {100 * each['got']:.2f} % the best that the pictures allow."
        )


def _plain(plain: Mapping[str, Any]) -> Iterator[str]:
    yield "### What folds that split groups would have claimed"
    yield (
        "Without the veto. The distance to the figures above is what knowing a source by heart is worth:"
        " nothing on a new one."
    )
    yield bullets(titled(plain))


def _audit(audit: Mapping[str, Any]) -> Iterator[str]:
    yield "### What the corpus gives away"
    yield (
        "How well a small model tells the classes apart on unseen groups by such facts alone; 0.5 is chance."
        f" More than {audit['limit']:g} for sure, by facts of the files or the domain, is refused."
    )
    rows = [
        [title_of(name), f"{each['auc']:.3f} ({each['low']:.3f} to {each['high']:.3f})"]
        for name, each in audit.items()
        if isinstance(each, Mapping)
    ]
    yield table(["known of a picture", "AUC"], rows)


def _recipe(recipe: Mapping[str, Any]) -> Iterator[str]:
    yield "### Settings of the fit"
    yield bullets(titled(recipe))


def _by_domain(value: object) -> bool:
    """Whether a figure is a share for each domain."""
    return isinstance(value, Mapping) and bool(value) and all(map(is_share, value.values()))


def _on_one_line(cell: str) -> str:
    """What can't end a cell: names come from whoever made the data."""
    return " ".join(cell.split()).replace("|", "\\|")
