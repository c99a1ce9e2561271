"""Describes, gathers and checks data sets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import typer

from detector.decode import DecodeLimits
from detector.picture import Picture
from worker.cli.failures import REFUSED
from worker.cli.output import Format, print_records
from worker.cli.progress import progress
from worker.datasets.check import check as look_for_leaks
from worker.datasets.check import pictures_in
from worker.datasets.describe import Described
from worker.datasets.describe import describe as look_into
from worker.datasets.finish import FAILURES, Finished
from worker.datasets.gather import Means
from worker.datasets.gather import gather as fetch
from worker.datasets.gathered import MANIFEST
from worker.datasets.manifest import DataManifest, Loaded, load_manifest, published_names
from worker.decoding import DecoderProcess
from worker.settings import Settings, read_settings

_COUNTED = ("source", "split", "label", "pictures")
_SAID = {"exactly": "", "about": "about ", "at most": "up to "}
_UNKNOWN = "?"
_WIDEST = 32
"""Letters up to which the values of a field are listed."""


def manifests(format_: Format) -> None:
    """Print the names and titles of the manifests that come with artgate."""
    loaded = {name: load_manifest(name).manifest for name in published_names()}
    records = [
        {
            "name": name,
            "title": manifest.title,
            "sources": len(manifest.sources),
            "splits": ", ".join(dict.fromkeys(source.split for source in manifest.sources)),
        }
        for name, manifest in loaded.items()
    ]
    print_records(records, format_, ("name", "title", "sources", "splits"))


def describe(name: str, root: Path | None, format_: Format, *, details: bool) -> None:
    """Print what a manifest would give."""
    loaded = load_manifest(name, root)
    entries = look_into(loaded, max_bytes=read_settings().max_bytes)
    if format_ is Format.JSONL:
        print_records(map(asdict, entries), format_, ())
        return
    shown = (_line(entry) for entry in entries) if details else _by_source(entries)
    groups = ("group",) if details else ()
    columns = (*_COUNTED, *groups, "domain", "generator", "licence", "note")
    print_records(shown, format_, columns, title=loaded.manifest.title)
    for line in (*_totals(entries, loaded.manifest), *_to_obtain(entries)):
        typer.echo(line)


def gather(name: str, folder: Path, root: Path | None, without: Sequence[str]) -> None:
    """Fetch what a manifest names and say what came of it; exit status 3 where a promise is not kept."""
    settings = read_settings()
    loaded = load_manifest(name, root)
    with (
        _decoder(settings) as examine,
        progress("gathered", _wanted(loaded, without, settings.max_bytes)) as advance,
    ):
        means = Means(examine=examine, max_bytes=settings.max_bytes, advance=advance, tell=_tell)
        finished = fetch(loaded, folder, means, left_out=without)
    for line in _outcome(finished, folder):
        typer.echo(line)
    if finished.short:
        typer.echo(f"artgate: fewer than expected: {'; '.join(finished.short)}", err=True)
        raise typer.Exit(REFUSED)


def check(path: Path, against: Path | None, within: int, format_: Format) -> None:
    """Print every leak; exit status 3 where there is one."""
    settings = read_settings()
    with (
        _decoder(settings) as examine,
        progress("looked at", pictures_in(path, against)) as advance,
    ):
        checked = look_for_leaks(
            path, against, within=within, examine=examine, max_bytes=settings.max_bytes, advance=advance
        )
    if format_ is Format.JSONL or checked.findings:
        print_records(map(asdict, checked.findings), format_, ("leak", "one", "other", "detail"))
    said = f"{checked.pictures} pictures in {', '.join(checked.splits)}"
    if not checked.findings:
        typer.echo(f"{said}: nothing is in two splits, nothing has two labels", err=format_ is Format.JSONL)
        return
    counts = Counter(finding.leak.value for finding in checked.findings)
    listed = ", ".join(f"{count} x {leak}" for leak, count in counts.items())
    typer.echo(f"artgate: {said}: {listed}; take these apart before you train [dataset_leaks]", err=True)
    raise typer.Exit(REFUSED)


@contextmanager
def _decoder(settings: Settings) -> Iterator[Callable[[bytes], Picture]]:
    """Decodes files in a process of their own, within the limits of the settings."""
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    process = DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory)
    try:
        yield process.decode
    finally:
        process.close()


def _wanted(loaded: Loaded, without: Sequence[str], max_bytes: int) -> int | None:
    """About how many pictures there will be, where that is known of every source."""
    counted: Counter[str] = Counter()
    unknown = set()
    for entry in look_into(loaded, max_bytes=max_bytes):
        counted[entry.source] += entry.pictures or 0
        if entry.pictures is None:
            unknown.add(entry.source)
    total = 0
    for source in loaded.manifest.sources:
        if source.name in without:
            continue
        if source.most is None and source.name in unknown:
            return None
        total += source.most or counted[source.name]
    return total


def _outcome(finished: Finished, folder: Path) -> Iterator[str]:
    for (split, label), count in sorted(finished.pictures.items()):
        yield f"{split}: {count} {label} pictures"
    if finished.refused:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in sorted(finished.refused.items()))
        yield f"left out: {reasons}; each is in {folder / FAILURES}"
    yield f"the data set is {folder / MANIFEST}"


def _line(entry: Described) -> dict[str, object]:
    return asdict(entry) | {"pictures": _count(entry.pictures, entry.known)}


def _by_source(entries: Iterable[Described]) -> Iterator[dict[str, object]]:
    """One line for each source and label."""
    members: dict[tuple[str, str], list[Described]] = defaultdict(list)
    for entry in entries:
        members[entry.source, entry.label].append(entry)
    for same in members.values():
        count = (
            None if any(each.pictures is None for each in same) else sum(each.pictures or 0 for each in same)
        )
        yield asdict(same[0]) | {
            "pictures": _count(count, same[0].known),
            **{field: _values(same, field) for field in ("domain", "generator", "licence")},
        }


def _values(entries: Sequence[Described], field: str) -> str:
    values = list(dict.fromkeys(filter(None, (str(getattr(entry, field)) for entry in entries))))
    joined = ", ".join(values)
    if len(joined) <= _WIDEST:
        return joined
    return f"{len(values)} of them" if len(values) > 1 else f"{joined[:_WIDEST]}..."


def _count(pictures: int | None, known: str) -> str:
    return _UNKNOWN if pictures is None else f"{_SAID[known]}{pictures}"


def _totals(entries: Iterable[Described], manifest: DataManifest) -> Iterator[str]:
    """Pictures by split and label, beside what the manifest expects."""
    totals: Counter[tuple[str, str]] = Counter()
    unknown: set[tuple[str, str]] = set()
    for entry in entries:
        totals[entry.split, entry.label] += entry.pictures or 0
        if entry.pictures is None:
            unknown.add((entry.split, entry.label))
    for (split, label), count in totals.items():
        more = " and more" if (split, label) in unknown else ""
        yield f"{split}, {label}: {count}{more}"
    for split, labels in manifest.expected.items():
        wanted = ", ".join(f"{count} {label}" for label, count in labels.items())
        yield f"{split}, expected: {wanted}"


def _to_obtain(entries: Iterable[Described]) -> Iterator[str]:
    """How to get what is not here: each way once."""
    names: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.obtain:
            names[entry.obtain].append(entry.source)
    for obtain, sources in names.items():
        yield f"to get {', '.join(sources)}: {obtain}"


def _tell(line: str) -> None:
    typer.echo(line, err=True)
