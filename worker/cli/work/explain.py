"""Gathers and prints what ``artgate explain`` tells of a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import typer

from detector import STARTER, DecodeLimits, load_bundle
from detector.explanation import Explanation, Moved, MovedFeature
from detector.explanation import explain as explained
from detector.perceptual import perceptual_hash
from detector.provenance import Claim, claims
from worker.bundles import unchecked
from worker.cli.output import Shape, json_line, printable
from worker.cli.work.wiring import installation
from worker.decoding import DecoderProcess
from worker.evidence import wording
from worker.evidence.filed import bundle_of, find
from worker.files import read_file
from worker.settings import read_settings

_GROUPS = 6


def explain(what: str, bundle: Path | None, domain: str | None, shape: Shape) -> None:
    """Print why a verdict is what it is."""
    said: tuple[Claim, ...] | None = None
    if Path(what).is_file():
        explanation, said = _of_file(Path(what), bundle, domain)
    else:
        explanation = _of_stored(what, bundle)
    if shape is Shape.JSON:
        provenance = {} if said is None else {"provenance": [asdict(claim) for claim in said]}
        typer.echo(json_line({"what": what, **explanation.as_json(), **provenance}))
        return
    for line in (*_lines(what, explanation), *_said(said)):
        typer.echo(printable(line))


def _of_file(file: Path, path: Path | None, domain: str | None) -> tuple[Explanation, tuple[Claim, ...]]:
    """Why the file has its verdict, and what it says of itself."""
    settings = read_settings()
    detector = load_bundle(path or STARTER, settings.weights_dir)
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    decoder = DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory)
    with closing(decoder):
        data = read_file(file, max_bytes=settings.max_bytes)
        picture = decoder.decode(data)
    verdict = detector.judge(picture, detector.vector(picture), domain)
    warning = unchecked(detector)
    if warning is not None:
        typer.echo(f"artgate: {warning}", err=True)
    explanation = explained(
        detector.bundle,
        verdict.vector,
        verdict,
        sha256=hashlib.sha256(data).digest(),
        perceptual=perceptual_hash(picture),
    )
    return explanation, claims(data)


def _of_stored(asked: str, path: Path | None) -> Explanation:
    with installation() as (_, sessions), sessions() as session:
        filed = find(session, asked)
    bundle = bundle_of(filed, path)
    verdict = filed.given(bundle.schema)
    return explained(
        bundle,
        verdict.vector,
        verdict,
        sha256=filed.image.sha256,
        perceptual=filed.image.perceptual_hash,
    )


def _lines(what: str, it: Explanation) -> Iterator[str]:
    yield f"{what}: {it.label}, probability {it.probability:.3f} of being made by a generator"
    yield f"judged by bundle {it.bundle[:12]}, {it.runtime} in {it.precision}"
    learned = wording.learned_words(it)
    if learned is not None:
        yield learned
    yield "\nHow it came to be"
    for member in it.members:
        name = wording.member_words(member.name)
        yield f"  {name:<14}{member.probability:.3f}  counts {100 * member.weight:.0f} %"
    yield f"  {'mean':<14}{it.raw:.3f}  calibrated to {it.probability:.3f}"
    yield from (f"  {step}" for step in it.policy)
    yield f"\nWhat moved LightGBM, in log-odds from its base of {it.base:+.2f}; plus speaks for a generator"
    yield from map(
        _group, [group for group in it.groups if abs(group.contribution) >= wording.LEAST][:_GROUPS]
    )
    moved = [feature for feature in it.features if abs(feature.contribution) >= wording.LEAST]
    if moved:
        beside = "" if it.usual is None else ", beside those of people's pictures"
        yield f"\nThe features that moved it most{beside}"
        yield from map(_feature, moved)
    yield from _alike(it)
    yield "\nHow far to trust it"
    yield f"  {wording.warranty_words(it.warranty)}"


def _group(moved: Moved) -> str:
    return f"  {moved.contribution:+6.2f}  {moved.words}"


def _feature(moved: MovedFeature) -> str:
    return f"  {moved.contribution:+6.2f}  {wording.feature_words(moved)} ({moved.words})"


def _alike(it: Explanation) -> Iterator[str]:
    distance = wording.distance_words(it)
    if distance is None:
        return
    yield "\nMost alike among the pictures that it was trained on"
    for near in it.neighbours:
        yield f"  {near.distance:6.2f}  {wording.remembered_words(near)}"
    yield f"  {distance}"


def _said(said: tuple[Claim, ...] | None) -> Iterator[str]:
    if said is None:
        return
    yield "\nWhat the file says of itself: claims, which prove nothing and count for nothing in the verdict"
    for claim in said:
        yield f"  {claim.source}: {claim.says}"
        yield f"    {claim.means}"
    if not said:
        yield "  Nothing."
