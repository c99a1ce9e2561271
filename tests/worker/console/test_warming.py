"""What a console reads ahead before anyone asks."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine
from db.queries import bundles
from tests.worker.conftest import ScanGray
from tests.worker.inbox import Sessions
from worker.console.sources import Sources
from worker.console.warming import begin, warm_up
from worker.settings import Settings


def test_the_bundle_in_use_is_read_before_anyone_asks(
    scan_gray: ScanGray, sources: Sources, sessions: Sessions
) -> None:
    scan_gray(131)
    begin(sources, sessions).join(60)
    with sessions() as session:
        (used,) = bundles.registered(session)
    kept = sources.bundles.get(used.id, lambda: pytest.fail("it was not read"))
    assert kept.id == used.id


def test_what_can_not_be_read_ahead_stops_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = make_engine("postgresql://artgate@127.0.0.1:1/none", application="tests")
    makes = sessionmaker[Session](nowhere)
    with caplog.at_level(logging.WARNING):
        warm_up(Sources(settings, makes), makes)
    assert [record.message for record in caplog.records] == ["not_warmed_up"]
