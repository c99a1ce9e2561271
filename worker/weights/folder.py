"""The folder of weights: files named by their sha256, and the backbones' names for them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from detector.reasons import Fault, Reason


class WeightsFolder:
    """Weights on this machine.

    A file appears under its name whole and checked, or not at all, whoever else writes at the same time.
    Its hash is not computed again here: whoever loads it does that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, sha256: str) -> Path:
        """Where the weights with this hash lie, or would."""
        return self.path / f"{sha256}.safetensors"

    def holds(self, sha256: str) -> bool:
        """Whether they are there."""
        return self.file(sha256).is_file()

    def keep(self, data: bytes, sha256: str) -> Path:
        """Write weights that must have this hash.

        Raises:
            Fault: ``weights_hash_mismatch``, or ``settings_invalid``: the folder can't be written.
        """
        check(hashlib.sha256(data).hexdigest(), sha256)
        with self._draft() as draft:
            draft.write(data)
            return self._publish(draft, sha256)

    def keep_copy(self, source: Path, sha256: str | None) -> str:
        """Copy a file of weights; gives its hash, which must be ``sha256`` where that is given.

        Raises:
            Fault: ``weights_missing``: there is no such file; or as `keep`.
        """
        try:
            file = source.open("rb")
        except OSError:
            raise Fault(
                Reason.WEIGHTS_MISSING, f"{source} can't be read: check the path and its permissions"
            ) from None
        with file, self._draft() as draft:
            shutil.copyfileobj(file, draft, 2**22)
            draft.flush()
            found = _hash_of(Path(draft.name))
            check(found, sha256 or found)
            self._publish(draft, found)
        return found

    def named(self, backbone: str) -> str | None:
        """Hash of the weights that are kept under a backbone's name; None where there are none."""
        try:
            sha256 = self._name(backbone).read_text().strip()
        except OSError:
            return None
        return sha256 if self.holds(sha256) else None

    def name(self, backbone: str, sha256: str) -> None:
        """Keep the backbone's name for the weights with this hash."""
        with self._draft() as draft:
            draft.write(sha256.encode() + b"\n")
            _move(draft, self._name(backbone))

    def _name(self, backbone: str) -> Path:
        return self.path / f"{backbone.replace('/', '_')}.sha256"

    def _publish(self, draft: IO[bytes], sha256: str) -> Path:
        _move(draft, self.file(sha256))
        return self.file(sha256)

    @contextmanager
    def _draft(self) -> Iterator[IO[bytes]]:
        """A file in the folder that is gone at the end unless it was moved."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            draft = tempfile.NamedTemporaryFile(dir=self.path, prefix=".draft-", delete=False)  # noqa: SIM115
        except OSError as error:
            raise Fault(
                Reason.SETTINGS_INVALID,
                f"the folder of weights can't be written ({error.strerror}): "
                "make it writable, or set ARTGATE_WEIGHTS_DIR",
            ) from None
        try:
            with draft:
                yield draft
        finally:
            Path(draft.name).unlink(missing_ok=True)


def check(found: str, wanted: str) -> None:
    """Compare the hash of what was fetched with the one that it must have.

    Raises:
        Fault: ``weights_hash_mismatch``.
    """
    if found != wanted:
        raise Fault(
            Reason.WEIGHTS_HASH_MISMATCH,
            f"these are not the weights that were asked for: their sha256 is {found}, not {wanted}",
        )


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move(draft: IO[bytes], target: Path) -> None:
    draft.flush()
    os.fchmod(draft.fileno(), 0o644)
    Path(draft.name).replace(target)
