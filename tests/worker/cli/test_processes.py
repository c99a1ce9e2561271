"""The processes as they are run: they do their work and end in order."""

from __future__ import annotations

from pathlib import Path

from db.engine import make_engine, make_sessions
from db.models.events import EventState
from tests.worker.inbox import standing, take_in, wait_until
from tests.worker.running import artgate
from worker.settings import Settings


def test_the_sweeper_enqueues_what_was_committed_and_ends_on_sigterm(
    settings: Settings, database: str, tmp_path: Path
) -> None:
    engine = make_engine(database, pooled=False)
    event_id = take_in(make_sessions(engine), "art", "a.png")
    quick = settings.model_copy(update={"sweep_grace": 0.0, "sweep_interval": 0.05})
    with artgate("sweeper", quick, tmp_path) as sweeper:
        wait_until(
            lambda: standing(make_sessions(engine), event_id).state is EventState.QUEUED, "the sweeper"
        )
        assert sweeper.terminate(5) == 0


def test_a_relay_without_a_webhook_says_so_once_and_waits(settings: Settings, tmp_path: Path) -> None:
    with artgate("relay", settings, tmp_path) as relay:
        relay.wait_until_said("webhook_unset")
        assert relay.terminate(5) == 0
        assert relay.said("webhook_unset") == 1


def test_a_sweeper_waits_for_a_database_that_is_away(settings: Settings, tmp_path: Path) -> None:
    away = settings.model_copy(
        update={
            "database_url": type(settings.database_url)("postgresql://artgate:secret@127.0.0.1:9/artgate")
        }
    )
    with artgate("sweeper", away, tmp_path) as sweeper:
        sweeper.wait_until_said("database_away")
        assert sweeper.running
        assert sweeper.terminate(10) == 0
        assert "secret" not in (tmp_path / "sweeper.log").read_text()
