"""The grounds of decisions: one list, told alike wherever it is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from db.models.review import Ground, HumanLabel
from detector.reasons import Reason
from tests.worker.review.conftest import refused
from worker.cli import queue
from worker.review import grounds

MANUAL = Path(__file__).parents[3] / "docs" / "console.md"


def test_every_ground_belongs_to_one_answer_and_has_words() -> None:
    listed = [ground for each in grounds.GROUNDS.values() for ground in each]
    assert sorted(listed) == sorted(Ground)
    assert set(grounds.GROUNDS) == set(HumanLabel)
    assert all(words for each in grounds.GROUNDS.values() for words in each.values())


def test_the_command_line_and_the_manual_know_them_all() -> None:
    codes = [ground.value for each in grounds.GROUNDS.values() for ground in each]
    assert list(get_args(queue.Ground)) == codes
    table = MANUAL.read_text().split("| answer | grounds |")[1].split("\n\n")[0]
    assert re.findall(r"`([a-z_]+)`", table) == codes


@pytest.mark.parametrize("label", list(HumanLabel))
@pytest.mark.parametrize("ground", list(Ground))
def test_a_ground_goes_with_its_own_answer_alone(label: HumanLabel, ground: Ground) -> None:
    if ground in grounds.GROUNDS[label]:
        grounds.check(label, ground)
    else:
        assert refused(lambda: grounds.check(label, ground)) is Reason.BAD_REQUEST
    grounds.check(label, None)
