"""A stored verdict with all that it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import bundles, dossiers, features, images, items, verdicts
from db.queries.features import StoredVector
from db.queries.images import StoredImage
from db.queries.verdicts import StoredVerdict
from detector.bundle import Bundle, read_bundle
from detector.policy import Label, Thresholds
from detector.reasons import Fault, Reason, Rejected
from detector.vector import Vector, VectorSchema
from detector.verdict import Verdict, VetoOutcome
from detector.warranty import Assurance
from worker.addresses import object_address


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledVerdict:
    """One verdict and the rows that belong to it."""

    verdict: StoredVerdict
    image: StoredImage
    vector: StoredVector
    location: Path
    """Where its bundle was registered to lie."""

    @property
    def scored_label(self) -> Label:
        """What the detector said, whatever a limit made of it."""
        limited = self.verdict.reason == Reason.UPLOADER_LIMIT
        return Label(self.verdict.label_before_veto if limited else self.verdict.label)

    def given(self, schema: VectorSchema) -> Verdict:
        """The verdict as the detector gave it.

        Args:
            schema: of its bundle.

        Raises:
            ValueError: the stored vector is not one of this schema.
        """
        stored = self.verdict
        limited = stored.reason == Reason.UPLOADER_LIMIT
        vector = Vector.from_bytes(schema, self.vector.values, self.vector.replaced)
        overruled = None if limited or stored.overruled is None else Label(stored.overruled)
        return Verdict(
            label=self.scored_label,
            probability=stored.probability,
            raw=stored.raw,
            members={
                "lightgbm": stored.lightgbm,
                "svm": stored.svm,
                "random_forest": stored.random_forest,
            },
            veto=VetoOutcome(
                applied=stored.veto_applied, probability=stored.veto_probability, overruled=overruled
            ),
            thresholds=Thresholds(genuine_below=stored.genuine_below, synthetic_from=stored.synthetic_from),
            bundle=stored.bundle_id,
            vector=vector,
            runtime=stored.runtime,
            precision=stored.precision,
            reason=None if limited or stored.reason is None else Reason(stored.reason),
            warranty=None if stored.warranty is None else Assurance.of_json(stored.warranty),
            stage_ms=stored.stage_ms,
        )


def find(session: Session, asked: str) -> FiledVerdict:
    """The verdict that is asked for.

    Args:
        session: on the database.
        asked: the id of a verdict or of a review item, which has one; or of an image or an event, or
            ``s3://bucket/key``: then the newest verdict on that object.

    Raises:
        Rejected: ``not_found``; ``bad_request``, ``bad_event``: neither an id nor an address.
    """
    verdict = _verdict(session, asked)
    if verdict is None:
        raise Rejected(
            Reason.NOT_FOUND, f"there is no verdict under {asked}; `artgate show` lists what there is"
        )
    return file_of(session, verdict)


def file_of(session: Session, verdict: StoredVerdict) -> FiledVerdict:
    """A verdict that was just read, with the rows that belong to it."""
    image = images.get(session, verdict.image_id)
    vector = None if verdict.features_id is None else features.get(session, verdict.features_id)
    if vector is None:  # it may also go between two looks
        raise Rejected(
            Reason.NOT_FOUND,
            "the verdict's vector is gone, as the picture was erased or vectors are kept no longer "
            "(ARTGATE_RETENTION_FEATURES_DAYS): without it no verdict can be computed again",
        )
    bundle = bundles.get(session, verdict.bundle_id)
    assert image is not None, "foreign keys hold"
    assert bundle is not None, "foreign keys hold"
    return FiledVerdict(verdict=verdict, image=image, vector=vector, location=Path(bundle.location))


def bundle_of(filed: FiledVerdict, path: Path | None = None) -> Bundle:
    """The bundle that gave a verdict; its backbones' weights are not looked at.

    Args:
        filed: the verdict.
        path: where it lies now; by default where it was registered to lie.

    Raises:
        Fault: ``bundle_hash_mismatch``: another one lies there; or it is missing or broken.
    """
    return bundle_at(filed.verdict.bundle_id, path or filed.location)


def bundle_at(bundle_id: str, path: Path) -> Bundle:
    """The bundle that should lie at a path; its backbones' weights are not looked at.

    Raises:
        Fault: ``bundle_hash_mismatch``: another one lies there; or it is missing or broken.
    """
    bundle = read_bundle(path)
    if bundle.id != bundle_id:
        raise Fault(
            Reason.BUNDLE_HASH_MISMATCH,
            f"the verdict is of bundle {bundle_id[:12]}, and {bundle.id[:12]} lies there;"
            " name the former with --bundle",
        )
    return bundle


def _verdict(session: Session, asked: str) -> StoredVerdict | None:
    try:
        number = None if asked.startswith("s3://") else UUID(asked)
    except ValueError:
        raise Rejected(
            Reason.BAD_REQUEST,
            f"{asked!r} is neither an id nor an address such as s3://bucket/key; `artgate show` lists the ids"
            " behind an address, and `artgate explain` takes a file that is here",
        ) from None
    if number is None:
        return _newest(session, object_address(asked))
    item = items.get(session, number)
    wanted = number if item is None or item.verdict_id is None else item.verdict_id
    return verdicts.get(session, wanted) or _newest(session, dossiers.object_of(session, number))


def _newest(session: Session, place: tuple[str, str] | None) -> StoredVerdict | None:
    dossier = None if place is None else dossiers.of_object(session, *place)
    return next(iter(dossier.verdicts), None) if dossier else None
