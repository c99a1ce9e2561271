"""Each study finds what was put into the numbers, and says so where they can't answer."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from detector.training.delivered import Delivered
from detector.training.studies import STUDIES, Findings, Material, feature_groups
from detector.training.studies.findings import Cell, Estimate
from detector.training.studies.material import Further
from detector.vector import VectorSchema
from tests.detector.training.studies.materials import (
    HANDCRAFTED,
    LEARNED,
    labels_of,
    material,
    numbers_of,
    rows,
)

LABELS, NUMBERS = labels_of(), numbers_of()


def study(name: str, given: Material) -> Findings:
    found = STUDIES[name].run(given, lambda _: None)
    json.dumps(found.as_json(), allow_nan=False)
    return found


def row(found: Findings, table: int, key: str, name: object) -> dict[str, Cell]:
    (wanted,) = (each for each in found.tables[table].rows if each[key] == name)
    return wanted


def value(cell: Cell) -> float:
    assert isinstance(cell, Estimate)
    assert cell.value is not None
    return cell.value


def test_leaving_the_signal_out_costs_and_leaving_noise_out_does_not() -> None:
    one_signal = rows(LABELS)
    one_signal[:, LEARNED] = rows(LABELS, seed=5, signal=0)[:, LEARNED]
    found = study("groups", material(rows=one_signal))
    lost = row(found, 0, "group", "without signal")["change"]
    assert isinstance(lost, Estimate)
    assert lost.high is not None
    assert lost.high < -20
    assert abs(value(row(found, 0, "group", "without noise")["change"])) < 5
    assert found.fits == 20


def test_putting_an_optional_signal_in_is_told_as_a_gain() -> None:
    silent = material(rows=rows(LABELS, signal=0))
    further = Further(
        name="optional",
        rows=np.where(LABELS, 1, -1)[:, None].astype(np.float32),
        groups={"told": np.array([0])},
    )
    whole = material(rows=silent.examples.rows, further={"optional": further})
    assert value(row(study("groups", whole), 0, "group", "with told")["change"]) > 30


def test_importance_goes_to_the_signals_and_to_their_kinds() -> None:
    found = study("importance", material())
    shares = [value(each["gain"]) for each in found.tables[0].rows]
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert value(row(found, 1, "group", "noise")["gain"]) < 0.2
    assert abs(value(row(found, 1, "group", "noise")["lost"])) < 3
    assert {each["number"] for each in found.tables[2].rows[:2]} == {"signal", "learned_one"}


def test_shuffling_the_only_signal_loses_the_ranking() -> None:
    alone = rows(LABELS)
    alone[:, LEARNED] = 0
    found = study("importance", material(rows=alone))
    assert value(row(found, 1, "group", "signal")["lost"]) > 30


def test_damage_to_handcrafted_numbers_leaves_the_learned_ones() -> None:
    places = np.flatnonzero(NUMBERS % 3 != 0)
    damaged = rows(LABELS)[places]
    damaged[:, HANDCRAFTED] = 0
    given = material(further={"deliveries": {"noise-30": Delivered(places=places, rows=damaged)}})
    found = study("perturbations", given)
    clean, after = (row(found, 0, "delivery", name) for name in ("clean", "noise-30"))
    assert after["pictures"] == len(places)
    assert value(clean["handcrafted"]) > 0.95
    assert value(after["handcrafted"]) < 0.7
    assert value(after["learned"]) > 0.95
    assert value(after["combined"]) < value(clean["combined"])


def test_a_backbone_that_does_not_see_one_generator_is_told_by_that_generator() -> None:
    other = rows(LABELS)[:, 3:]
    blind = NUMBERS == 1
    other[blind, 0] -= 3
    given = material(further={"backbone": Further(name="other", rows=other)})
    found = study("backbones", given)
    seen = row(found, 0, "generator", "g1")
    assert value(seen["own"]) > 0.95
    assert value(seen["other"]) < 0.7
    assert value(seen["difference"]) > 20
    assert abs(value(row(found, 0, "generator", "g3")["difference"])) < 3


def test_a_generator_like_no_other_is_the_hardest_when_it_is_left_out() -> None:
    odd = rows(LABELS)
    odd[NUMBERS == 7] = np.random.default_rng(9).normal(size=(12, 5))
    found = study("generators", material(rows=odd))
    told = found.tables[0].rows
    assert told[0]["generator"] == "g7"
    assert value(told[0]["auc"]) < 0.75
    assert value(told[1]["auc"]) > 0.9
    assert len(told) == 10


def test_more_generators_help_where_each_has_its_own_sign() -> None:
    """Each generator is seen in one of the two signals only."""
    seen = rows(LABELS)
    for generator in range(1, 20, 2):
        seen[generator == NUMBERS, HANDCRAFTED if generator % 4 == 1 else LEARNED] -= 3
    found = study("diversity", material(rows=seen))
    counts = [each["generators"] for each in found.tables[0].rows]
    assert counts == [1, 2, 4, 5]
    areas = [value(each["auc"]) for each in found.tables[0].rows]
    assert areas[-1] > areas[0] + 0.03


def test_what_means_the_opposite_in_art_does_not_carry_to_it() -> None:
    turned = rows(LABELS) - np.array([1.5, 0, 0, 1.5, 0], dtype=np.float32)
    art = NUMBERS // 2 % 2 == 1
    turned[art] *= np.array([-1, 1, 1, -1, 1], dtype=np.float32)
    found = study("transfer", material(rows=turned))
    told = row(found, 0, "learned", "photo")
    assert value(told["auc"]) < 0.3
    assert value(told["cost"]) < -10


def test_newer_generators_without_the_old_sign_are_missed() -> None:
    aged = rows(LABELS)
    newer = LABELS & (NUMBERS // 2 >= 5)
    aged[newer] = np.random.default_rng(4).normal(size=(int(newer.sum()), 5))
    found = study("dates", material(rows=aged))
    told = row(found, 0, "year", "2019")
    assert (told["older"], told["newer"]) == (60, 60)
    assert value(told["auc"]) < 0.7


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("backbones", {}),
        ("generators", {"generators": np.full(240, "")}),
        ("diversity", {"generators": np.full(240, "")}),
        ("dates", {"dates": np.full(240, "")}),
        ("transfer", {"domains": np.full(240, "photo")}),
    ],
)
def test_a_question_that_these_pictures_can_not_answer_says_what_it_needs(
    name: str, changes: dict[str, Any]
) -> None:
    found = study(name, material(**changes))
    assert not found.tables
    assert found.fits == 0
    assert found.unanswered.startswith("Needs ")


def test_feature_groups_hold_every_number_once() -> None:
    schema = VectorSchema(embedding="some/last/whole", embedding_length=7)
    found = feature_groups(schema)
    assert sorted(np.concatenate(list(found.values()))) == list(range(schema.length))
    assert list(found["embedding"]) == list(range(148, 155))
    assert len(found["gabor"]) == 18
