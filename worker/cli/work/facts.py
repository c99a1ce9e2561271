"""Reads what the files of a corpus are known by, on all cores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from detector.decode import DecodeLimits, decode
from detector.perceptual import perceptual_hash
from detector.reasons import Reason, Rejected
from detector.training.audit.corpus_audit import CorpusAudit, audit_corpus
from detector.training.audit.facts import Facts, facts_of
from detector.training.corpus import Entry
from detector.training.measuring import Mark
from worker.cli.progress import progress
from worker.cli.work.spread import spread
from worker.files import read_file
from worker.settings import Settings

_AT_ONCE = 64
"""Files whose facts a process reads in one go: few corpora need a second process."""
_MEMORY = 2**30

Marked = tuple[Entry, Mark]
"""A picture, and what tells it again."""


def audit_entries(entries: Sequence[Entry], settings: Settings) -> CorpusAudit:
    """Read the facts of a corpus's files on all cores, and try them.

    Raises:
        Rejected: ``corpus_invalid``.
    """
    return read_and_audit(entries, settings)[0]


def read_and_audit(entries: Sequence[Entry], settings: Settings) -> tuple[CorpusAudit, list[Marked]]:
    """The same, with the pictures that have facts.

    Raises:
        Rejected: ``corpus_invalid``.
    """
    files = [str(entry.file) for entry in entries]
    chunks = [files[start : start + _AT_ONCE] for start in range(0, len(files), _AT_ONCE)]
    read: list[tuple[Facts, Mark] | Reason] = []
    with progress("facts read", len(files)) as advance:
        for part in spread(partial(open_reader, settings), chunks, memory=_MEMORY):
            read += part
            advance(len(read))
    audited = audit_corpus(entries, [each if isinstance(each, Reason) else each[0] for each in read])
    pairs = zip(entries, read, strict=True)
    return audited, [(entry, each[1]) for entry, each in pairs if not isinstance(each, Reason)]


@contextmanager
def open_reader(settings: Settings) -> Iterator[Callable[[Sequence[str]], list[tuple[Facts, Mark] | Reason]]]:
    """What one process reads facts with."""
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)

    def read(file: str) -> tuple[Facts, Mark] | Reason:
        try:
            data = read_file(Path(file), max_bytes=limits.max_bytes)
            picture = decode(data, limits)
        except Rejected as refusal:
            return refusal.reason
        mark = Mark(sha256=hashlib.sha256(data).digest(), perceptual=perceptual_hash(picture))
        return facts_of(data, picture, limits), mark

    yield lambda files: [read(file) for file in files]
