"""Why a verdict is what it is: exact, whole, and in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.bundle import Bundle, read_bundle, write_bundle
from detector.detect import Detector
from detector.explanation import Explanation, explain
from detector.explanation.contributions import contributions
from detector.features.catalogue import ALL_GROUPS, schemas
from detector.features.words import GROUP_WORDS
from detector.policy import Label
from detector.reasons import Fault, Reason, Rejected
from detector.training.examples import Examples
from detector.training.members import fit_ensemble
from detector.training.recipe import Recipe
from detector.vector import Vector, VectorSchema
from tests.bundles import SCHEMA, contents, make_bundle, make_vouched_bundle, vouched_contents
from tests.memories import rows_of

EMBEDDED = VectorSchema(embedding="convnext_tiny.fb_in22k/last/whole+crop", embedding_length=12)
LEVELS = {Label.GENUINE: 0.2, Label.UNCERTAIN: 0.51, Label.SYNTHETIC: 0.9}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Looks at brightness only."""
    return read_bundle(make_vouched_bundle(tmp_path_factory.mktemp("bundle")))


@pytest.fixture(scope="module", params=[0, 4], ids=["whole", "components"])
def fitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Really fitted on vectors with an embedding of two views; once with principal components before it."""
    rows = rows_of(EMBEDDED.length)
    group = np.arange(len(rows)) % 10
    examples = Examples(
        rows=rows, labels=np.arange(len(rows)) % 4 >= 2, groups=group.astype(np.int64), handcrafted=148
    )
    recipe = Recipe(components=request.param, lightgbm_trees=15, forest_trees=3)
    ensemble = fit_ensemble(examples, recipe)
    folder = tmp_path_factory.mktemp("fitted")
    backbones = {"convnext_tiny.fb_in22k": "0" * 64}
    write_bundle(folder, replace(contents(), schema=EMBEDDED, ensemble=ensemble, backbones=backbones))
    return read_bundle(folder)


def bright(level: float, schema: VectorSchema = SCHEMA) -> Vector:
    """A vector of that mean brightness."""
    numbers = np.full(schema.length, 0.5)
    numbers[0] = level
    return Vector.of(schema, numbers)


def explained(bundle: Bundle, vector: Vector, veto: Any = None, **known: Any) -> Explanation:
    def no_picture(_: int) -> Any:
        raise Rejected(Reason.OBJECT_MISSING, "gone")

    detector = Detector(bundle, embedder=None, veto=veto)
    (verdict,) = detector.judge_stored([vector], no_picture, ["anime"])
    return explain(bundle, vector, verdict, **known)


def test_the_contributions_are_exact_they_add_up_to_what_lightgbm_says(fitted: Bundle) -> None:
    rows = rows_of(EMBEDDED.length, seed=5)
    said = fitted.ensemble.score(rows).members["lightgbm"]
    for row, probability in zip(rows, said, strict=True):
        parts = contributions(fitted, Vector.of(EMBEDDED, row))
        assert parts.total == pytest.approx(np.log(probability / (1 - probability)), abs=1e-6)


def test_a_number_that_no_tree_asks_for_moves_nothing(bundle: Bundle) -> None:
    parts = contributions(bundle, bright(0.9))
    assert parts.handcrafted[0] > 0
    assert not parts.handcrafted[1:].any()


def test_an_embedding_is_one_sum_by_view_or_whole_where_components_mix_the_views(fitted: Bundle) -> None:
    parts = contributions(fitted, Vector.of(EMBEDDED, rows_of(EMBEDDED.length)[0]))
    mixed = fitted.ensemble.seats["lightgbm"].projection is not None
    assert list(parts.embedding) == (["embedding"] if mixed else ["embedding (whole)", "embedding (crop)"])


@pytest.mark.parametrize("label", list(Label))
def test_the_strongest_number_comes_first_and_speaks_the_right_way(bundle: Bundle, label: Label) -> None:
    found = explained(bundle, bright(LEVELS[label]))
    assert found.label is label
    assert found.groups[0].name == "brightness"
    assert [group.contribution for group in found.groups] == sorted(
        (group.contribution for group in found.groups), key=lambda part: -abs(part)
    )
    signs = {Label.GENUINE: -1, Label.UNCERTAIN: 0, Label.SYNTHETIC: 1}
    assert np.sign(found.groups[0].contribution) == signs[label]
    assert sum(group.contribution for group in found.groups) + found.base == pytest.approx(
        contributions(bundle, bright(LEVELS[label])).total
    )


def test_a_value_stands_beside_those_of_people(bundle: Bundle) -> None:
    (feature,) = explained(bundle, bright(1000.0)).features
    assert (feature.name, feature.value, feature.unit, feature.place) == ("mean_brightness", 1000.0, "1", 1.0)


def test_what_a_picture_does_not_determine_has_no_value(bundle: Bundle) -> None:
    numbers = np.full(SCHEMA.length, 0.5)
    numbers[0] = np.nan
    (feature,) = explained(bundle, Vector.of(SCHEMA, numbers)).features
    assert (feature.value, feature.place) == (None, None)


def test_neighbours_and_what_is_known_come_from_the_memory(bundle: Bundle) -> None:
    assert bundle.memory is not None
    row = rows_of(SCHEMA.length)[2]
    vector = Vector.of(SCHEMA, row)
    found = explained(bundle, vector, sha256=bytes([2]) + bytes(31))
    assert found.neighbours[0].group == "ai-a"
    assert not found.unlike
    assert [known.group for known in found.known] == ["ai-a"]
    strange = explained(bundle, Vector.of(SCHEMA, bundle.memory.space.mean + 9.0), sha256=b"\xff" * 32)
    assert (strange.unlike, strange.known) == (True, ())


def test_a_bundle_without_a_memory_explains_what_it_can(tmp_path: Path) -> None:
    found = explained(read_bundle(make_bundle(tmp_path)), bright(0.9), sha256=bytes(32))
    assert (found.neighbours, found.usual, found.known, found.unlike) == ((), None, (), False)
    assert found.features[0].place is None
    assert found.warranty is None


def test_the_rate_of_the_verdict_comes_with_it(bundle: Bundle) -> None:
    found = explained(bundle, bright(0.9)).warranty
    assert found is not None
    assert (found.domain, found.measure) == ("anime", "human_called_synthetic")


class Opinionated:
    """A veto that would have to be shown a picture."""

    threshold = 0.5

    def probability(self, rgb: Any) -> float:
        raise AssertionError("there is no picture")


def test_each_step_of_the_policy_is_told(tmp_path: Path, bundle: Bundle) -> None:
    assert explained(bundle, bright(0.2)).policy[0].endswith("below 0.35: the scores say GENUINE.")
    assert len(explained(bundle, bright(0.2)).policy) == 1
    assert explained(bundle, bright(0.9)).policy[1] == "The bundle has no veto, so that stands."
    entry = {"backbone": "b", "weights_sha256": "0" * 64, "part": "veto.safetensors", "threshold": 0.5}
    given = replace(vouched_contents(), backbones={"b": "0" * 64}, veto=entry, veto_part=b"tuned")
    write_bundle(tmp_path, given)
    found = explained(read_bundle(tmp_path), bright(0.9), Opinionated())
    assert found.label is Label.UNCERTAIN
    assert (found.veto.asked, found.veto.overruled, found.veto.threshold) == (False, Label.SYNTHETIC, 0.5)
    assert "could not be asked (veto_unavailable)" in found.policy[1]


def test_all_of_it_is_json(bundle: Bundle) -> None:
    found = explained(bundle, bright(0.9))
    members = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert members["label"] == "SYNTHETIC"
    assert members["warranty"]["basis"] == "stated"
    assert [member["weight"] for member in members["members"]] == pytest.approx([0.4, 0.5, 0.1])
    assert members["unlike"] is found.unlike
    assert members["neighbours"][0]["distance"] == found.neighbours[0].distance


def test_only_its_own_bundle_explains_a_verdict(bundle: Bundle, tmp_path: Path) -> None:
    (verdict,) = Detector(bundle, embedder=None, veto=None).judge_stored([bright(0.2)], lambda _: None)  # type: ignore[arg-type,return-value]  # nothing asks for it
    with pytest.raises(ValueError, match="the bundle that gave it"):
        explain(read_bundle(make_bundle(tmp_path, seed=1)), bright(0.2), verdict)


def test_trees_that_can_not_be_explained_say_so(tmp_path: Path) -> None:
    given = contents()
    member: Any = given.ensemble.seats["lightgbm"].member
    bare = "\n".join(line for line in member.text.split("\n") if not line.startswith("label_index"))
    seats = dict(given.ensemble.seats)
    seats["lightgbm"] = replace(seats["lightgbm"], member=type(member).of(bare))
    write_bundle(tmp_path, replace(given, ensemble=type(given.ensemble)(seats, SCHEMA.length)))
    with pytest.raises(Fault, match="can't explain"):
        contributions(read_bundle(tmp_path), bright(0.2))


def test_every_group_of_features_has_words() -> None:
    groups = {group for schema in schemas(ALL_GROUPS) for group in schema.groups}
    assert set(GROUP_WORDS) == groups
    assert len(set(GROUP_WORDS.values())) == len(groups), "no two are called the same"
