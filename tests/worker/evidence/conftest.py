"""Verdicts that a real scanner has written, of real objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from db.queries import verdicts
from db.queries.verdicts import StoredVerdict
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, take_in
from worker.clock import new_id
from worker.scan import Scanner, open_scanner
from worker.settings import Settings

Scan = Callable[..., StoredVerdict]


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(update={"bundle": tiny_bundle})


@pytest.fixture(scope="module")
def scanner(settings: Settings) -> Iterator[Scanner]:
    made = open_scanner(settings, "host:1")
    yield made
    made.close()


@pytest.fixture
def scan(scanner: Scanner, sessions: Sessions, bucket: Bucket) -> Scan:
    """Uploads a gray picture of a level of 0 to 255, scans it, and gives the verdict."""

    def run(level: int, domain: str | None = None) -> StoredVerdict:
        key = f"{new_id()}.png"
        etag = bucket.put(key, encode(flat(80, 90, (level, level, level))))
        event = take_in(sessions, bucket.name, key, etag=etag, domain=domain)
        scanner.scan(event)
        verdict_id: UUID | None = standing(sessions, event).verdict_id
        assert verdict_id is not None
        with sessions() as session:
            found = verdicts.get(session, verdict_id)
        assert found is not None
        return found

    return run
