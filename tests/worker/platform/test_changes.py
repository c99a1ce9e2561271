"""Changes since a cursor, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import update

from db.base import db_after, db_now
from db.models import HumanLabel, Message, MessageKind, MessageState
from db.queries import outbox, retention
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, decided, fresh_key, refused
from worker.clock import new_id
from worker.settings import Settings


def written(sessions: Sessions, count: int) -> list[str]:
    """Messages of as many objects; their ids."""
    ids = [new_id() for _ in range(count)]
    with sessions.begin() as session:
        for each in ids:
            outbox.add(session, each, f"uploads/{each}", MessageKind.VERDICT, {"verdict": "GENUINE"})
    return [str(each) for each in ids]


def follow(client: Web, after: int, limit: int = 100) -> list[Any]:
    """All pages from a cursor on; the cursor of the last stands for it."""
    pages = [client.get("/v1/changes", params={"after": after, "limit": limit}).json()]
    while pages[-1]["more"]:
        pages.append(client.get("/v1/changes", params={"after": pages[-1]["next"], "limit": limit}).json())
    return pages


def test_a_reader_that_comes_back_with_its_cursor_sees_each_change_once(
    client: Web, sessions: Sessions
) -> None:
    begin = follow(client, 0)[-1]["next"]
    first = written(sessions, 5)

    pages = follow(client, begin, limit=2)
    second = written(sessions, 1)
    later = follow(client, pages[-1]["next"])

    assert [len(page["changes"]) for page in pages] == [2, 2, 1]
    assert [each["delivery"] for page in pages for each in page["changes"]] == first
    assert [each["delivery"] for page in later for each in page["changes"]] == second
    assert client.get("/v1/changes", params={"after": later[-1]["next"]}).json() == {
        "changes": [],
        "next": later[-1]["next"],
        "more": False,
    }


def test_a_decision_is_a_change_in_the_words_of_the_webhook(client: Web, sessions: Sessions) -> None:
    begin = follow(client, 0)[-1]["next"]
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    decision = decided(sessions, filed.item, HumanLabel.GENUINE)

    (change,) = client.get("/v1/changes", params={"after": begin}).json()["changes"]

    assert (change["type"], change["delivery"]) == ("decision", str(decision))
    assert change["data"]["label"] == "GENUINE"
    assert change["data"]["item_id"] == str(filed.item)


def test_a_cursor_of_another_database_is_refused(client: Web) -> None:
    """Else a reader would wait for ever behind a restored backup."""
    assert refused(client.get("/v1/changes", params={"after": 10**9})) == (404, "not_found")


def test_a_token_that_asks_too_often_is_told_when_to_come_back(
    settings: Settings, new_client: Callable[[Settings], Web]
) -> None:
    slow = new_client(settings.model_copy(update={"api_per_second": 0.01, "api_burst": 2}))
    headers = {"Authorization": "Bearer of the platform "}  # the same token, counted apart
    answers = [slow.get("/v1/changes", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert refused(answers[-1]) == (429, "rate_limited")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 100


def test_who_may_not_ask_draws_from_nobodys_bucket(
    settings: Settings, new_client: Callable[[Settings], Web]
) -> None:
    slow = new_client(settings.model_copy(update={"api_per_second": 0.01, "api_burst": 1}))
    answers = [slow.get("/v1/changes", headers={"Authorization": "Bearer wrong"}) for _ in range(3)]
    assert [refused(answer) for answer in answers] == [(401, "bad_signature")] * 3


def test_a_cursor_that_has_not_come_past_what_was_deleted_is_told_so(client: Web, sessions: Sessions) -> None:
    ids = written(sessions, 4)
    pages = [client.get("/v1/changes", params={"after": 0, "limit": 500}).json()]
    numbers = [change["number"] for change in pages[0]["changes"] if change["delivery"] in ids]
    with sessions.begin() as session:
        told = {"state": MessageState.DELIVERED, "delivered_at": db_after(-10), "spread_at": db_now()}
        of_these = update(Message).where(Message.id.in_([UUID(each) for each in ids[:2]]))
        session.execute(of_these.values(**told, created_at=db_after(-10)))
    with sessions.begin() as session:
        time.sleep(0.01)  # ids are told apart by milliseconds
        assert retention.forget_messages(session, older_seconds=0.005, limit=10) == 2
    missed = client.get("/v1/changes", params={"after": numbers[0]})
    assert refused(missed) == (410, "cursor_too_old")
    assert "after=0" in missed.json()["detail"]
    for after in (0, numbers[1]):
        left = client.get("/v1/changes", params={"after": after, "limit": 500}).json()["changes"]
        assert [change["delivery"] for change in left if change["delivery"] in ids] == ids[2:]
