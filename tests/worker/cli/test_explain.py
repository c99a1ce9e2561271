"""``artgate explain`` of files and of stored verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bundles import make_bundle
from tests.detector.provenance.making import png_with, text_chunk
from tests.pictures import encode, flat
from tests.worker.cli.conftest import Artgate
from tests.worker.conftest import ScanGray

JSON = ("--format", "json")
_UNKNOWN = "01a21dee-e854-713b-8a28-d21d7f2ef04a"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A bright picture: SYNTHETIC."""
    file = tmp_path / "bright.png"
    file.write_bytes(encode(flat(80, 90, (220, 220, 220))))
    return file


@pytest.fixture(scope="module")
def stored(scan_gray: ScanGray) -> dict[str, str]:
    """Names of the stored verdict on a gray picture: its id, and the object's address."""
    event = scan_gray(131, "anime")
    return {"id": str(event.verdict_id), "address": f"s3://{event.bucket}/{event.key}"}


def test_a_file_is_explained_in_words(artgate: Artgate, picture: Path, tiny_bundle: Path) -> None:
    """Members, policy, what moved it, neighbours, error rate: each part is there."""
    told = artgate("explain", picture, "--bundle", tiny_bundle)
    assert told.status == 0
    assert told.out.startswith(f"{picture}: SYNTHETIC, probability 0.")
    for part in (
        "random forest 0.900  counts 10 %",
        "the scores say SYNTHETIC",
        "no veto",
        "+3.00  brightness",
        "mean_brightness 0.86",
        "Most alike",
        "a person's",
        "20 of 100 unseen photo pictures",
        "What the file says of itself",
        "Nothing.",
    ):
        assert part in told.out
    assert told.err == ""


def test_what_a_file_says_of_itself_is_told_as_a_claim(
    artgate: Artgate, tmp_path: Path, tiny_bundle: Path
) -> None:
    file = tmp_path / "saying.png"
    file.write_bytes(png_with(text_chunk("Software", "NovelAI")))
    told = artgate("explain", file, "--bundle", tiny_bundle)
    assert "  PNG text: Software: NovelAI\n    The file says that a generator made it." in told.out
    (claim,) = json.loads(artgate("explain", file, "--bundle", tiny_bundle, *JSON).out)["provenance"]
    assert (claim["kind"], claim["says"]) == ("generator", "NovelAI")


def test_a_stored_verdict_is_explained_by_any_of_its_names(artgate: Artgate, stored: dict[str, str]) -> None:
    """Without the picture; the same each time."""
    by_id, by_address = artgate("explain", stored["id"], *JSON), artgate("explain", stored["address"], *JSON)
    one, other = json.loads(by_id.out), json.loads(by_address.out)
    assert one | {"what": ""} == other | {"what": ""}
    assert one["label"] == "UNCERTAIN"
    assert (one["warranty"]["domain"], one["warranty"]["measure"]) == ("anime", "uncertain")
    assert {"members", "groups", "features", "neighbours", "veto", "policy", "known"} <= one.keys()


def test_a_bundle_that_was_moved_is_named(
    artgate: Artgate, stored: dict[str, str], tiny_bundle: Path, tmp_path: Path
) -> None:
    """The one that judged, wherever it lies; never another."""
    assert artgate("explain", stored["id"], "--bundle", tiny_bundle).status == 0
    other = artgate("explain", stored["id"], "--bundle", make_bundle(tmp_path, seed=4))
    assert (other.status, other.out) == (1, "")
    assert "[bundle_hash_mismatch]" in other.err


@pytest.mark.parametrize(
    ("what", "code"),
    [("nowhere.png", "bad_request"), (_UNKNOWN, "not_found"), ("s3://nowhere/a.png", "not_found")],
)
def test_what_is_not_there_is_one_sentence(artgate: Artgate, what: str, code: str) -> None:
    """And status 3."""
    told = artgate("explain", what)
    assert (told.status, told.out, told.err.count("\n")) == (3, "", 1)
    assert f"[{code}]" in told.err


def test_a_file_that_is_no_picture_is_refused(artgate: Artgate, tmp_path: Path, tiny_bundle: Path) -> None:
    """With its reason."""
    (tmp_path / "notes.txt").write_text("no picture")
    told = artgate("explain", tmp_path / "notes.txt", "--bundle", tiny_bundle)
    assert (told.status, told.out) == (3, "")
    assert "[unsupported_format]" in told.err
