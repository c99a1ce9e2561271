"""Reasons, asked for over the API and told by the webhook."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from db.models import HumanLabel, VerdictLabel
from tests.db import factories
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, decided, fresh_key, refused
from tests.worker.receiver import receiver
from tests.worker.relaying import deliver
from worker.clock import new_id
from worker.relay import Relay
from worker.settings import Settings


def relayed(sessions: Sessions, delivery: Any) -> dict[str, Any]:
    """What the webhook is told in one delivery."""
    with receiver() as platform:
        relay = Relay(Settings(webhook_url=platform.url, webhook_secret=SecretStr("s")), sessions=sessions)
        deliver(relay)
        relay.close()
        (told,) = [got.json for got in platform.requests if got.json["delivery"] == str(delivery)]
    return told


def test_a_synthetic_decision_is_told_with_its_reasons_and_they_can_be_asked_for(
    client: Web, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    assert refused(client.get(f"/v1/images/{filed.image}/statement")) == (404, "not_found")
    decision = decided(sessions, filed.item, HumanLabel.SYNTHETIC)

    told = relayed(sessions, decision)["statement"]

    assert told == client.get(f"/v1/statements/{decision}").json() | {
        name: told[name] for name in ("decided_at", "uploaded_at")
    }
    assert client.get(f"/v1/images/{filed.image}/statement").json()["id"] == str(decision)
    assert "A person looked at it and found that it was made by a generator." in told["facts"]
    assert told["automated_decision"] == "partially"
    assert "appeal" in told["redress"]


def test_another_decision_is_told_without_reasons(client: Web, sessions: Sessions) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    decision = decided(sessions, filed.item, HumanLabel.GENUINE)
    assert "statement" not in relayed(sessions, decision)
    assert refused(client.get(f"/v1/statements/{decision}")) == (404, "not_found")


def test_a_verdict_that_people_overturned_has_reasons_no_more_for_its_picture(
    client: Web, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        image = factories.image(session)
        verdict = factories.verdict(session, image, label=VerdictLabel.SYNTHETIC)
        item = factories.item(session, image_id=image)
    decided(sessions, item, HumanLabel.GENUINE)
    assert refused(client.get(f"/v1/images/{image}/statement")) == (404, "not_found")
    assert client.get(f"/v1/statements/{verdict}").json()["automated_decision"] == "fully"


def test_what_never_was_has_no_reasons(client: Web) -> None:
    assert refused(client.get(f"/v1/statements/{new_id()}")) == (404, "not_found")
    assert refused(client.get(f"/v1/images/{new_id()}/statement")) == (404, "not_found")
