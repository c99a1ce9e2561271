"""``artgate policy`` and ``artgate reviewer``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worker.cli.conftest import Artgate

POLICY = """
queues:
  - name: main
  - name: anime
    skills: [anime]
    service_level_hours: 4
routes:
  - {queue: anime, domain: [anime, illustration]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy."""
    made = tmp_path / "policy.yaml"
    made.write_text(POLICY)
    return made


def test_what_is_shown_can_be_edited_and_applied(artgate: Artgate, file: Path, tmp_path: Path) -> None:
    """The default is a file to begin with; each policy that is applied has a number."""
    shown = artgate("policy", "show")
    assert shown.out.startswith("# the default policy")
    (tmp_path / "default.yaml").write_text(shown.out)
    assert artgate("policy", "check", tmp_path / "default.yaml").out == "queues main; 0 routes\n"

    assert artgate("policy", "check", file).out == "queues main, anime; 1 route\n"
    first = artgate("policy", "apply", file).out.splitlines()
    assert first[0] == "policy 1 is in force: queues main, anime; 1 route"
    assert "artgate reviewer set" in first[1]
    assert "no reviewer was described" in artgate("reviewer", "list").out
    artgate("reviewer", "set", "sen", "--senior")
    assert artgate("policy", "show").out.startswith("# policy 1\n")
    assert artgate("policy", "apply", file).out == "policy 2 is in force: queues main, anime; 1 route\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("queues: [", "neither YAML nor JSON"),
        ("- a", "no mapping"),
        ("routes: [{queue: nowhere}]", "no queue is named nowhere"),
        ("rules: {}", "rules"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_a_sentence(
    artgate: Artgate, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)

    refused = artgate("policy", "apply", file)

    assert refused.status == 3
    assert said in refused.err
    assert refused.err.endswith("[policy_invalid]\n")
    assert refused.err.count("\n") == 1


def test_reviewers_are_described_and_listed(artgate: Artgate) -> None:
    """Described twice, the second word counts."""
    artgate("reviewer", "set", "mika", "--skill", "anime", "--senior")
    artgate("reviewer", "set", "mika", "--skill", "anime", "--skill", "photo", "--account", "mika-paints")

    listed = artgate("reviewer", "list", "--format", "jsonl").lines[0]

    assert listed == {
        "name": "mika",
        "skills": ["anime", "photo"],
        "languages": [],
        "accounts": ["mika-paints"],
        "senior": False,
        "first_opinions": 0,
        "changed_towards_machine": None,
    }
    assert "anime, photo" in artgate("reviewer", "list").out
    assert artgate("reviewer", "set", " ").err.endswith("[bad_request]\n")
