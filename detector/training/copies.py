"""Takes copies out of a corpus that folds would learn from on one side and judge on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detector.measuring import Measured
from detector.reasons import Reason, Rejected
from detector.training.corpus import Entry
from detector.training.leakage import Finding, Leak, Row, labels_by_bytes, near_groups

_SHOWN = 3


def without_copies(
    entries: Sequence[Entry], measured: Sequence[Measured]
) -> tuple[list[Measured], list[Finding]]:
    """Refuse the later one of two pictures of one label that are nearly the same and of different groups.

    Args:
        entries: of a corpus.
        measured: of each of them, in their order.

    Returns:
        What was measured, with the reason ``near_duplicate`` in the place of a later copy's vector; and which
        these are.

    Raises:
        Rejected: ``dataset_leaks``: the same bytes stand under both labels.
    """
    rows = [
        _row(entry, picture)
        for entry, picture in zip(entries, measured, strict=True)
        if _was_decoded(picture)
    ]
    _refuse_contradictions(rows)
    found = list(near_groups(rows))
    copies = {finding.one for finding in found}
    kept = [
        replace(picture, vector=Reason.NEAR_DUPLICATE) if entry.name in copies else picture
        for entry, picture in zip(entries, measured, strict=True)
    ]
    return kept, found


def _refuse_contradictions(rows: Sequence[Row]) -> None:
    labels = labels_by_bytes(rows)
    names = [row.name for row in rows if len(labels[row.sha256]) > 1]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise Rejected(
            Reason.DATASET_LEAKS,
            f"the same bytes stand under both labels ({Leak.TWO_LABELS}): {', '.join(names[:_SHOWN])}{more};"
            " keep each picture under the right one",
        )


def _was_decoded(picture: Measured) -> bool:
    return picture.perceptual_hash is not None and not isinstance(picture.vector, Reason)


def _row(entry: Entry, picture: Measured) -> Row:
    assert picture.perceptual_hash is not None, "what was decoded has one"
    return Row(
        name=entry.name,
        split="",
        origin=entry.origin,
        group=entry.group,
        sha256=picture.sha256,
        perceptual=picture.perceptual_hash,
    )
