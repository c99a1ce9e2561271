"""Moderators and operators on a running installation."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select

from db.models import Verdict, VerdictLabel
from tests.acceptance.conftest import Installation
from tests.bundles import make_bundle
from tests.pictures import encode, jpeg
from tests.worker.inbox import wait_until


def uncertain(seed: int) -> bytes:
    """Neither dark nor bright: the bundle of the tests doesn't know what to make of it."""
    grain = np.random.default_rng(seed).normal(131, 8, (96, 96, 3))
    return encode(np.clip(grain, 0, 255).astype(np.uint8))


@pytest.fixture
def item(installation: Installation, request: pytest.FixtureRequest) -> dict[str, Any]:
    """An item of the queue, opened by an upload."""
    key = f"{request.node.name}.png"
    told = installation.wait_until_told(installation.upload(key, uncertain(len(key)))).json
    assert told["verdict"] == "UNCERTAIN"
    waiting = installation.review("ann", "GET", "items").json()["items"]
    (found,) = [each for each in waiting if each["key"] == key]
    return dict(found)


def test_of_two_moderators_one_gets_the_item_and_the_platform_hears_of_what_both_say(
    installation: Installation, item: dict[str, Any]
) -> None:
    path = f"items/{item['id']}"
    claimed = installation.review("ann", "POST", f"{path}/claim")
    assert claimed.status_code == 200
    refused = installation.review("bob", "POST", f"{path}/claim")
    assert (refused.status_code, refused.json()["reason"]) == (409, "already_claimed")
    lease = claimed.json()["lease_number"]
    stolen = installation.review("bob", "POST", f"{path}/decide", lease_number=lease, decision="genuine")
    assert stolen.status_code == 409
    decided = installation.review("ann", "POST", f"{path}/decide", lease_number=lease, decision="synthetic")
    assert (decided.status_code, decided.json()["decision"]) == (200, None)
    assert installation.review("ann", "POST", f"{path}/claim").json()["reason"] == "conflict_of_interest"

    def second() -> bool:
        answer = installation.review("bob", "POST", f"{path}/claim")
        return answer.status_code == 200 and "SYNTHETIC" not in answer.text.replace(
            '"overruled":"SYNTHETIC"', ""
        )

    wait_until(second, "the time in which ann may take it back")
    assert decisions(installation, item) == []
    agreed = installation.review(
        "bob", "POST", f"{path}/decide", lease_number=lease + 1, decision="synthetic"
    )
    assert (agreed.json()["state"], agreed.json()["decision"]) == ("decided", "SYNTHETIC")
    wait_until(lambda: decisions(installation, item) == ["SYNTHETIC"], "the decision's message")


def decisions(installation: Installation, item: dict[str, Any]) -> list[str]:
    """What the platform has been told of decisions on an item."""
    told = (got.json for got in installation.platform.taken)
    return [each["label"] for each in told if each["type"] == "decision" and each["item_id"] == item["id"]]


def test_without_a_token_nobody_sees_the_queue(installation: Installation) -> None:
    assert installation.client.get("/v1/review/items").status_code == 401


def test_an_operator_decides_with_commands(installation: Installation, item: dict[str, Any]) -> None:
    jsonl = ("--format", "jsonl")
    listed = installation.operate("queue", "list", *jsonl)
    assert item["id"] in [line["id"] for line in listed.lines]
    claimed = installation.operate("queue", "claim", item["id"], "--as", "ann", *jsonl).lines[0]
    lease = claimed["lease_number"]
    late = installation.operate("queue", "decide", item["id"], "genuine", "--lease", lease + 1, "--as", "ann")
    assert (late.status, "[lease_lost]" in late.err) == (3, True)
    done = installation.operate("queue", "decide", item["id"], "genuine", "--lease", lease, "--as", "ann")
    assert done.status == 0
    story = installation.operate("show", f"s3://{item['bucket']}/{item['key']}", *jsonl).lines[0]
    assert [each["label"] for each in story["decisions"]] == ["GENUINE"]
    assert [each["label"] for each in story["verdicts"]] == ["UNCERTAIN"]


def test_another_bundle_judges_what_is_stored_and_goes_on_after_every_kill(
    installation: Installation, item: dict[str, Any], tmp_path: Path
) -> None:
    """The command is killed, and so is the worker's child: the same command goes on to the end."""
    ids = [installation.upload(f"stock/{n}.jpg", jpeg(64, 64, seed=n)) for n in range(6)]
    images = [UUID(installation.wait_until_told(event_id).json["image_id"]) for event_id in ids]
    bundle = make_bundle(tmp_path, seed=3)
    planned = installation.operate("rescore", "--bundle", bundle)
    assert (planned.status, "nothing was written" in planned.out) == (0, True)
    before = verdicts(installation, images)
    assert list(before.values()) == [1] * len(images)

    (child,) = installation.worker.children()
    os.kill(child, signal.SIGSTOP)
    with installation.begin("rescore", "--bundle", bundle, "--apply") as first:
        wait_until(lambda: backfills(installation) != [], "the beginning of the run")
        first.kill()
    with installation.begin("rescore", "--bundle", bundle, "--apply", "--format", "jsonl") as second:
        assert second.stderr is not None
        assert "going on with the run" in second.stderr.readline()
        os.kill(child, signal.SIGKILL)
        out, err = second.communicate(timeout=60)
    run = json.loads(out)
    assert (second.returncode, run["state"], run["failed"]) == (0, "done", 0), err
    assert list(verdicts(installation, images).values()) == [2] * len(images)
    again = installation.operate("queue", "show", item["id"], "--format", "jsonl").lines[0]
    assert again["state"] == item["state"], "no item is opened or closed"


def verdicts(installation: Installation, images: list[UUID]) -> dict[UUID, int]:
    """How many verdicts each image has."""
    counted = select(Verdict.image_id, func.count()).where(Verdict.image_id.in_(images))
    with installation.sessions() as session:
        rows = session.execute(counted.group_by(Verdict.image_id)).all()
    return {row[0]: row[1] for row in rows}


def backfills(installation: Installation) -> list[str]:
    """States of the backfills, as `artgate status` has them."""
    lines = installation.operate("status", "--format", "jsonl").lines
    return [line["which"] for line in lines if line["what"].startswith("backfill")]


def test_an_activated_bundle_judges_the_next_upload_without_a_restart(
    installation: Installation, tmp_path: Path
) -> None:
    before = installation.wait_until_told(installation.upload("before.jpg", jpeg(seed=50))).json
    bundle = make_bundle(tmp_path, seed=4)
    activated = installation.operate("bundle", "activate", bundle)
    assert activated.status == 0, activated.err
    after = installation.wait_until_told(installation.upload("after.jpg", jpeg(seed=51))).json
    assert after["bundle"] != before["bundle"]
    assert after["bundle"] in activated.out
    assert after["verdict"] in set(VerdictLabel)
    assert installation.worker.running


def test_a_first_stock_is_handed_in_with_one_command(installation: Installation) -> None:
    for number in range(3):
        installation.bucket.put(f"first/{number}.jpg", jpeg(64, 64, seed=60 + number))
    prefix = f"s3://{installation.bucket.name}/first/"
    assert installation.operate("submit", prefix, "--recursive").status == 0
    wait_until(lambda: len(keys_judged(installation, "first/")) == 3, "three verdicts")
    assert installation.operate("submit", prefix, "--recursive").status == 0
    assert len(keys_judged(installation, "first/")) == 3, "what is known is passed over"


def keys_judged(installation: Installation, prefix: str) -> list[str]:
    """Keys below a prefix that the platform has been told verdicts of."""
    told = (got.json for got in installation.platform.taken)
    return [each["key"] for each in told if each["type"] == "verdict" and each["key"].startswith(prefix)]


def test_the_doctor_finds_nothing_wrong_but_what_tests_do_without(installation: Installation) -> None:
    looked = installation.operate("doctor", "--format", "jsonl").lines
    areas = {line["area"] for line in looked}
    assert areas == {"settings", "machine", "database", "broker", "storage", "model", "hook", "console"}
    assert {line["subject"] for line in looked if line["health"] == "wrong"} <= {"durability"}
