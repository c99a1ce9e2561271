"""Calls ``artgate`` in this process, with the environment of an installation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from worker.cli.main import main
from worker.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Artgate = Callable[..., Outcome]


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make ``read_settings`` give these settings' connections."""
    secret, access = settings.s3_secret_key, settings.s3_access_key
    assert secret is not None
    assert access is not None
    return {
        "ARTGATE_DATABASE_URL": settings.database_url.get_secret_value(),
        "ARTGATE_BROKER_URL": settings.broker_url.get_secret_value(),
        "ARTGATE_S3_ENDPOINT": settings.s3_endpoint or "",
        "ARTGATE_S3_ACCESS_KEY": access.get_secret_value(),
        "ARTGATE_S3_SECRET_KEY": secret.get_secret_value(),
        "ARTGATE_BUCKETS": ",".join(settings.buckets),
    }


@pytest.fixture
def artgate(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Artgate:
    """Runs one command against this module's servers."""
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*words: object) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        return Outcome(status=int(stopped.value.code or 0), out=printed.out, err=printed.err)

    return run
