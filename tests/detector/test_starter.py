"""The bundle that comes with artgate: whole, small, and worth its place on pictures that it has not seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detector import STARTER, Detector, Label, Vector, Verdict, load_bundle
from detector.bundle import CheckedRuntime, read_bundle
from detector.decode import decode
from detector.policy import Policy, Thresholds
from detector.reasons import Fault, Reason
from worker.weights.catalogue import packaged

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "samples").glob("*-*.*"))


@pytest.fixture(scope="module")
def starter() -> Detector:
    return load_bundle()


@pytest.fixture(scope="module")
def verdicts(starter: Detector) -> dict[str, Verdict]:
    return {path.stem: starter.detect(path.read_bytes()) for path in SAMPLES}


def test_it_is_small_enough_to_travel_with_the_code() -> None:
    assert sum(part.stat().st_size for part in STARTER.iterdir()) < 40e6


def test_its_weights_can_be_had_from_a_package() -> None:
    for backbone, sha256 in read_bundle(STARTER).weights.items():
        assert packaged(backbone=backbone, sha256=sha256) is not None


def test_it_has_a_veto_and_thresholds_that_bound_its_errors_on_unseen_sources(starter: Detector) -> None:
    metrics = starter.bundle.manifest["metrics"]
    assert starter.has_veto
    assert metrics["decision"]["thresholds"] == "solved"
    assert metrics["decision"]["gave_way"] == []
    assert metrics["human_called_synthetic"]["all"]["rate"] <= 0.01
    assert metrics["human_called_synthetic"]["anime"]["rate"] <= 0.02
    assert metrics["ai_called_genuine"]["all"]["rate"] <= 0.02


def test_it_ranks_the_samples_that_it_was_not_trained_on(verdicts: dict[str, Verdict]) -> None:
    assert len(verdicts) == 12
    made = [verdict.probability for name, verdict in verdicts.items() if name.startswith("ai-")]
    human = [verdict.probability for name, verdict in verdicts.items() if name.startswith("human-")]
    ordered = sum(one > other for one in made for other in human)
    assert ordered >= 0.9 * len(made) * len(human)


def test_it_accuses_no_sample_made_by_a_person(verdicts: dict[str, Verdict]) -> None:
    for name, verdict in verdicts.items():
        assert verdict.label is not Label.SYNTHETIC or name.startswith("ai-"), name


def test_its_veto_is_asked_about_would_be_synthetic_pictures_only(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        accused = verdict.probability >= verdict.thresholds.synthetic_from
        assert (verdict.veto.probability is not None) == accused
        assert verdict.veto.overruled is None or verdict.label is Label.UNCERTAIN
    assert any(verdict.veto.probability is not None for verdict in verdicts.values())


def test_its_veto_would_object_to_most_people_and_to_no_generator(starter: Detector) -> None:
    """Were all samples called SYNTHETIC by the scores."""
    accusing = Policy(thresholds=Thresholds(genuine_below=0, synthetic_from=0), prior=0.5)
    judge = load_bundle()
    judge.bundle = replace(starter.bundle, policy=accusing)
    objected = {path.stem: judge.detect(path.read_bytes()).veto.applied for path in SAMPLES}
    human = [applied for name, applied in objected.items() if name.startswith("human-")]
    assert sum(human) > len(human) / 2
    assert not any(applied for name, applied in objected.items() if name.startswith("ai-"))


def test_a_stored_vector_gets_the_verdict_of_its_picture(
    starter: Detector, verdicts: dict[str, Verdict]
) -> None:
    for path in SAMPLES[:3]:
        live = verdicts[path.stem]
        stored = Vector.from_bytes(starter.bundle.schema, *live.vector.to_bytes())
        again = starter.judge(decode(path.read_bytes()), stored)
        assert (again.label, again.probability, again.members) == (live.label, live.probability, live.members)


def test_it_computes_in_the_numbers_that_were_recorded_where_they_are_asked_for(starter: Detector) -> None:
    """Float32 is to be had on every machine, and hardly moves a probability."""
    exact = load_bundle(computing=CheckedRuntime(runtime="torch-cpu", precision="float32"))
    assert (exact.runtime, exact.precision) == ("torch-cpu", "float32")
    data = SAMPLES[0].read_bytes()
    assert exact.detect(data).probability == pytest.approx(starter.detect(data).probability, abs=0.1)


def test_a_runtime_that_is_not_here_is_a_fault() -> None:
    with pytest.raises(Fault) as refused:
        load_bundle(computing=CheckedRuntime(runtime="torch-abacus", precision="float32"))
    assert refused.value.reason is Reason.RUNTIME_UNAVAILABLE
