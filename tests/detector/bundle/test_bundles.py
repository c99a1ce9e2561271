"""Bundles written, packed, read back, and tampered with."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.bundle import MANIFEST, pack_bundle, read_bundle, warrant_bundle, write_bundle
from detector.bundle.arrays import write_arrays
from detector.calibration import Platt
from detector.ensemble import Ensemble, Projection, Seat
from detector.reasons import Fault, Reason
from tests.bundles import SCHEMA, WARRANTY, contents, make_bundle, make_vouched_bundle, vouched_contents
from tests.memories import memory_of, rows_of

Change = Callable[[dict[str, Any]], None]
ROWS = np.random.default_rng(0).uniform(0.3, 0.7, (20, SCHEMA.length)).astype(np.float32)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle to be spoiled."""
    return make_bundle(tmp_path)


def rewrite(bundle: Path, change: Change) -> None:
    """Change a bundle's manifest, leaving its parts."""
    manifest = json.loads((bundle / MANIFEST).read_text())
    change(manifest)
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def refusal(path: Path) -> Fault:
    with pytest.raises(Fault) as caught:
        read_bundle(path)
    assert str(path.parent) not in caught.value.message, "a message tells no path"
    return caught.value


def test_the_same_contents_give_the_same_bytes_and_id(tmp_path: Path) -> None:
    first, second = write_bundle(tmp_path / "a", contents()), write_bundle(tmp_path / "b", contents())
    assert first == second == read_bundle(tmp_path / "a").id
    assert first != write_bundle(tmp_path / "c", contents(seed=1))
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_what_was_written_is_read_back(bundle: Path) -> None:
    read, wanted = read_bundle(bundle), contents()
    assert (read.name, read.schema, read.policy) == (wanted.name, wanted.schema, wanted.policy)
    assert read.calibration == wanted.calibration
    assert read.ensemble.score(ROWS).raw == pytest.approx(wanted.ensemble.score(ROWS).raw, abs=1e-7)
    assert read.manifest["metrics"] == wanted.metrics


def test_the_id_is_the_hash_of_the_manifest_however_it_is_spelt(bundle: Path) -> None:
    read = read_bundle(bundle)
    canonical = json.dumps(read.manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert read.id == hashlib.sha256(canonical.encode()).hexdigest()
    rewrite(bundle, lambda manifest: None)
    assert read_bundle(bundle).id == read.id


def test_a_packed_bundle_is_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.artgate"
    pack_bundle(bundle, packed)
    read = read_bundle(packed)
    assert read.id == read_bundle(bundle).id
    assert np.array_equal(read.ensemble.score(ROWS).raw, read_bundle(bundle).ensemble.score(ROWS).raw)
    with read.files.on_disk("svm.npz") as copy:
        assert copy.read_bytes() == (bundle / "svm.npz").read_bytes()
    assert not copy.exists()


def test_packing_twice_gives_the_same_file(bundle: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        pack_bundle(bundle, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_projection_that_members_share_is_stored_once(tmp_path: Path) -> None:
    projection = Projection(SCHEMA.length - 2, np.zeros(2), np.eye(2))
    given = contents()
    seats = {
        name: Seat(member=seat.member, weight=seat.weight, projection=projection)
        for name, seat in given.ensemble.seats.items()
    }
    ensemble = Ensemble(seats, SCHEMA.length)
    write_bundle(tmp_path / "with", replace(given, ensemble=ensemble, calibration=Platt(2.0, 0.1)))
    read = read_bundle(tmp_path / "with")
    assert sorted(read.manifest["parts"]) == [
        "lightgbm.txt",
        "projection0.npz",
        "random_forest.npz",
        "svm.npz",
    ]
    assert read.ensemble.score(ROWS).raw == pytest.approx(ensemble.score(ROWS).raw, abs=1e-7)


@pytest.mark.parametrize("part", ["lightgbm.txt", "svm.npz", "random_forest.npz"])
def test_a_part_with_one_other_byte_is_refused(bundle: Path, part: str) -> None:
    data = bytearray((bundle / part).read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / part).write_bytes(data)
    fault = refusal(bundle)
    assert fault.reason is Reason.BUNDLE_HASH_MISMATCH
    assert part in fault.message


def test_a_missing_part_is_refused(bundle: Path) -> None:
    (bundle / "svm.npz").unlink()
    assert refusal(bundle).reason is Reason.BUNDLE_INVALID


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.update(format=2), Reason.BUNDLE_VERSION_UNKNOWN),
        (lambda m: m.update(format="1"), Reason.BUNDLE_INVALID),
        (lambda m: m.update(decode_version=99), Reason.BUNDLE_INCOMPATIBLE),
        (lambda m: m["schema"].update(sha256="0" * 64), Reason.BUNDLE_SCHEMA_UNKNOWN),
        (lambda m: m["schema"].update(groups=["hc149"]), Reason.BUNDLE_SCHEMA_UNKNOWN),
        (lambda m: m["schema"].update(length=149), Reason.BUNDLE_SCHEMA_UNKNOWN),
        (lambda m: m["schema"].update(length=100), Reason.BUNDLE_SCHEMA_UNKNOWN),
        (lambda m: m.update(surprise=1), Reason.BUNDLE_INVALID),
        (lambda m: m.pop("policy"), Reason.BUNDLE_INVALID),
        (lambda m: m["policy"].update(genuine_below=0.9), Reason.BUNDLE_INVALID),
        (lambda m: m["policy"].update(synthetic_from="0.65"), Reason.BUNDLE_INVALID),
        (lambda m: m["ensemble"]["weights"].pop("svm"), Reason.BUNDLE_INVALID),
        (lambda m: m["ensemble"]["weights"].update(svm=-1.0), Reason.BUNDLE_INVALID),
        (lambda m: m["ensemble"].update(projections={"svm": "other.npz"}), Reason.BUNDLE_INVALID),
        (lambda m: m["calibration"].update(y=[0.9, 0.5, 0.1]), Reason.BUNDLE_INVALID),
        (lambda m: m["parts"].pop("svm.npz"), Reason.BUNDLE_INVALID),
        (lambda m: m["parts"].update({"../escape.txt": "0" * 64}), Reason.BUNDLE_INVALID),
        (lambda m: m["parts"].update({"/etc/passwd": "0" * 64}), Reason.BUNDLE_INVALID),
        (
            lambda m: m.update(
                veto={"backbone": "n", "weights_sha256": "0" * 64, "part": "veto.bin", "threshold": 0.5}
            ),
            Reason.BUNDLE_INVALID,
        ),
    ],
)
def test_a_manifest_that_is_wrong_somewhere_is_refused_with_its_reason(
    bundle: Path, change: Change, reason: Reason
) -> None:
    rewrite(bundle, change)
    fault = refusal(bundle)
    assert fault.reason is reason
    assert len(fault.message.split()) > 5


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", "{", '{"format": 1, "format": 1}', '{"format": NaN}', "\xff", "[" * 100_000],
)
def test_a_manifest_that_is_none_is_refused(bundle: Path, text: str) -> None:
    (bundle / MANIFEST).write_bytes(text.encode("latin-1"))
    assert refusal(bundle).reason is Reason.BUNDLE_INVALID


def test_a_manifest_of_enormous_size_is_refused(bundle: Path) -> None:
    (bundle / MANIFEST).write_bytes(b" " * (2 << 20))
    assert "larger" in refusal(bundle).message


@pytest.mark.parametrize("name", ["nothing", "empty", "file"])
def test_what_is_no_bundle_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("no bundle")
    fault = refusal(tmp_path / name)
    assert fault.reason is Reason.BUNDLE_INVALID
    assert name in fault.message


def replace_part(bundle: Path, part: str, data: bytes) -> None:
    """Another part, with its hash in the manifest: whoever made this bundle meant it."""
    (bundle / part).write_bytes(data)
    rewrite(bundle, lambda manifest: manifest["parts"].update({part: hashlib.sha256(data).hexdigest()}))


def test_a_pickle_in_the_place_of_arrays_is_not_opened(bundle: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.npz"
    np.savez(trap, support=np.array([{"an": "object"}], dtype=object))
    for data in (trap.read_bytes(), b"\x80\x04N.", b""):
        replace_part(bundle, "svm.npz", data)
        assert refusal(bundle).reason is Reason.BUNDLE_INVALID


def test_compressed_arrays_are_not_unpacked(bundle: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.npz"
    np.savez_compressed(bomb, support=np.zeros(10_000_000))
    replace_part(bundle, "svm.npz", bomb.read_bytes())
    assert "compression" in refusal(bundle).message


def test_arrays_that_claim_more_than_they_hold_are_refused(bundle: Path) -> None:
    data = (bundle / "svm.npz").read_bytes()
    assert b"'shape': (2, 148)" in data
    inflated = data.replace(b"'shape': (2, 148)", b"'shape': (9, 148)")
    replace_part(bundle, "svm.npz", inflated)
    assert refusal(bundle).reason is Reason.BUNDLE_INVALID


def test_members_for_longer_vectors_are_refused(bundle: Path) -> None:
    text = (bundle / "lightgbm.txt").read_text().replace("split_feature=0", "split_feature=148")
    replace_part(bundle, "lightgbm.txt", text.encode())
    assert "lightgbm was not trained" in refusal(bundle).message


def test_a_compressed_archive_is_refused(bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.artgate"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in bundle.iterdir():
            archive.write(file, file.name)
    assert "compressed" in refusal(packed).message


def test_a_truncated_archive_is_refused(bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.artgate"
    pack_bundle(bundle, packed)
    packed.write_bytes(packed.read_bytes()[:-100])
    assert refusal(packed).reason is Reason.BUNDLE_INVALID


def test_a_bundle_that_can_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_bundle(tmp_path / "nan", replace(contents(), metrics={"auc": float("nan")}))
    assert not (tmp_path / "nan").exists()


def test_a_bundle_may_move(bundle: Path, tmp_path: Path) -> None:
    before = read_bundle(bundle).id
    shutil.move(bundle, tmp_path / "elsewhere")
    assert read_bundle(tmp_path / "elsewhere").id == before


@pytest.fixture
def vouched(tmp_path: Path) -> Path:
    """A bundle with all that it may do without, to be spoiled."""
    return make_vouched_bundle(tmp_path)


def test_memory_warranty_runtimes_and_tolerance_are_read_back(vouched: Path, tmp_path: Path) -> None:
    read, wanted = read_bundle(vouched), vouched_contents()
    assert read.memory is not None
    assert wanted.memory is not None
    assert write_arrays(read.memory.arrays()) == write_arrays(wanted.memory.arrays())
    assert read.warranty == WARRANTY
    assert read.tolerance == 0.01
    assert read.checked_with("numpy", "float64")
    assert not read.checked_with("torch-cpu", "bfloat16")
    pack_bundle(vouched, tmp_path / "packed.artgate")
    assert read_bundle(tmp_path / "packed.artgate").id == read.id


def test_a_bundle_may_do_without_memory_warranty_and_runtimes(bundle: Path) -> None:
    read = read_bundle(bundle)
    assert (read.memory, read.warranty) == (None, None)
    assert read.checked_with("torch-cpu", "bfloat16"), "nothing is stated, so nothing is warned of"
    rewrite(bundle, lambda m: m["data"].update(runtime="torch-cpu", precision="float32"))
    assert not read_bundle(bundle).checked_with("torch-cpu", "bfloat16")
    assert read_bundle(bundle).checked_with("torch-cpu", "float32")


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(memory="svm.npz"),
        lambda m: m.update(memory="other.npz"),
        lambda m: m["warranty"]["cells"][0].update(tier=3),
        lambda m: m["warranty"]["cells"][1]["uncertain"].update(count=500),
        lambda m: m["warranty"].update(cells=[]),
        lambda m: m.update(tolerance=0),
        lambda m: m.update(checked_runtimes=[{"runtime": "numpy"}]),
    ],
)
def test_evidence_that_is_wrong_somewhere_is_refused(vouched: Path, change: Change) -> None:
    rewrite(vouched, change)
    assert refusal(vouched).reason is Reason.BUNDLE_INVALID


def test_a_memory_of_other_vectors_is_refused(vouched: Path) -> None:
    arrays = memory_of(rows_of(20), handcrafted=20).arrays()
    replace_part(vouched, "memory.npz", write_arrays(arrays))
    assert "memory" in refusal(vouched).message


def test_parts_hold_no_time(vouched: Path, tmp_path: Path) -> None:
    """Every entry of every archive has the first moment that the format knows."""
    pack_bundle(vouched, tmp_path / "packed.artgate")
    for file in (*vouched.glob("*.npz"), tmp_path / "packed.artgate"):
        with zipfile.ZipFile(file) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("packed", [False, True])
def test_another_warranty_makes_another_bundle_that_differs_in_nothing_else(
    bundle: Path, tmp_path: Path, packed: bool
) -> None:
    source = tmp_path / "packed.artgate" if packed else bundle
    pack_bundle(bundle, tmp_path / "packed.artgate")
    warrant_bundle(source, tmp_path / "warranted", WARRANTY)
    before, after = read_bundle(source), read_bundle(tmp_path / "warranted")
    assert after.warranty == WARRANTY
    assert after.id != before.id
    assert {**after.manifest, "warranty": None} == {**before.manifest, "warranty": None}
    assert warrant_bundle(bundle, bundle, WARRANTY) == after.id, "also in its place"
