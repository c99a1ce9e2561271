"""Writes what is stored of a person into a folder: JSON lines for each part, and a page that explains."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TextIO

from db.queries.persons import Part
from detector.reasons import Reason, Rejected
from worker.files import writing_folder
from worker.person.parts import LEFT_OUT, MEANINGS
from worker.person.reading import Record

README = "README.md"
_OWNER_ONLY = 0o600


def write(folder: Path, who: str, records: Iterable[Record], *, at: datetime) -> Counter[Part]:
    """Write every record to the file of its part; the page comes last, so an export without one broke off.

    Files can be read by their owner alone.

    Args:
        folder: new or empty.
        who: the person.
        records: each with its part.
        at: now.

    Returns:
        How many records each part has.

    Raises:
        Rejected: ``file_unreadable``: the folder holds something; and what reading the records raises.
        Fault: ``file_unreadable``: the folder can't be written.
    """
    counts = Counter(dict.fromkeys(Part, 0))
    with writing_folder(), ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise Rejected(
                Reason.FILE_UNREADABLE, f"the folder {folder} is not empty; name one for this person alone"
            )
        files: dict[Part, TextIO] = {}
        for part, record in records:
            if part not in files:
                files[part] = stack.enter_context(_create(folder / f"{part}.jsonl"))
            files[part].write(json.dumps(record, ensure_ascii=False) + "\n")
            counts[part] += 1
    with writing_folder(), _create(folder / README) as page:
        page.write(_page(who, counts, at))
    return counts


def _page(who: str, counts: Mapping[Part, int], at: datetime) -> str:
    files = "\n".join(
        f"- `{part}.jsonl`, {counts[part]} {'line' if counts[part] == 1 else 'lines'}. {MEANINGS[part]}"
        for part in Part
        if counts[part]
    )
    nothing = ", ".join(f"`{part}`" for part in Part if not counts[part])
    empty = f"\nNothing is stored of these kinds: {nothing}.\n" if nothing else ""
    left_out = "\n".join(f"- {each}" for each in LEFT_OUT)
    return (
        f"# What artgate stores of {who}\n\n"
        f"Read on {at:%Y-%m-%d at %H:%M} UTC. Each line of a file is one JSON object; ids lead from one file"
        " to another, and times carry their offset from UTC.\n\n"
        f"## Files\n\n{files}\n{empty}\n"
        f"## Not in here\n\n{left_out}\n"
    )


def _create(path: Path) -> TextIO:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    return os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace")
