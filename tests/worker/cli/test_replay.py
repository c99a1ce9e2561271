"""``artgate replay``: its exit status says whether a verdict came out the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bundles import make_bundle
from tests.worker.cli.conftest import Artgate
from tests.worker.conftest import ScanGray
from worker.clock import new_id


@pytest.fixture(scope="module")
def verdict(scan_gray: ScanGray) -> str:
    """Id of the stored verdict on a gray picture."""
    return str(scan_gray(131).verdict_id)


@pytest.mark.parametrize(
    ("options", "words"),
    [((), "the stored vector: the same"), (("--from-picture",), "the picture: the same")],
)
def test_a_verdict_that_comes_out_the_same_is_status_0(
    artgate: Artgate, verdict: str, options: tuple[str, ...], words: str
) -> None:
    """From the vector, and from the picture that the storage still has."""
    told = artgate("replay", verdict, *options)
    assert (told.status, told.err) == (0, "")
    assert f"verdict {verdict}, from {words}" in told.out
    assert "veto" not in told.out, "this bundle has none"
    found = json.loads(artgate("replay", verdict, *options, "--format", "json").out)
    assert found["same"] is True
    assert found["recorded"] == found["again"]
    assert found["causes"] == []


def test_one_that_can_not_be_computed_again_is_status_3_with_its_cause(
    artgate: Artgate, verdict: str, tmp_path: Path
) -> None:
    """Here another bundle lies in its place."""
    other = make_bundle(tmp_path, seed=5)
    told = artgate("replay", verdict, "--bundle", other)
    assert told.status == 3
    assert "can't be computed again" in told.out
    assert "  bundle: The verdict is of bundle" in told.out
    found = json.loads(artgate("replay", verdict, "--bundle", other, "--format", "json").out)
    assert (found["same"], found["again"], found["causes"][0]["cause"]) == (False, None, "bundle")


def test_what_is_not_there_is_one_sentence(artgate: Artgate) -> None:
    """And status 3, with nothing on standard output."""
    told = artgate("replay", new_id())
    assert (told.status, told.out, told.err.count("\n")) == (3, "", 1)
    assert "[not_found]" in told.err
