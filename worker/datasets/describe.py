"""What a manifest would give, as far as that is known without fetching a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from detector.reasons import ArtgateError, Reason, Rejected
from detector.training.corpus import Origin
from worker.datasets.fields import FromColumn, LabelColumn
from worker.datasets.manifest import Loaded
from worker.datasets.reading import Place, read
from worker.datasets.record import Record
from worker.datasets.selection import Quota, Said, is_in_part, is_wanted, said_of
from worker.datasets.sources import CsvSource, Source

_TOLD_BY_ROWS = "by row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Pictures of one source that are alike in everything that is said of them."""

    source: str
    kind: str
    split: str
    label: str
    group: str
    domain: str
    generator: str
    licence: str
    pictures: int | None
    """How many; None where nobody knows."""
    known: Literal["exactly", "about", "at most"]
    """The rows were counted; or a share of them was, on which the pictures' bytes decide; or it is the limit,
    and there may be fewer."""
    note: str
    """What is to be known besides: what part of it is taken, or why it could not be looked into."""
    obtain: str = ""
    """How to get what is not here."""


def describe(loaded: Loaded, *, max_bytes: int) -> list[Described]:
    """One entry for each source, or for each combination of what its rows say, in the manifest's order.

    Local sources are listed and their rows counted; of the others, what the manifest says is repeated.
    """
    place = Place(ground=loaded.ground, seed=loaded.manifest.seed, max_bytes=max_bytes)
    return [entry for source in loaded.manifest.sources for entry in _of(source, place)]


def _of(source: Source, place: Place) -> list[Described]:
    if not source.local:
        return _promised(source)
    try:
        counted = _counted(source, place)
    except ArtgateError as error:
        why = error.message.removeprefix(f"source {source.name}: ")
        known = f"; {source.obtain}"
        return [_untold(source, why.removesuffix(known), source.obtain if why.endswith(known) else "")]
    return [
        Described(
            source=source.name,
            kind=source.kind,
            split=source.split,
            label=said.label.value,
            group=said.group,
            domain=said.domain,
            generator=said.generator,
            licence=said.licence,
            pictures=count,
            known="exactly" if source.share == 1 else "about",
            note=_note(source),
        )
        for said, count in counted.items()
    ] or [_untold(source, "no row is wanted: correct `where`, `label` or `part`")]


def _promised(source: Source) -> list[Described]:
    """What a source is to give that can't be listed here; both labels where each has a limit of its own."""
    whole = _untold(source, _note(source))
    if source.per != "label" or not isinstance(source.label, LabelColumn):
        return [whole]
    return [replace(whole, label=origin.value, pictures=source.limit) for origin in Origin]


def _counted(source: Source, place: Place) -> Counter[Said]:
    """Rows by what is said of them, up to the limits; of a part by pictures, as many as its share."""
    quota, counts, met = Quota(source), Counter[Said](), 0
    for record in read(source, place):
        if quota.is_full:
            break
        if not isinstance(record, Record) or not is_wanted(source, record.columns):
            continue
        said = _said(source, record)
        if said is None or not quota.has_room(said):
            continue
        if not is_in_part(source, said):
            continue
        met += 1
        if int(met * source.share) == int((met - 1) * source.share):
            continue
        quota.take(said)
        counts[_without_date(said)] += 1
    return counts


def _said(source: Source, record: Record) -> Said | None:
    try:
        return said_of(source, record.columns)
    except Rejected as error:
        if error.reason is Reason.DATASET_INVALID:
            raise
        return None


def _without_date(said: Said) -> Said:
    return Said(
        label=said.label,
        group=said.group,
        domain=said.domain,
        generator=said.generator,
        source="",
        licence=said.licence,
        first_published="",
    )


def _untold(source: Source, note: str, obtain: str = "") -> Described:
    label = _TOLD_BY_ROWS if isinstance(source.label, LabelColumn) else source.label.value
    return Described(
        source=source.name,
        kind=source.kind,
        split=source.split,
        label=label,
        group=_fixed(source, source.group) or source.name,
        domain=_fixed(source, source.domain),
        generator=_fixed(source, source.generator),
        licence=_fixed(source, source.licence),
        pictures=source.most,
        known="at most",
        note=note,
        obtain=obtain,
    )


def _fixed(source: Source, value: str | FromColumn | None) -> str:
    if isinstance(value, FromColumn) or (value is None and isinstance(source, CsvSource)):
        return _TOLD_BY_ROWS
    return value or ""


def _note(source: Source) -> str:
    return "" if source.part is None else f"part {source.part}"
