"""``artgate queue`` where the queue asks for a first opinion, on real PostgreSQL."""

from __future__ import annotations

from db.queries import policies
from tests.worker.cli.conftest import Artgate
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id

POLICY = {"queues": [{"name": "main", "hide_scores_until_opinion": True}]}


def test_an_operator_says_what_they_think_before_they_see_the_scores(
    artgate: Artgate, sessions: Sessions
) -> None:
    """The claim names the command; a decision before it is refused; the ground is taken with the decision."""
    with sessions.begin() as session:
        policies.append(session, POLICY)
        item = file_uncertain(session, "uploads", f"{new_id()}.png").item
    claimed = artgate("queue", "claim", item, "--as", "ann").out
    assert "0.75" not in claimed
    assert f"artgate queue opinion {item} genuine|synthetic|cannot_tell --lease 1" in claimed
    refused = artgate("queue", "decide", item, "genuine", "--lease", 1, "--as", "ann")
    assert (refused.status, refused.err.split()[-1]) == (3, "[opinion_needed]")
    shown = artgate("queue", "opinion", item, "cannot_tell", "--lease", 1, "--as", "ann").out
    assert "0.75" in shown
    wrong = artgate("queue", "decide", item, "genuine", "--ground", "anatomy", "--lease", 1, "--as", "ann")
    assert "choose one of handwork, process, camera, offered_evidence" in wrong.err
    given = ("--ground", "handwork", "--lease", 1, "--as", "ann", "--format", "jsonl")
    assert artgate("queue", "decide", item, "genuine", *given).lines[0]["decision"] == "GENUINE"
    listed = artgate("reviewer", "list", "--format", "jsonl").lines
    assert [each["first_opinions"] for each in listed if each["name"] == "ann"] == [1]
    assert [each["changed_towards_machine"] for each in listed if each["name"] == "ann"] == [0.0]
