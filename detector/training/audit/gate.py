"""No bundle is made from a corpus with a shortcut, unless whoever makes it says that they know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detector.bundle import Contents
from detector.reasons import Reason, Rejected
from detector.training.audit.corpus_audit import ALL, CorpusAudit
from detector.training.audit.separability import Separation

_REMEDIES = {
    "size": "bring the pictures of both classes to the same sizes",
    "aspect": "crop the pictures of both classes to the same shapes",
    "format": "save the pictures of both classes in the same formats",
    "compression": "save the pictures of both classes with the same encoder and qualities",
    "metadata": "take the metadata out of all pictures",
    "borders": "crop the margins, or give them to both classes",
    "domain": "add pictures of the class that a domain lacks, or leave the domain out",
    ALL: "make the classes alike in the facts that `artgate data audit` shows to differ most",
}


def shortcuts(audit: CorpusAudit, limit: float) -> tuple[Separation, ...]:
    """What tells the classes apart for sure better than the limit allows, the surest first.

    The lower end of the interval decides: what chance could have given is no shortcut.
    """
    found = [each for each in audit.gated if each.low > limit]
    return tuple(sorted(found, key=lambda each: (each.name == ALL, -each.low)))


def pass_gate(audit: CorpusAudit, *, limit: float, accept: bool) -> tuple[str, ...]:
    """Let a corpus through, or refuse it.

    Args:
        audit: of the corpus.
        limit: see ``shortcuts``.
        accept: let it through with its shortcuts.

    Returns:
        The names of the shortcuts that were accepted.

    Raises:
        Rejected: ``corpus_shortcut``.
    """
    found = shortcuts(audit, limit)
    if found and not accept:
        told = " and by ".join(_told(each) for each in found if each.name != ALL or len(found) == 1)
        raise Rejected(
            Reason.CORPUS_SHORTCUT,
            f"the classes can be told apart by {told}, where no more than {limit:.2f} is allowed for sure;"
            f" {_REMEDIES[found[0].name]}, or accept it with `artgate train --accept-shortcuts`",
        )
    return tuple(each.name for each in found)


def with_audit(contents: Contents, audit: CorpusAudit, *, limit: float, accepted: Sequence[str]) -> Contents:
    """The contents of a bundle with what was found of its corpus, and which shortcuts were accepted."""
    told = {"limit": limit, **audit.figures()}
    return replace(
        contents,
        metrics={**contents.metrics, "audit": told},
        data={**contents.data, "accepted_shortcuts": list(accepted)},
    )


def _told(separation: Separation) -> str:
    what = "all facts of the files together" if separation.name == ALL else f"{separation.name} alone"
    return f"{what} (AUC {separation.auc:.2f}, at least {separation.low:.2f})"
