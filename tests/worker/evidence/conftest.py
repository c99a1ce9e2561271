"""Verdicts that a real scanner has written, of real objects."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.queries import verdicts
from db.queries.verdicts import StoredVerdict
from tests.worker.conftest import ScanGray
from tests.worker.inbox import Sessions

Scan = Callable[..., StoredVerdict]


@pytest.fixture
def scan(scan_gray: ScanGray, sessions: Sessions) -> Scan:
    """Uploads a gray picture of a level of 0 to 255, scans it, and gives the verdict."""

    def run(level: int, domain: str | None = None) -> StoredVerdict:
        verdict_id = scan_gray(level, domain).verdict_id
        assert verdict_id is not None
        with sessions() as session:
            found = verdicts.get(session, verdict_id)
        assert found is not None
        return found

    return run
