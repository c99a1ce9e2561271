"""The example for platforms in Python, as the document has it."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest

from db.models import EventState
from tests.worker.cli.conftest import environment
from tests.worker.inbox import Sessions, standing
from worker.settings import Settings

DOCUMENT = Path(__file__).parents[3] / "docs" / "http.md"


def test_the_example_hands_an_upload_in(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word for word, with the settings of an installation in the environment."""
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ARTGATE_BUCKETS", "uploads")
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, UUID] = {}
    exec(example, names)
    handed_in = standing(sessions, names["event_id"])
    assert (handed_in.bucket, handed_in.key) == ("uploads", "2026/cat.png")
    assert handed_in.state is EventState.QUEUED
