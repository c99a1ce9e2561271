"""A stored verdict computed again: the same, or with its cause."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from db.models import VerdictOrigin
from db.queries.verdicts import StoredVerdict
from detector.bundle import read_bundle, write_bundle
from detector.detect import Detector
from detector.policy import Label
from detector.vector import Vector
from tests.bundles import embedding_bundle, make_bundle, vouched_contents
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.evidence.conftest import Scan
from tests.worker.inbox import Sessions
from worker.backfill.gallery import StoredPictures
from worker.backfill.judge import open_gallery
from worker.clock import utc_now
from worker.evidence.filed import FiledVerdict, find
from worker.evidence.records import Cause, Replay
from worker.evidence.replay import Studio, replay
from worker.recording import new_verdict
from worker.settings import Settings

File = Callable[..., FiledVerdict]


@pytest.fixture
def file(scan: Scan, sessions: Sessions) -> File:
    """Scans a gray picture of a level, and gives its stored verdict."""

    def run(level: int = 131) -> FiledVerdict:
        with sessions() as session:
            return find(session, str(scan(level).id))

    return run


@pytest.fixture(scope="module")
def gallery(settings: Settings) -> Iterator[StoredPictures]:
    with closing(open_gallery(settings)) as opened:
        yield opened


@pytest.fixture
def studio(gallery: StoredPictures, tmp_path: Path) -> Studio:
    return Studio(weights=tmp_path, gallery=gallery)


def with_verdict(filed: FiledVerdict, **members: Any) -> FiledVerdict:
    return changed(filed, verdict=changed(filed.verdict, **members))


def with_vector(filed: FiledVerdict, **members: Any) -> FiledVerdict:
    return changed(filed, vector=changed(filed.vector, **members))


def causes(found: Replay) -> list[Cause]:
    assert not found.same
    assert all(len(it.what.split()) > 3 and it.what.endswith(".") for it in found.causes)
    return [it.cause for it in found.causes]


@pytest.mark.parametrize("level", [60, 131, 220])
def test_a_verdict_comes_out_the_same_from_its_vector_and_from_its_picture(
    file: File, studio: Studio, level: int
) -> None:
    filed = file(level)
    for begun in (None, studio):
        found = replay(filed, studio=begun)
        assert found.same
        assert found.again == found.recorded
        assert (found.from_picture, found.tolerance) == (begun is not None, 0.01)
        assert (found.causes, found.strayed) == ((), ())


def test_a_probability_within_the_tolerance_is_the_same_and_one_beyond_it_is_not(file: File) -> None:
    filed = file()
    probability = filed.verdict.probability
    assert replay(with_verdict(filed, probability=probability + 0.009)).same
    assert causes(replay(with_verdict(filed, probability=probability + 0.011))) == [Cause.SCORING]


def test_another_label_is_not_the_same_however_near_the_probability(file: File) -> None:
    filed = with_verdict(file(60), label=Label.UNCERTAIN, label_before_veto=Label.UNCERTAIN)
    assert causes(replay(filed)) == [Cause.SCORING]


def test_a_bundle_that_is_gone_or_replaced_is_the_cause(file: File, tmp_path: Path) -> None:
    filed = file()
    gone = replay(filed, path=tmp_path / "nowhere")
    assert causes(gone) == [Cause.BUNDLE]
    assert (gone.again, gone.tolerance) == (None, None)
    assert causes(replay(filed, path=make_bundle(tmp_path, seed=9))) == [Cause.BUNDLE]


def test_a_bundle_that_was_moved_is_found_where_it_is_said_to_lie(file: File, tmp_path: Path) -> None:
    filed = file()
    shutil.copytree(filed.location, tmp_path / "moved")
    assert replay(changed(filed, location=tmp_path / "nowhere"), path=tmp_path / "moved").same


def test_an_object_that_was_replaced_or_removed_is_the_cause(
    file: File, studio: Studio, bucket: Bucket
) -> None:
    filed = file()
    removed = changed(filed, image=changed(filed.image, removed_at=utc_now()))
    assert causes(replay(removed, studio=studio)) == [Cause.OBJECT]
    bucket.put(filed.image.key, encode(flat(80, 90, (1, 2, 3))))
    assert causes(replay(filed, studio=studio)) == [Cause.OBJECT]
    assert replay(filed).same, "its vector is as it was"


def test_another_decoder_or_a_missing_runtime_is_the_cause(file: File, studio: Studio) -> None:
    filed = file()
    assert causes(replay(with_vector(filed, decode_version=0), studio=studio)) == [Cause.DECODER]
    assert causes(replay(with_vector(filed, runtime="torch-abacus"), studio=studio)) == [Cause.RUNTIME]


def test_a_bundle_of_another_decoder_is_the_cause(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade that decodes otherwise."""
    filed = file()
    monkeypatch.setattr("detector.bundle.loading.DECODE_VERSION", 99)
    assert causes(replay(filed)) == [Cause.DECODER]


def test_a_vector_that_can_not_be_read_is_the_cause(file: File) -> None:
    assert causes(replay(with_vector(file(), values=b"short"))) == [Cause.VECTOR]


def other_numbers(filed: FiledVerdict, **numbers: float) -> FiledVerdict:
    """With some numbers of its stored vector replaced, by place."""
    schema = read_bundle(filed.location).schema
    values = Vector.from_bytes(schema, filed.vector.values, filed.vector.replaced).values.copy()
    for name, number in numbers.items():
        values[schema.names.index(name)] = number
    return with_vector(filed, values=values.tobytes())


def test_a_picture_that_measures_differently_is_the_cause_with_the_numbers_that_strayed(
    file: File, studio: Studio
) -> None:
    """The stored vector says bright, and so did the verdict; the picture is dark."""
    dark, bright = file(60), file(220)
    given = with_verdict(
        dark,
        label=bright.verdict.label,
        label_before_veto=bright.verdict.label,
        probability=bright.verdict.probability,
    )
    found = replay(other_numbers(given, mean_brightness=0.86), studio=studio)
    assert causes(found) == [Cause.VECTOR]
    assert [it.name for it in found.strayed] == ["mean_brightness"]
    assert found.strayed[0].recorded == pytest.approx(0.86)
    assert "mean_brightness (0.86, now 0.23" in found.causes[0].what


def test_numbers_that_strayed_without_consequence_are_told_and_the_verdict_is_the_same(
    file: File, studio: Studio
) -> None:
    found = replay(other_numbers(file(), snr=1.0), studio=studio)
    assert found.same
    assert [it.name for it in found.strayed] == ["snr"]


def test_libraries_of_other_versions_are_named_where_the_score_differs(file: File, tmp_path: Path) -> None:
    libraries = {"numpy": "0.1", "no-such-library": "1", "scipy": "0.2"}
    bundle_id = write_bundle(tmp_path, changed(vouched_contents(), libraries=libraries))
    filed = with_verdict(file(), bundle_id=bundle_id, probability=0.99, label=Label.UNCERTAIN)
    found = replay(filed, path=tmp_path)
    assert causes(found) == [Cause.LIBRARIES, Cause.SCORING]
    for told in (f"numpy 0.1, here {np.__version__}", "no-such-library 1, here absent", "scipy 0.2"):
        assert told in found.causes[0].what


def test_absent_weights_are_the_cause(file: File, studio: Studio, tmp_path: Path) -> None:
    """Of the picture only: the stored vector needs none."""
    path = embedding_bundle(tmp_path)
    bundle = read_bundle(path)
    vector = Vector.of(bundle.schema, np.full(bundle.schema.length, 0.5))
    (verdict,) = Detector(bundle, embedder=None, veto=None).judge_stored([vector], lambda _: None)  # type: ignore[arg-type,return-value]  # nothing asks for it
    filed = file()
    stored = filed.verdict
    assert stored.features_id is not None, "nothing was erased"
    given = new_verdict(verdict, stored.image_id, stored.features_id, VerdictOrigin.SCAN)
    names = StoredVerdict.__dataclass_fields__.keys() & type(given).__dataclass_fields__.keys()
    members = {name: getattr(given, name) for name in names}
    values, replaced = vector.to_bytes()
    embedded = with_vector(
        with_verdict(filed, **members),
        values=values,
        replaced=replaced,
        runtime="torch-cpu",
        precision="float32",
    )
    assert replay(embedded, path=path).same
    assert causes(replay(embedded, path=path, studio=studio)) == [Cause.WEIGHTS]


def test_the_veto_is_taken_as_recorded_from_the_vector(file: File, tmp_path: Path) -> None:
    """It objected, or could not be asked: UNCERTAIN both times. It agreed: SYNTHETIC."""
    entry = {"backbone": "b", "weights_sha256": "0" * 64, "part": "veto.safetensors", "threshold": 0.5}
    contents = changed(vouched_contents(), backbones={"b": "0" * 64}, veto=entry, veto_part=b"tuned")
    bundle_id = write_bundle(tmp_path, contents)
    bright = with_verdict(file(220), bundle_id=bundle_id)
    for label, probability in ((Label.UNCERTAIN, 0.2), (Label.UNCERTAIN, None), (Label.SYNTHETIC, 0.7)):
        found = replay(with_verdict(bright, label=label, veto_probability=probability), path=tmp_path)
        assert (found.same, found.veto_as_recorded) == (True, probability is not None)
    assert not replay(with_verdict(bright, label=Label.SYNTHETIC, veto_probability=0.2), path=tmp_path).same
