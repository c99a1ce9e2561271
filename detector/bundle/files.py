"""Where a bundle's files lie: in a folder, or in one zip file. Nothing is ever written where it says."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from detector.reasons import Fault, Reason

STARTER = Path(__file__).parents[1] / "starter"
"""The bundle that comes with artgate."""
MANIFEST = "manifest.json"
SUFFIX = ".artgate"
"""Of bundles in one file."""

LARGEST = 512 << 20
"""Bytes of one file of a bundle, at most."""
LARGEST_MANIFEST = 1 << 20


class Files(Protocol):
    """The files of one bundle."""

    def read(self, name: str, largest: int = LARGEST) -> bytes:
        """The bytes of a file.

        Raises:
            Fault: ``bundle_invalid``: it is not there, can't be read, or is larger than ``largest``.
        """

    def on_disk(self, name: str) -> AbstractContextManager[Path]:
        """A path at which the file can be read, within the context."""


class Folder:
    """A bundle in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str, largest: int = LARGEST) -> bytes:
        """See `Files.read`."""
        try:
            with (self._path / name).open("rb") as file:
                return _bounded(file, name, largest)
        except OSError as error:
            raise _missing(name) from error

    @contextmanager
    def on_disk(self, name: str) -> Iterator[Path]:
        """The file itself."""
        yield self._path / name


class Archive:
    """A bundle in one zip file, whose members are stored uncompressed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str, largest: int = LARGEST) -> bytes:
        """See `Files.read`."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
                    raise Fault(
                        Reason.BUNDLE_INVALID,
                        f"The bundle's {name} is compressed; pack the bundle with `artgate bundle pack`.",
                    )
                with archive.open(name) as file:
                    return _bounded(file, name, largest)
        except (OSError, KeyError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
            raise _missing(name) from error

    @contextmanager
    def on_disk(self, name: str) -> Iterator[Path]:
        """A copy that is gone at the end."""
        with tempfile.TemporaryDirectory(prefix="artgate-") as folder:
            copy = Path(folder) / "part"
            copy.write_bytes(self.read(name))
            yield copy


def files_at(path: Path) -> Files:
    """The files of the bundle at a path.

    Raises:
        Fault: ``bundle_invalid``: there is no bundle.
    """
    if path.is_dir() and (path / MANIFEST).is_file():
        return Folder(path)
    if path.is_file() and zipfile.is_zipfile(path):
        return Archive(path)
    raise Fault(
        Reason.BUNDLE_INVALID,
        f"There is no bundle at {path.name!r}: name a folder with a {MANIFEST}, or a {SUFFIX} file.",
    )


def _bounded(file: IO[bytes], name: str, largest: int) -> bytes:
    data = file.read(largest + 1)
    if len(data) > largest:
        raise Fault(Reason.BUNDLE_INVALID, f"The bundle's {name} is larger than {largest} bytes.")
    return data


def _missing(name: str) -> Fault:
    return Fault(Reason.BUNDLE_INVALID, f"The bundle's {name} is missing or can't be read; copy it again.")
