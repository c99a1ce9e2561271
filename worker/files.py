"""Which files a command's arguments mean, their bytes, and folders that are written."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.reasons import Fault, Reason, Rejected


def files_below(arguments: Iterable[Path]) -> Iterator[Path]:
    """Every file that the arguments name: a folder stands for all regular files below it, in name order.

    Links to files are followed and links to folders are not, so that no loop of links is walked and no file
    is met twice. What can't be looked into is given as it is: reading it will say why.
    """
    for argument in arguments:
        if argument.is_dir():
            yield from _below(argument)
        else:
            yield argument


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """The bytes of a regular file.

    Raises:
        Rejected: ``file_unreadable``, or ``too_many_bytes``, before they are read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Rejected(Reason.FILE_UNREADABLE, "This is no file; name a file or a folder.")
        if found.st_size > max_bytes:
            raise Rejected(
                Reason.TOO_MANY_BYTES,
                f"The file has {found.st_size} bytes, more than the {max_bytes} of ARTGATE_MAX_BYTES.",
            )
        return path.read_bytes()
    except OSError as error:
        raise Rejected(
            Reason.FILE_UNREADABLE, f"The file can't be read: {error.strerror or type(error).__name__}."
        ) from None


@contextmanager
def writing_folder() -> Iterator[None]:
    """For a block that writes into a folder.

    Raises:
        Fault: ``file_unreadable``: it can't be written.
    """
    try:
        yield
    except OSError as error:
        raise Fault(
            Reason.FILE_UNREADABLE,
            f"the folder can't be written ({type(error).__name__}); make room or name another",
        ) from error


def _below(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        elif _is_file(entry):
            yield Path(entry.path)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a loop of links
        return False
