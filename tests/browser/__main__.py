"""Runs these tests, or says in one sentence what is missing; further arguments go to pytest."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tests.browser.chromium import chromium

_FOLDER = Path(__file__).parent
_PACKAGES = ("playwright", "axe_playwright_python")


def main(arguments: list[str]) -> int:
    """The exit status: of pytest, or 2 where the tests can't be run here."""
    if lacking := missing():
        print(f"make test-browser: {lacking}", file=sys.stderr)
        return 2
    named = any(not argument.startswith("-") and Path(argument).exists() for argument in arguments)
    return int(pytest.main([*arguments, *([] if named else [str(_FOLDER)])]))


def missing() -> str | None:
    """What must be installed first; None where nothing is missing."""
    if chromium() is None:
        return "there is no Chromium here: `apt-get install chromium` as root, then run it again"
    if not all(importlib.util.find_spec(name) for name in _PACKAGES):
        return (
            "Playwright for Python is not installed: "
            "`.venv/bin/uv pip install -r requirements-browser.lock`, then run it again"
        )
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
