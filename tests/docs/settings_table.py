"""Writes docs/settings.md from the settings themselves: ``python -m tests.docs.settings_table``."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from worker.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

_HEAD = """# Settings

Each setting is an environment variable, read once when a process starts. A secret may instead lie in a
file that `ARTGATE_<NAME>_FILE` names. Durations are seconds, sizes bytes. `artgate doctor` checks the
settings against each other and against the servers that they name.

This page is written from `worker/settings.py` by `python -m tests.docs.settings_table`.

| variable | default | meaning |
| --- | --- | --- |
"""


def document() -> str:
    """The page as it should be."""
    fields = sorted(Settings.model_fields.items(), key=lambda named: named[0] not in Settings.__annotations__)
    rows = (_row(name, field) for name, field in fields)
    return _HEAD + "\n".join(rows) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"| `ARTGATE_{name.upper()}` | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path) and value.is_relative_to(sys.prefix):
        return "in the environment's `share/artgate`"
    return "\N{EN DASH}" if value in (None, (), {}) else f"`{value}`"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
