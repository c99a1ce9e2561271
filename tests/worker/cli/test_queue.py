"""``artgate queue`` on real PostgreSQL."""

from __future__ import annotations

import pytest

from tests.worker.cli.conftest import Artgate
from tests.worker.filing import WARRANTY, Filed, file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id

JSONL = ("--format", "jsonl")


@pytest.fixture
def filed(sessions: Sessions) -> Filed:
    """The most urgent item so far."""
    with sessions.begin() as session:
        return file_uncertain(session, "uploads", f"{new_id()}.png", priority=float(new_id().int >> 80))


def test_an_item_goes_from_the_list_to_its_decision(artgate: Artgate, filed: Filed) -> None:
    """List, claim, show, decide: what an operator types, in that order."""
    listed = artgate("queue", "list", *JSONL)
    assert listed.lines[0]["id"] == str(filed.item)
    claimed = artgate("queue", "claim", filed.item, "--as", "ann", *JSONL).lines[0]
    assert (claimed["id"], claimed["claimed_by"]) == (str(filed.item), "ann")
    assert claimed["evidence"]["members"] == {"lightgbm": 0.6, "svm": 0.8, "random_forest": 0.7}
    assert claimed["evidence"]["veto"] == {"applied": True, "probability": 0.2, "overruled": "SYNTHETIC"}
    assert claimed["evidence"]["warranty"] == WARRANTY
    assert "30 of 100 unseen photo pictures were left to people" in artgate("queue", "show", filed.item).out
    lease = claimed["lease_number"]
    decided = artgate("queue", "decide", filed.item, "genuine", "--lease", lease, "--as", "ann", *JSONL)
    assert decided.lines[0]["decision"] == "GENUINE"
    assert artgate("queue", "show", filed.item, *JSONL).lines[0]["state"] == "decided"


def test_an_outdated_lease_is_one_sentence_and_status_3(artgate: Artgate, filed: Filed) -> None:
    """A script can tell a refusal from a fault."""
    lease = artgate("queue", "claim", filed.item, "--as", "ann", *JSONL).lines[0]["lease_number"]
    artgate("queue", "release", filed.item, "--lease", lease, "--as", "ann")
    refused = artgate("queue", "decide", filed.item, "synthetic", "--lease", lease, "--as", "ann")
    assert refused.status == 3
    assert refused.err.startswith("artgate: ")
    assert refused.err.endswith("[lease_lost]\n")


def test_a_claimed_item_is_set_aside_with_a_word_of_why(artgate: Artgate, filed: Filed) -> None:
    """Skipped, given to a colleague who was registered, put on hold by her."""
    artgate("reviewer", "set", "mika", "--skill", "anime", "--language", "ja")

    def lease(who: str) -> int:
        number: int = artgate("queue", "claim", filed.item, "--as", who, *JSONL).lines[0]["lease_number"]
        return number

    skipped = artgate(
        "queue", "skip", filed.item, "--lease", lease("ann"), "--as", "ann", "--why", "not mine", *JSONL
    )
    assert skipped.lines[0]["state"] == "open"
    given = artgate("queue", "give", filed.item, "mika", "--lease", lease("ann"), "--as", "ann")
    assert (given.status, "mika" in given.out) == (0, True)
    held = artgate(
        *("queue", "hold", filed.item, "--lease", lease("mika"), "--as", "mika"),
        *("--hours", 2, "--why", "asked", *JSONL),
    )
    assert held.lines[0]["assigned_to"] == "mika"
    assert artgate("queue", "claim", filed.item, "--as", "ann").err.endswith("[reserved]\n")


def test_a_decision_says_what_follows_and_is_taken_back(artgate: Artgate, filed: Filed) -> None:
    """A second reviewer, the platform, or the reviewer themselves."""

    def decide(decision: str, lease: int) -> str:
        return artgate("queue", "decide", filed.item, decision, "--lease", lease, "--as", "ann").out

    first = artgate("queue", "claim", filed.item, "--as", "ann", *JSONL).lines[0]["lease_number"]
    assert "Another reviewer is asked" in decide("synthetic", first)
    taken = artgate("queue", "undo", filed.item, "--lease", first, "--as", "ann", *JSONL).lines[0]
    assert (taken["state"], taken["lease_number"]) == ("claimed", first + 1)
    assert "The platform is told" in decide("genuine", first + 1)
    assert artgate("queue", "undo", filed.item, "--lease", first, "--as", "ann").err.endswith("[undo_over]\n")
    story = artgate("show", filed.item, *JSONL).lines[0]["decisions"]
    assert [(each["label"], each["taken_back"]) for each in story] == [
        ("GENUINE", False),
        ("SYNTHETIC", True),
    ]


def test_near_duplicates_are_shown_and_decided_with_the_item(artgate: Artgate, sessions: Sessions) -> None:
    """And are told as citing it."""
    alike = {"perceptual_hash": -42, "hash_contrast": 30.0}
    with sessions.begin() as session:
        lead, near = (file_uncertain(session, "uploads", f"{new_id()}.png", **alike).item for _ in range(2))
    assert artgate("queue", "near", lead, "--as", "ann", *JSONL).lines[0]["id"] == str(near)
    lease = artgate("queue", "claim", lead, "--as", "ann", *JSONL).lines[0]["lease_number"]
    artgate("queue", "decide", lead, "genuine", "--lease", lease, "--as", "ann", "--also", near)
    shown = artgate("queue", "show", near, *JSONL).lines[0]
    assert (shown["state"], shown["decision"], shown["automatic"]) == ("decided", "GENUINE", False)
    assert "repeats decision" in artgate("queue", "show", near).out
    assert artgate("queue", "near", lead, "--as", "bo").out == "nothing that waits is near it\n"


def test_a_list_of_nothing_says_of_what(artgate: Artgate, filed: Filed) -> None:
    """Nothing of one kind is not nothing at all."""
    assert artgate("queue", "list", "--state", "withdrawn").out == "no such item\n"


def test_tables_say_how_to_go_on(artgate: Artgate, filed: Filed) -> None:
    """A claim on a terminal ends with the command that decides it; times are not cut off."""
    claimed = artgate("queue", "claim", filed.item, "--as", "ann")
    lease = artgate("queue", "show", filed.item, *JSONL).lines[0]["lease_number"]
    assert f"artgate queue decide {filed.item} genuine|synthetic|cannot_tell --lease {lease}" in claimed.out
    renewed = artgate("queue", "renew", filed.item, "--lease", lease, "--as", "ann")
    assert str(filed.item) in renewed.out


def test_show_tells_the_whole_story_by_any_name(artgate: Artgate, filed: Filed) -> None:
    """By address, image, event and item: the same dossier."""
    by_image = artgate("show", filed.image, *JSONL).lines[0]
    assert [verdict["id"] for verdict in by_image["verdicts"]] == [str(filed.verdict)]
    assert [item["id"] for item in by_image["review"]] == [str(filed.item)]
    address = f"s3://{by_image['bucket']}/{by_image['key']}"
    for name in (address, filed.event, filed.item):
        assert artgate("show", name, *JSONL).lines[0] == by_image
    assert "UNCERTAIN" in artgate("show", address).out


def test_show_of_an_unknown_picture_is_refused(artgate: Artgate) -> None:
    """Nothing known is said as such."""
    for name in (new_id(), "s3://uploads/never"):
        assert artgate("show", name).err.endswith("[not_found]\n")
    assert artgate("show", "what").status == 2


def test_status_counts_what_waits(artgate: Artgate, filed: Filed) -> None:
    """Events, review and outbox, and the broker's queues."""
    lines = artgate("status", *JSONL).lines
    counts = {(line["what"], line["which"]): line["count"] for line in lines}
    assert counts["events waiting", "received, queue scan"] >= 1
    assert counts["review", "open, uncertain"] >= 1
    assert counts["messages", "scan"] == 0
    assert counts["outbox", "given up"] == 0
    assert "events waiting" in artgate("status").out
