"""The worst errors come first, with grounds that can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detector import load_bundle
from detector.explanation import Explanation, explain
from tests.bundles import make_vouched_bundle
from tests.pictures import encode, painting
from worker.evaluation.offenders import reasons, thumbnail


@pytest.fixture(scope="module")
def explanation(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """Of a bright picture, which the bundle calls SYNTHETIC."""
    detector = load_bundle(make_vouched_bundle(tmp_path_factory.mktemp("bundle")))
    verdict = detector.detect(encode(painting(80, 80, 7) // 2 + 100))
    return explain(detector.bundle, verdict.vector, verdict)


def test_grounds_name_members_features_in_words_and_the_nearest_sources(explanation: Explanation) -> None:
    members, speaking, placed, nearest = reasons(explanation)
    assert members.startswith("Members: lightgbm 0.")
    assert speaking == "Speak for a generator: brightness."
    assert placed.startswith("Its mean_brightness (brightness) lies ")
    assert placed.endswith(" of people's pictures.")
    assert nearest.startswith("Nearest in the training: ")


def test_a_bundle_without_a_memory_has_fewer_grounds(explanation: Explanation) -> None:
    features = tuple(replace(each, place=None) for each in explanation.features)
    told = reasons(replace(explanation, neighbours=(), features=features))
    assert [line.split(":")[0] for line in told] == ["Members", "Speak for a generator"]


def test_a_thumbnail_is_small_and_carries_itself() -> None:
    data = thumbnail(painting(900, 1200))
    assert data.startswith("data:image/jpeg;base64,")
    assert len(data) < 30_000
