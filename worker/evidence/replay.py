"""Computes a stored verdict again and says whether it comes out the same, and if not, why.

From the stored vector it needs the bundle alone, and finds what changed in the bundle or in the scoring. From
the picture it also needs the object and the backbone's weights, and finds what changed before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from detector import DECODE_VERSION, Verdict, load_bundle
from detector.bundle import Bundle, CheckedRuntime
from detector.policy import soften
from detector.reasons import Fault, Reason, Rejected
from worker.backfill.gallery import Gallery
from worker.evidence.filed import FiledVerdict, bundle_of
from worker.evidence.numbers import Strayed, sentence, strayed
from worker.evidence.records import Cause, Finding, Outcome, Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a picture is fetched and measured again with."""

    weights: Path
    """Folder of backbones' weights."""
    gallery: Gallery


def replay(filed: FiledVerdict, *, path: Path | None = None, studio: Studio | None = None) -> Replay:
    """Compute a stored verdict again.

    Args:
        filed: the verdict.
        path: where its bundle lies now; by default where it was registered to lie.
        studio: to begin with the picture; None begins with the stored vector, and takes the veto's answer as
            it was recorded.

    Raises:
        Transient: the storage does not answer.
    """
    stored = filed.verdict
    begun = Replay(
        verdict=str(stored.id),
        same=False,
        from_picture=studio is not None,
        veto_as_recorded=studio is None and stored.veto_probability is not None,
        recorded=Outcome(label=filed.scored_label, probability=stored.probability),
        again=None,
        tolerance=None,
    )
    try:
        bundle = bundle_of(filed, path)
        recorded = filed.given(bundle.schema)
    except Fault as fault:
        return replace(begun, causes=(_of_fault(fault, incompatible=Cause.DECODER),))
    except ValueError as error:
        finding = Finding(cause=Cause.VECTOR, what=f"The stored vector can't be read: {error}.")
        return replace(begun, causes=(finding,))
    begun = replace(begun, tolerance=bundle.tolerance)
    if studio is None:
        return _compared(begun, _scored(bundle, recorded), (), bundle)
    measured = _measured(filed, path or filed.location, studio)
    if isinstance(measured, Finding):
        return replace(begun, causes=(measured,))
    again = Outcome(label=measured.label, probability=measured.probability)
    return _compared(begun, again, strayed(recorded.vector, measured.vector, bundle.memory), bundle)


def _compared(begun: Replay, again: Outcome, numbers: tuple[Strayed, ...], bundle: Bundle) -> Replay:
    """It was computed again: the same, or why not."""
    apart = abs(again.probability - begun.recorded.probability)
    same = again.label is begun.recorded.label and apart <= bundle.tolerance
    causes = () if same else tuple(_causes(numbers, bundle))
    return replace(begun, same=same, again=again, causes=causes, strayed=numbers)


def _scored(bundle: Bundle, recorded: Verdict) -> Outcome:
    """The verdict on the stored vector, with the veto's answer as it was."""
    scores = bundle.ensemble.score(recorded.vector.values[None])
    probability = float(bundle.calibration(scores.raw)[0])
    label = bundle.policy.thresholds.decide(probability)
    if bundle.veto is not None:
        label = soften(label, recorded.veto.probability, float(bundle.veto["threshold"]))
    return Outcome(label=label, probability=probability)


def _measured(filed: FiledVerdict, path: Path, studio: Studio) -> Verdict | Finding:
    """The verdict on the picture, measured with what measured it then; or why there is none."""
    stored = filed.vector
    if stored.decode_version != DECODE_VERSION:
        what = f"It was decoded by decoder {stored.decode_version}, and this version has {DECODE_VERSION}."
        return Finding(cause=Cause.DECODER, what=what)
    computing = CheckedRuntime(runtime=stored.runtime, precision=stored.precision)
    try:
        detector = load_bundle(path, studio.weights, computing=computing)
        picture = studio.gallery.picture(filed.image)
        vector = detector.vector(picture)
    except Fault as fault:
        return _of_fault(fault, incompatible=Cause.LIBRARIES)
    except Rejected as refusal:
        return Finding(cause=Cause.OBJECT, what=_sentence(refusal.message))
    return detector.judge(picture, vector, filed.image.domain)


_CAUSES: Mapping[Reason, Cause] = {
    Reason.WEIGHTS_MISSING: Cause.WEIGHTS,
    Reason.WEIGHTS_HASH_MISMATCH: Cause.WEIGHTS,
    Reason.RUNTIME_UNAVAILABLE: Cause.RUNTIME,
}


def _of_fault(fault: Fault, *, incompatible: Cause) -> Finding:
    """The cause behind a bundle that can't be used here.

    Args:
        fault: what reading or loading it came to.
        incompatible: what is at fault where the bundle does not fit this version.
    """
    causes = {**_CAUSES, Reason.BUNDLE_INCOMPATIBLE: incompatible}
    return Finding(cause=causes.get(fault.reason, Cause.BUNDLE), what=_sentence(fault.message))


def _sentence(message: str) -> str:
    """An error's message among other sentences."""
    return f"{message[0].upper()}{message[1:].rstrip('.')}."


def _causes(numbers: tuple[Strayed, ...], bundle: Bundle) -> Iterator[Finding]:
    """What differs and so may be why."""
    if numbers:
        yield Finding(cause=Cause.VECTOR, what=f"{sentence(numbers, bundle.schema.length)}.")
    changed = "; ".join(_changed_libraries(bundle.manifest["libraries"]))
    if changed:
        what = f"Other versions than those that the bundle was trained with: {changed}."
        yield Finding(cause=Cause.LIBRARIES, what=what)
    if not numbers:
        what = "The same vector and the same bundle give another score: artgate itself has changed."
        yield Finding(cause=Cause.SCORING, what=what)


def _changed_libraries(trained: Mapping[str, str]) -> Iterator[str]:
    for name, then in trained.items():
        try:
            now = version(name)
        except PackageNotFoundError:
            now = "absent"
        if now != then:
            yield f"{name} {then}, here {now}"
