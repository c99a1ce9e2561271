"""The code of the release before runs on this release's schema, as it must while one is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrations import runner
from tests.previous import release
from tests.previous.release import unpack
from tests.servers import Bucket, settings_for
from tests.worker.running import environment

_ROAD = Path(__file__).with_name("road.py")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the release before."""
    return unpack(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def seen(
    before: Path, database: str, broker_url: str, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What its code did and read on a database that this release has migrated."""
    settings = settings_for(
        database=database,
        broker=broker_url,
        bucket=bucket,
        hook_secrets=("of the hook",),
        hook_tokens=("of the platform",),
        moderator_tokens={"ann": "of ann"},
        review_undo_seconds=0.1,
        decode_memory=2 << 30,
    )
    folder = tmp_path_factory.mktemp("road")
    run = subprocess.run(
        [sys.executable, "-P", str(_ROAD), str(folder)],
        cwd=before,
        env=environment(settings) | {"PYTHONPATH": str(before), "ARTGATE_WEBHOOK_LOG_KEPT": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,  # a tree that was just unpacked compiles its loops anew
    )
    assert run.returncode == 0, run.stderr[-4000:]
    read: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return read


def test_it_is_the_code_of_the_release_before_that_runs(before: Path, seen: dict[str, Any]) -> None:
    assert Path(seen["code"]) == before
    assert release.SCHEMA in runner.revisions()[1:], "this release has migrations that it does not know"
    assert f'revision = "{release.SCHEMA}"' in "".join(
        file.read_text() for file in (before / "migrations" / "versions").glob("v*.py")
    )


def test_its_hook_calls_itself_ready_and_what_it_takes_in_is_judged(seen: dict[str, Any]) -> None:
    assert (seen["ready"], seen["states"]) == (200, ["done"] * 3)


def test_its_reviewers_claim_and_decide(seen: dict[str, Any]) -> None:
    assert seen["decision"] == "GENUINE"


def test_its_relay_tells_both_receivers_and_keeps_its_log(seen: dict[str, Any]) -> None:
    assert (seen["told"], seen["log"]) == (8, ["other"] * 4 + ["settings"] * 4)
    assert seen["left"] == 0, "lines are forgotten when their time is over"


def test_its_changes_are_numbered_without_a_gap_and_its_audit_log_holds(seen: dict[str, Any]) -> None:
    assert (seen["changes"], seen["audit"]) == ([1, 2, 3, 4], [])
