"""``artgate known`` and ``artgate queue agreement``."""

from __future__ import annotations

from pathlib import Path

from tests.worker.cli.conftest import Artgate
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id

JSONL = ("--format", "jsonl")


def test_known_answers_are_added_asked_and_retired(
    artgate: Artgate, sessions: Sessions, tmp_path: Path
) -> None:
    """From the picture to what its answers say of who gave them."""
    assert "no answer is known" in artgate("known", "list").out
    assert "no item has two opinions" in artgate("queue", "agreement").out
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", f"{new_id()}.png")
    assert artgate("known", "add", filed.image, "genuine").err.endswith("[bad_request]\n")
    lease = artgate("queue", "claim", filed.item, "--as", "dee", *JSONL).lines[0]["lease_number"]
    artgate("queue", "decide", filed.item, "genuine", "--lease", lease, "--as", "dee")
    added = artgate("known", "add", filed.image, "genuine")
    assert "Nobody is asked yet" in added.out
    policy = tmp_path / "policy.yaml"
    policy.write_text("known_answer_share: 0.5\n")
    artgate("policy", "apply", policy)
    with sessions.begin() as session:
        for _ in range(40):
            file_uncertain(session, "uploads", f"{new_id()}.png")
    for who in ("ann", "bo"):
        for _ in range(20):
            claimed = artgate("queue", "claim", "--as", who, *JSONL).lines[0]
            if claimed["image"]["id"] == str(filed.image):
                lease = claimed["lease_number"]
                artgate("queue", "decide", claimed["id"], "genuine", "--lease", lease, "--as", who)
                break

    (listed,) = artgate("known", "list", *JSONL).lines
    assert (listed["asked"], listed["label"]) == (2, "GENUINE")
    lines = artgate("queue", "agreement", *JSONL).lines
    assert [line["what"] for line in lines] == [
        "Krippendorff's alpha",
        "Cohen's kappa",
        "known answers right",
        "known answers right",
    ]
    assert lines[2]["value"] == 1
    assert "ann" not in str(lines)
    assert "ann" in artgate("queue", "agreement").out
    assert artgate("known", "retire", listed["id"]).out == "it is asked no more\n"
    assert artgate("known", "retire", listed["id"]).status == 3
