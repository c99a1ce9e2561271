"""What the detector said of an item's picture and why, from the stored verdict and vector."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from db.models.verdicts import VerdictLabel
from db.queries.verdicts import StoredVerdict
from detector.bundle import Bundle
from detector.explanation import Explanation, Moved, MovedFeature, explain
from detector.reasons import Fault, Rejected
from detector.warranty import Assurance
from worker.console.evidence.records import Bar, Grounds, Member
from worker.console.sources import Sources
from worker.evidence import wording
from worker.evidence.filed import FiledVerdict, bundle_of, file_of

_MEMBERS = ("lightgbm", "svm", "random_forest")
_GROUPS = 6


def grounds_of(sources: Sources, session: Session, verdict: StoredVerdict) -> Grounds:
    """What the verdict says, and its explanation where its bundle can be read here."""
    explained, trouble = _explained(sources, session, verdict)
    warranty = None if verdict.warranty is None else Assurance.of_json(verdict.warranty)
    return Grounds(
        label=verdict.label,
        probability=verdict.probability,
        raw=verdict.raw,
        genuine_below=verdict.genuine_below,
        synthetic_from=verdict.synthetic_from,
        members=_members(verdict, explained),
        overruled=verdict.overruled,
        veto=veto_words(verdict),
        warranty=wording.warranty_words(warranty),
        steps=() if explained is None else explained.policy,
        groups=() if explained is None else bars_of(explained.groups)[:_GROUPS],
        features=() if explained is None else bars_of(explained.features),
        training=() if explained is None else tuple(map(wording.remembered_words, explained.neighbours)),
        distance=None if explained is None else wording.distance_words(explained),
        learned=None if explained is None else wording.learned_words(explained),
        bundle_id=verdict.bundle_id,
        trouble=trouble,
        explanation=explained,
    )


def bundle_for(sources: Sources, filed: FiledVerdict) -> Bundle:
    """The bundle of a verdict, read once.

    Raises:
        Fault: it is missing, broken, or another one lies in its place.
    """
    found: Bundle = sources.bundles.get(filed.verdict.bundle_id, lambda: (bundle_of(filed), 1))
    return found


def _explained(
    sources: Sources, session: Session, verdict: StoredVerdict
) -> tuple[Explanation | None, str | None]:
    """The explanation, or why there is none."""
    try:
        filed = file_of(session, verdict)
        bundle = bundle_for(sources, filed)
        given = filed.given(bundle.schema)
        image = filed.image
        return explain(
            bundle, given.vector, given, sha256=image.sha256, perceptual=image.perceptual_hash
        ), None
    except Rejected as gone:
        return None, f"The verdict can't be explained: {gone.message}."
    except Fault as fault:
        return None, f"The verdict can't be explained on this machine: {fault.message.rstrip('.')}."
    except ValueError as error:
        return None, f"The verdict can't be explained: {error}."


def _members(verdict: StoredVerdict, explained: Explanation | None) -> tuple[Member, ...]:
    weights = {} if explained is None else {member.name: member.weight for member in explained.members}
    return tuple(
        Member(name=wording.member_words(name), probability=getattr(verdict, name), weight=weights.get(name))
        for name in _MEMBERS
    )


def veto_words(verdict: StoredVerdict) -> str:
    """What the veto did to a verdict, in a sentence."""
    before, now = verdict.label_before_veto, verdict.label
    if verdict.veto_probability is not None:
        said = f"The scores said {before}. The veto, which gives {verdict.veto_probability:.3f},"
        return f"{said} agrees." if verdict.overruled is None else f"{said} objects: the verdict is {now}."
    if verdict.overruled is not None:
        return (
            f"The scores said {before}. The veto could not be asked ({verdict.reason}), and nobody is"
            f" accused without it: the verdict is {now}."
        )
    if before is VerdictLabel.SYNTHETIC:
        return f"The scores say {before}, and the bundle has no veto that could object."
    return f"The veto was not asked: the scores say {now}, and it speaks about SYNTHETIC alone."


def bars_of(moved: Sequence[Moved]) -> tuple[Bar, ...]:
    """What moved the score, as far as it would be seen, in its order."""
    shown = [each for each in moved if abs(each.contribution) >= wording.LEAST]
    most = max((abs(each.contribution) for each in shown), default=1.0)
    return tuple(
        Bar(
            words=each.words,
            detail=wording.feature_words(each) if isinstance(each, MovedFeature) else None,
            contribution=each.contribution,
            share=each.contribution / most,
        )
        for each in shown
    )
