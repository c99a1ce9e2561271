"""``artgate rollout`` from the first look to the roll-back, with real bundles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.models.accounts import Role
from tests.bundles import make_bundle
from tests.worker.access.people import account
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions


@pytest.fixture
def admin(sessions: Sessions) -> str:
    """The name of an admin."""
    return account(sessions, Role.ADMIN)


def test_a_bundle_is_rolled_out_and_taken_back(
    artgate: Artgate, sessions: Sessions, admin: str, tmp_path: Path
) -> None:
    first, second = make_bundle(tmp_path, 0), make_bundle(tmp_path, 1)
    signed = ("--by", admin, "--reason", "tried in a test")
    assert artgate("bundle", "activate", first).status == 0, "the first one replaces nobody's"

    other = artgate("bundle", "activate", second)
    assert other.status != 0
    assert "another bundle judges: say who answers" in other.err

    looks_on = artgate("rollout", "shadow", second, *signed)
    assert "looks on at 100.0% of the uploads and scores the vectors that are measured anyway" in looks_on.out
    early = artgate("rollout", "promote", *signed)
    assert early.status != 0
    assert "artgate rollout canary" in early.err

    compared = artgate("rollout", "compare", "--out", tmp_path / "report")
    assert "nothing was compared" in compared.out
    assert (tmp_path / "report" / "rollout.html").exists()
    assert json.loads((tmp_path / "report" / "rollout.json").read_text("utf-8"))["domains"] == []

    assert "decides 10.0%" in artgate("rollout", "canary", "--share", "0.1", *signed).out
    assert "is held" in artgate("rollout", "hold", *signed).out
    assert "release it first" in artgate("rollout", "canary", "--share", "0.1", *signed).err
    assert "may become a canary again" in artgate("rollout", "release", *signed).out
    assert artgate("rollout", "canary", "--share", "0.5", *signed).status == 0
    assert "judges from the next scan on" in artgate("rollout", "promote", *signed).out

    states = {line["id"]: line["state"] for line in artgate("rollout", "status", "--format", "jsonl").lines}
    assert sorted(states.values()) == ["active", "retired"]
    back = artgate("rollout", "rollback", *signed)
    assert "was taken back" in back.out
    told = artgate("rollout", "status").out
    assert "tried in a test" in told
    assert "no SYNTHETIC verdict is put before people by lot" in told
    assert admin in told
    after = {line["id"]: line["state"] for line in artgate("rollout", "status", "--format", "jsonl").lines}
    assert after == {each: "retired" if state == "active" else "active" for each, state in states.items()}


@pytest.mark.parametrize("name", ["nobody", ""])
def test_a_name_that_is_nobodys_answers_for_nothing(artgate: Artgate, tmp_path: Path, name: str) -> None:
    refused = artgate("rollout", "shadow", make_bundle(tmp_path, 5), "--by", name, "--reason", "why")
    assert refused.status != 0
    assert "`artgate accounts list` shows them" in refused.err
    assert all(line["state"] != "shadow" for line in artgate("rollout", "status", "--format", "jsonl").lines)
