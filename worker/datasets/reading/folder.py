"""A folder with picture files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from detector.reasons import Reason, Rejected
from worker.datasets.reading.place import Place
from worker.datasets.record import Record
from worker.datasets.sources import FolderSource
from worker.files import files_below, read_file


def read(source: FolderSource, place: Place) -> Iterator[Record]:
    """Every file below the folder, in the order of names.

    Raises:
        Rejected: ``dataset_invalid``: there is no such folder.
    """
    folder = place.path_of(source)
    if not folder.is_dir():
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: {folder} is no folder; name one")
    names = [file.relative_to(folder) for file in files_below([folder])]
    for name in place.ordered(source, names, lambda name: name.as_posix()):
        parents = name.parent.parts
        yield Record(
            key=name.as_posix(),
            columns={
                "path": name.as_posix(),
                "file": name.name,
                "folder": parents[0] if parents else "",
                "folders": "/".join(parents),
            },
            fetch=partial(read_file, folder / name, max_bytes=place.max_bytes),
        )
