"""``artgate webhooks``: endpoints from their adding to their removal."""

from __future__ import annotations

import pytest

from db.engine import make_engine, make_sessions
from tests.worker.cli.conftest import Artgate
from tests.worker.receiver import receiver
from tests.worker.relaying import deliver, tell
from worker.relay import Relay
from worker.settings import Settings


def send(settings: Settings) -> None:
    """A message, and all that is due."""
    engine = make_engine(settings.database_url.get_secret_value())
    sessions = make_sessions(engine)
    tell(sessions, verdict="GENUINE")
    relay = Relay(settings, sessions=sessions)
    deliver(relay)
    relay.close()
    engine.dispose()


def test_an_endpoint_lives_from_its_adding_to_its_removal(artgate: Artgate, settings: Settings) -> None:
    assert "nobody is told" in artgate("webhooks", "list").out
    with receiver() as platform:
        added = artgate("webhooks", "add", "shop", platform.url, "--event", "verdict", "--allow", "127.0.0.1")
        assert added.out.startswith("whsec_")
        assert "shown this once" in added.err
        rotated = artgate("webhooks", "rotate", "shop")
        assert rotated.out != added.out
        send(settings)
        assert len(platform.taken) == 1
        assert (
            "1 message is queued again"
            in artgate("webhooks", "replay", "shop", "--since", "2020-01-01T00:00:00").out
        )
    (row,) = artgate("webhooks", "list", "--format", "jsonl").lines
    assert (row["name"], row["keys"], row["pending"], row["state"]) == ("shop", 2, 1, "on")
    assert added.out.strip() not in str(row)
    (line,) = artgate("webhooks", "log", "shop", "--format", "jsonl").lines
    assert (line["outcome"], line["status"]) == ("delivered", 200)
    assert "no such line" in artgate("webhooks", "log", "settings").out
    assert "nothing more" in artgate("webhooks", "disable", "shop").out
    assert "again" in artgate("webhooks", "enable", "shop").out
    assert "removed" in artgate("webhooks", "remove", "shop").out
    assert artgate("webhooks", "list", "--format", "jsonl").lines == []


@pytest.mark.parametrize("command", ["rotate", "disable", "enable", "remove", "replay", "log"])
def test_an_unknown_endpoint_is_one_sentence(artgate: Artgate, command: str) -> None:
    refused = artgate("webhooks", command, "nobody")
    assert (refused.status, refused.out) == (3, "")
    assert "there is no webhook endpoint 'nobody'; `artgate webhooks list` names them" in refused.err
