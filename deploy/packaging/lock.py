"""Writes the lock files: every package by version and hash, for Python 3.11 to 3.13 on Linux.

``python -m deploy.packaging.lock [--upgrade]`` writes ``requirements.lock`` with PyTorch for the CPU,
``requirements-cuda.lock`` with PyTorch as the plain index has it, built for CUDA, and
``requirements-browser.lock`` with what ``make test-browser`` needs besides one of them. Versions that a lock
file names already stay, unless ``--upgrade`` is given.

The CPU build of PyTorch is not on the plain index, so it is left out when the CPU lock is resolved: its
own requirements are named in its place, and its pinned block (``torch-cpu.txt``) is put before the rest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from deploy.local.places import REPOSITORY, script

_TORCH_BLOCK = Path(__file__).with_name("torch-cpu.txt")
_TORCH_NEEDS = (
    "filelock",
    "fsspec>=0.8.5",
    "jinja2",
    "networkx>=2.5.1",
    "setuptools>=77.0.3",
    "sympy>=1.13.3",
    "typing-extensions>=4.10.0",
)
"""What the wheel's own metadata asks for, version 2.13.0."""
_PAIR = "torch==2.13.0\ntorchvision==0.28.0\n"
"""The two versions that belong together, whichever build."""
_SUPPORTED = (
    "((platform_machine == 'aarch64' and sys_platform == 'linux')"
    " or (platform_machine == 'x86_64' and sys_platform == 'linux'))"
)
_BEFORE = "python_full_version < '3.14'"
"""Markers that hold wherever the lock is of use, and that would drown the few that decide something."""
_HEADER = "# Written by `make lock`; install with `make install{variant}`.\n"
_EXTRAS = ("data", "dev", "local", "traces")
_EVERYTHING = ("pyproject.toml", *(word for extra in _EXTRAS for word in ("--extra", extra)))
_BROWSER = "requirements-browser.lock"
_BROWSER_HEADER = "# Written by `make lock`; beside another lock file, for `make test-browser`.\n"


def main(options: list[str]) -> None:
    """Write the lock files."""
    with tempfile.TemporaryDirectory() as folder:
        needs, excluded = Path(folder) / "torch.in", Path(folder) / "excluded.txt"
        needs.write_text("\n".join(_TORCH_NEEDS))
        excluded.write_text("torch\n")
        cpu = _resolved(
            "requirements.lock", [*_EVERYTHING, str(needs), "--excludes", str(excluded), *options]
        )
    _write("requirements.lock", _HEADER.format(variant=""), _TORCH_BLOCK.read_text(), cpu)
    cuda = _resolved("requirements-cuda.lock", [*_EVERYTHING, *options])
    _write("requirements-cuda.lock", _HEADER.format(variant=" TORCH=cuda"), cuda)
    _lock_browser(options)


def _lock_browser(options: list[str]) -> None:
    """Of the extra ``browser`` alone, in versions that fit the packages that are installed before it."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    with tempfile.TemporaryDirectory() as folder:
        needs = Path(folder) / "browser.in"
        needs.write_text("\n".join(project["optional-dependencies"]["browser"]))
        sources = [str(needs), "--constraints", "requirements-cuda.lock"]  # the lock of the plain index alone
        _write(_BROWSER, _BROWSER_HEADER, _resolved(_BROWSER, [*sources, *options]))


def _resolved(name: str, sources: list[str]) -> str:
    """The pins of everything that `sources` ask for, with the versions that `name` has already."""
    command = [str(script("uv")), "pip", "compile", "--universal", "--generate-hashes"]
    command += ["--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"]
    command += ["--fork-strategy", "fewest"]  # one numpy for all Pythons: one set of numbers
    with tempfile.TemporaryDirectory() as folder:
        output, pair = Path(folder) / name, Path(folder) / "pair.txt"
        pair.write_text(_PAIR)
        known = REPOSITORY / name
        if known.exists():
            output.write_text(_without_torch_block(known.read_text()))
        command += ["--constraints", str(pair), "--output-file", str(output), *sources]
        subprocess.run(command, cwd=REPOSITORY, check=True)  # noqa: S603 - uv, as installed
        return _with_fewer_markers(output.read_text())


def _with_fewer_markers(text: str) -> str:
    for always in (f" ; {_BEFORE} and {_SUPPORTED}", f" ; {_SUPPORTED}", f" and {_SUPPORTED}"):
        text = text.replace(always, "")
    return text.replace(f" and {_BEFORE}", "")


def _without_torch_block(text: str) -> str:
    return text.replace(_TORCH_BLOCK.read_text(), "")


def _write(name: str, *parts: str) -> None:
    (REPOSITORY / name).write_text("".join(parts))


if __name__ == "__main__":
    main(sys.argv[1:])
