"""What a console reads ahead before anyone asks."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine
from db.queries import bundles
from detector import STARTER
from detector.bundle import read_bundle
from tests.worker.conftest import ScanGray
from tests.worker.inbox import Sessions
from worker.console.sources import Sources
from worker.console.warming import begin, warm_up
from worker.settings import Settings


def test_the_bundle_in_use_is_read_before_anyone_asks(
    settings: Settings, scan_gray: ScanGray, sources: Sources, sessions: Sessions
) -> None:
    scan_gray(131)
    begin(settings, sources, sessions).join(60)
    with sessions() as session:
        (used,) = bundles.registered(session)
    kept = sources.bundles.get(used.id, lambda: pytest.fail("it was not read"))
    assert kept.id == used.id


def test_before_a_worker_has_registered_one_the_bundle_of_the_settings_is_read(
    settings: Settings, new_database: Callable[[], str]
) -> None:
    engine = make_engine(new_database(), application="tests")
    makes = sessionmaker[Session](engine)
    fresh = Sources(settings, makes)
    warm_up(settings, fresh, makes)
    engine.dispose()
    awaited = read_bundle(settings.bundle or STARTER).id
    assert fresh.bundles.get(awaited, lambda: pytest.fail("it was not read")).id == awaited


def test_what_can_not_be_read_ahead_stops_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = make_engine("postgresql://artgate@127.0.0.1:1/none", application="tests")
    makes = sessionmaker[Session](nowhere)
    with caplog.at_level(logging.WARNING):
        warm_up(settings, Sources(settings, makes), makes)
    assert [record.message for record in caplog.records] == ["not_warmed_up"]
