"""No figure is measured on a picture that the bundle was trained on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.bundle import write_bundle
from detector.decode import decode
from detector.memory.memory import prefix_of
from detector.perceptual import perceptual_hash
from detector.reasons import Reason, Rejected
from tests.bundles import SCHEMA, contents
from tests.memories import memory_of, rows_of
from tests.pictures import encode
from tests.worker.evaluation.evaluations import order, run
from worker.evaluation.order import Order


def remembering(folder: Path, names: list[str], **changes: Any) -> Order:
    """An order for a bundle that remembers some of the corpus's pictures, and 38 others or so."""
    given = order(folder, vouched_unseen=False, **changes)
    memory = memory_of(rows_of(SCHEMA.length), SCHEMA.handcrafted)
    files, pixels = memory.sha256.copy(), memory.perceptual.copy()
    for place, name in enumerate(names):
        data = (given.manifest.parent / name).read_bytes()
        files[place] = prefix_of(hashlib.sha256(data).digest())
        pixels[place] = perceptual_hash(decode(data))
    write_bundle(given.bundle, replace(contents(), memory=replace(memory, sha256=files, perceptual=pixels)))
    return given


def test_a_bundle_without_a_memory_judges_only_what_is_vouched_for(tmp_path: Path) -> None:
    given = order(tmp_path, vouched_unseen=False)
    with pytest.raises(Rejected, match="remembers none") as refused:
        run(given)
    assert refused.value.reason is Reason.CORPUS_INVALID
    found = run(replace(given, vouched_unseen=True))
    assert any("vouched for" in remark for remark in found["remarks"])


def test_a_picture_of_the_training_is_refused_by_name(tmp_path: Path) -> None:
    given = remembering(tmp_path, ["ai-1-0.png", "human-0-1.png"])
    with pytest.raises(Rejected, match=r"trained on 2 of these 30 pictures \(human-0-1.png, ai-1-0.png\)"):
        run(given)


def test_the_same_picture_in_another_file_is_refused_too(tmp_path: Path) -> None:
    given = remembering(tmp_path, ["ai-1-0.png"])
    file = given.manifest.parent / "ai-1-0.png"
    file.write_bytes(encode(decode(file.read_bytes()).rgb, "JPEG", quality=90))
    with pytest.raises(Rejected, match="trained on 1 of these"):
        run(given)


def test_pictures_of_the_training_can_be_left_out(tmp_path: Path) -> None:
    found = run(remembering(tmp_path, ["ai-1-0.png"], leave_out_trained=True))
    assert found["data"]["left_out"] == 1
    assert found["data"]["pictures"] == {"ai": 14, "human": 15}


def test_folds_may_judge_pictures_of_the_training(tmp_path: Path) -> None:
    found = run(remembering(tmp_path, ["ai-1-0.png"], cross_validate=True))
    assert found["data"]["pictures"] == {"ai": 15, "human": 15}


def test_a_picture_in_two_sources_is_kept_once_where_folds_would_learn_from_its_copy(tmp_path: Path) -> None:
    given = order(tmp_path, cross_validate=True)
    folder = given.manifest.parent
    copy = encode(decode((folder / "ai-1-0.png").read_bytes()).rgb, "JPEG", quality=90)
    (folder / "ai-5-2.png").write_bytes(copy)
    found = run(given)
    assert found["data"]["pictures"] == {"ai": 14, "human": 15}
    assert any("nearly the same" in remark for remark in found["remarks"])


def test_new_pictures_of_a_known_source_are_told(tmp_path: Path) -> None:
    given = remembering(tmp_path, [])
    manifest = given.manifest.read_text().replace(",human-0,", ",human-a,")
    given.manifest.write_text(manifest)
    assert any("come from sources" in remark for remark in run(given)["remarks"])


def test_nothing_is_left_where_all_was_trained_on(tmp_path: Path) -> None:
    given = order(tmp_path)
    names = [file.name for file in given.manifest.parent.glob("*.png")]
    with pytest.raises(Rejected, match="every one of these"):
        run(remembering(tmp_path, names, leave_out_trained=True))
    assert len(names) == np.unique(names).size
