"""What holds of a picture, asked by image, event and object."""

from __future__ import annotations

import pytest

from db.models import HumanLabel, VerdictOrigin
from tests.db import factories
from tests.worker.filing import file_event, file_image, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, decided, finish, fresh_key, refused
from worker.clock import new_id


def test_the_three_ways_to_ask_for_a_verdict_give_the_same(client: Web, sessions: Sessions) -> None:
    key = fresh_key()
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", key, probability=0.5)
        finish(session, filed)

    by_image = client.get(f"/v1/images/{filed.image}/verdict").json()
    by_event = client.get(f"/v1/events/{filed.event}/verdict").json()
    by_object = client.get("/v1/objects/verdict", params={"bucket": "uploads", "key": key}).json()

    assert by_image["image_id"] == str(filed.image)
    assert (by_image["label"], by_image["by"], by_image["decision"]) == ("UNCERTAIN", "machine", None)
    assert by_image["verdict"]["id"] == str(filed.verdict)
    assert by_image == by_event == by_object


def test_a_persons_decision_holds_against_the_machines_verdict(client: Web, sessions: Sessions) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    decision = decided(sessions, filed.item, HumanLabel.GENUINE)

    told = client.get(f"/v1/images/{filed.image}/verdict").json()

    assert (told["label"], told["by"]) == ("GENUINE", "person")
    assert told["decision"]["id"] == str(decision)
    assert told["verdict"]["label"] == "UNCERTAIN"
    assert "ann" not in str(told)


def test_a_decision_that_can_still_be_taken_back_holds_for_nobody_outside(
    client: Web, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    decided(sessions, filed.item, HumanLabel.SYNTHETIC, undo_seconds=60)

    assert client.get(f"/v1/images/{filed.image}/verdict").json()["label"] == "UNCERTAIN"
    entries = client.get(f"/v1/images/{filed.image}/history").json()["entries"]
    assert [entry["decision"] for entry in entries] == [None]


def test_a_backfills_verdict_is_in_the_history_and_holds_for_nobody(client: Web, sessions: Sessions) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
        again = factories.verdict(session, filed.image, origin=VerdictOrigin.BACKFILL)

    assert client.get(f"/v1/images/{filed.image}/verdict").json()["verdict"]["id"] == str(filed.verdict)
    entries = client.get(f"/v1/images/{filed.image}/history").json()["entries"]
    assert {entry["verdict"]["id"] for entry in entries} == {str(filed.verdict), str(again)}


def test_an_objects_newest_version_speaks_unless_another_is_named(client: Web, sessions: Sessions) -> None:
    key = fresh_key()
    with sessions.begin() as session:
        first = file_uncertain(session, "uploads", key, etag="one")
    with sessions.begin() as session:
        second = file_image(session, "uploads", key, etag="two")
        factories.verdict(session, second)
    where = {"bucket": "uploads", "key": key}

    assert client.get("/v1/objects/verdict", params=where).json()["image_id"] == str(second)
    older = client.get("/v1/objects/verdict", params=where | {"version": "one"}).json()
    assert older["image_id"] == str(first.image)
    entries = client.get("/v1/objects/history", params=where).json()["entries"]
    assert {entry["image_id"] for entry in entries} == {str(first.image), str(second)}


def test_a_history_comes_page_by_page_without_gaps_or_repeats(client: Web, sessions: Sessions) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
        for _ in range(4):
            factories.verdict(session, filed.image, origin=VerdictOrigin.BACKFILL)
    decided(sessions, filed.item, HumanLabel.GENUINE)
    path = f"/v1/images/{filed.image}/history"
    everything = client.get(path).json()["entries"]

    pages, after = [], None
    while True:
        page = client.get(path, params={"limit": 2} | ({} if after is None else {"after": after})).json()
        pages += page["entries"]
        after = page["next"]
        if after is None:
            break

    assert pages == everything
    assert len(everything) == 6


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/images/{id}/verdict", (404, "not_found")),
        ("/v1/images/{id}/history", (404, "not_found")),
        ("/v1/events/{id}/verdict", (404, "not_found")),
        ("/v1/objects/verdict?bucket=uploads&key=never", (404, "not_found")),
        ("/v1/objects/history?bucket=uploads&key=never", (404, "not_found")),
        ("/v1/objects/verdict?bucket=uploads", (422, "bad_request")),
        ("/v1/objects/verdict?bucket=uploads&key=%00", (422, "bad_request")),
        ("/v1/images/no-id/verdict", (422, "bad_request")),
    ],
)
def test_what_is_not_there_or_does_not_fit_is_refused(
    client: Web, path: str, expected: tuple[int, str]
) -> None:
    assert refused(client.get(path.format(id=new_id()))) == expected


def test_a_picture_that_was_never_judged_has_no_verdict(client: Web, sessions: Sessions) -> None:
    key = fresh_key()
    with sessions.begin() as session:
        file_event(session, "uploads", key)
        image = file_image(session, "uploads", key)
    assert refused(client.get(f"/v1/images/{image}/verdict")) == (404, "not_found")


@pytest.mark.parametrize(
    "word", ["x", "bm90IGpzb24", "WyJub3QgYSB0aW1lIiwgMV0", "WyIyMDI2LTAxLTAxIiwgIjEiXQ"]
)
def test_a_page_that_we_never_gave_is_unknown(client: Web, sessions: Sessions, word: str) -> None:
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
    path = f"/v1/images/{filed.image}/history"
    assert refused(client.get(path, params={"after": word})) == (404, "not_found")
