"""Two chains written apart give the same values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector.features import HC148
from tests.pictures import Pixels, encode, noise, painting

from . import corpus
from .chain import GROUPS, extract_plainly
from .corpus import differences


def _waves(height: int, width: int, seed: int) -> Pixels:
    """Three smooth gratings, one a channel, under a little grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(fx * x + fy * y + phase) for fx, fy, phase in rng.uniform(0.01, 0.4, (3, 3))]
    levels = 128 + 90 * np.stack(waves, axis=2) + rng.normal(0, 4, (height, width, 3))
    return np.clip(levels, 0, 255).astype(np.uint8)


MADE = {
    "painting": painting(300, 420, seed=1),
    "small painting": painting(120, 90, seed=2),
    "tall painting": painting(330, 255, seed=3),
    "gray painting": painting(255, 255, seed=4)[..., :1].repeat(3, axis=2),
    "noise": noise(255, 255, seed=5),
    "coarse noise": noise(40, 60, seed=6),
    "waves": _waves(255, 255, seed=7),
    "wide waves": _waves(200, 500, seed=8),
}


@pytest.mark.parametrize("name", MADE)
def test_the_fast_chain_agrees_with_the_plain_one_on_made_pictures(name: str) -> None:
    assert not list(differences(MADE[name]))


def test_a_corpus_is_compared_picture_by_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.png").write_bytes(encode(MADE["small painting"], "PNG"))
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,label\none.png,human\n")
    assert corpus.main(manifest, 5) == 0
    assert capsys.readouterr().out == "1 pictures, 148 values, 0 outside\n"
    plain = extract_plainly(MADE["small painting"])
    monkeypatch.setattr(corpus, "extract_plainly", lambda _: plain | {"contrast": plain["contrast"] + 1.0})
    assert corpus.main(manifest, 5) == 1
    assert "one.png: contrast is" in capsys.readouterr().out


def test_the_plain_chain_has_the_groups_of_the_schema() -> None:
    assert tuple(group.__name__ for group in GROUPS) == HC148.groups
