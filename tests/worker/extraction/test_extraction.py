"""Pictures are measured once, whatever happens on the way, and never filled in."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deploy.local.processes import Identity
from detector.decode import decode
from detector.evaluation.deliveries import EVERY
from detector.features.catalogue import ALL_GROUPS
from detector.measuring import Measured, Measuring
from detector.perceptual import perceptual_hash
from detector.reasons import Fault, Reason
from detector.vector import Vector
from tests.pictures import encode, jpeg, noise
from tests.worker.inbox import wait_until
from worker.extraction import Extraction, MeasuringOrder, Wanted
from worker.extraction.store import FILE
from worker.settings import Settings

ORDER = MeasuringOrder(settings=Settings())
ROOT = Path(__file__).parents[3]


def silent(_: int) -> None:
    """Tell nobody."""


def pictures(folder: Path, count: int, side: int = 96) -> list[Wanted]:
    """So many different pictures in files."""
    files = [folder / f"{number}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        file.write_bytes(encode(noise(side, side + 8, number) // 2 + number, "JPEG", quality=90))
    return [Wanted(file=file) for file in files]


def measured(cache: Path, wanted: list[Wanted], children: int = 1) -> list[Measured]:
    return Extraction(cache, ORDER, children).measured(wanted, advance=silent)


def test_every_picture_is_measured_as_a_worker_measures_it(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 5)
    wanted += [replace(wanted[1], delivery="jpeg-30"), wanted[2]]
    told: list[int] = []
    found = Extraction(tmp_path / "cache", ORDER, 2).measured(wanted, advance=told.append)
    measuring = Measuring(("hc148",), None)
    for each, result in zip(wanted, found, strict=True):
        data = each.file.read_bytes()
        picture = decode(data)
        delivered = replace(picture, rgb=EVERY[each.delivery](picture.rgb))
        assert result.vector == measuring.vector(delivered)
        assert result.sha256 == hashlib.sha256(data).hexdigest()
        assert result.perceptual_hash == perceptual_hash(picture)
        assert (result.height, result.width) == picture.rgb.shape[:2]
    assert told == sorted(told)
    assert told[-1] == len(wanted)


def test_what_is_known_is_not_measured_again(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 4)
    first = measured(tmp_path / "cache", wanted[:3])
    again = measured(tmp_path / "cache", wanted)
    assert [each.fresh for each in again] == [False, False, False, True]
    assert [each.vector for each in again[:3]] == [each.vector for each in first]
    copy = tmp_path / "copy of the same.jpg"
    copy.write_bytes(wanted[0].file.read_bytes())
    assert not measured(tmp_path / "cache", [Wanted(file=copy)])[0].fresh


def test_a_file_that_changes_is_another_picture(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 2)
    before = measured(tmp_path / "cache", wanted)
    wanted[0].file.write_bytes(jpeg(seed=77))
    after = measured(tmp_path / "cache", wanted)
    assert [each.fresh for each in after] == [True, False]
    assert after[0].vector != before[0].vector


def test_another_way_of_measuring_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 1)
    measured(tmp_path / "cache", wanted)
    other = Extraction(tmp_path / "cache", replace(ORDER, groups=ALL_GROUPS), 1)
    (found,) = other.measured(wanted, advance=silent)
    assert found.fresh
    assert isinstance(found.vector, Vector)
    assert found.vector.schema.groups == ALL_GROUPS


def test_a_picture_that_has_no_vector_has_a_reason(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 2)
    broken, small, absent = (tmp_path / name for name in ("broken.jpg", "small.png", "absent.png"))
    broken.write_bytes(b"no picture")
    small.write_bytes(encode(noise(20, 90)))
    wanted[1:1] = [Wanted(file=file) for file in (broken, small, absent)]
    for fresh in (True, False):
        found = measured(tmp_path / "cache", wanted)
        assert [each.vector for each in found[1:4]] == [
            Reason.UNSUPPORTED_FORMAT,
            Reason.TOO_SMALL,
            Reason.FILE_UNREADABLE,
        ]
        assert all(isinstance(each.vector, Vector) for each in (found[0], found[4]))
        assert found[1].fresh is fresh, "what the file itself decides is remembered"
    small.rename(absent)
    assert measured(tmp_path / "cache", wanted)[3].vector is Reason.TOO_SMALL, "absence is not"


@pytest.mark.parametrize("children", [1, 2])
def test_a_process_that_dies_takes_only_its_picture_with_it(tmp_path: Path, children: int) -> None:
    wanted = pictures(tmp_path, 8)
    wanted = [each for one in wanted for each in (one, replace(one, delivery="blur-1"))]
    killed: list[int] = []

    def kill(done: int) -> None:
        if done >= 5 and not killed:
            (first, *_) = [child.pid for child in multiprocessing.active_children() if child.pid]
            os.kill(first, signal.SIGKILL)
            killed.append(first)

    found = Extraction(tmp_path / "cache", ORDER, children).vectors(wanted, advance=kill)
    lost = [place for place, each in enumerate(found) if isinstance(each, Reason)]
    assert [found[place] for place in lost] == [Reason.SCAN_DIED]
    again = measured(tmp_path / "cache", wanted)
    assert [place for place, each in enumerate(again) if each.fresh] == lost, "it is tried again, alone"
    assert all(isinstance(each.vector, Vector) for each in again)


def records(cache: Path) -> list[bytes]:
    """Keys of what is stored, in the order in which it was."""
    if not (cache / FILE).exists():
        return []
    with sqlite3.connect(cache / FILE) as database:
        try:
            return [key for (key,) in database.execute("select key from measured order by rowid")]
        except sqlite3.OperationalError:  # the table is about to be made
            return []


def test_work_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    count = 24
    wanted = pictures(tmp_path, count, side=320)
    cache = tmp_path / "cache"
    script = tmp_path / "extract.py"
    script.write_text(f"""
from pathlib import Path
from tests.worker.extraction.test_extraction import ORDER, silent
from worker.extraction import Extraction, Wanted
if __name__ == "__main__":
    wanted = [Wanted(file=Path({str(tmp_path)!r}) / f"{{number}}.jpg") for number in range({count})]
    Extraction(Path({str(cache)!r}), ORDER, 2).vectors(wanted, advance=silent)
""")
    command = subprocess.Popen(
        [sys.executable, script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},  # noqa: TID251 - a child of this test
        start_new_session=True,
    )
    wait_until(lambda: len(records(cache)) >= 5, "the first pictures", 60)
    children = [Identity.of(int(pid)) for pid in _children_of(command.pid)]
    command.kill()
    command.wait(10)
    wait_until(lambda: not any(child and child.alive for child in children), "the end of its processes", 20)
    done = records(cache)
    assert 5 <= len(done) < count, "it was killed on the way"
    resumed = measured(cache, wanted)
    assert sum(each.fresh for each in resumed) == count - len(done)
    assert records(cache)[: len(done)] == done
    assert len(records(cache)) == count, "nothing was stored twice"
    fresh = measured(tmp_path / "other cache", wanted)
    assert [each.vector for each in resumed] == [each.vector for each in fresh]


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_damaged_record_is_measured_again(tmp_path: Path) -> None:
    wanted = pictures(tmp_path, 3)
    first = measured(tmp_path / "cache", wanted)
    with sqlite3.connect(tmp_path / "cache" / FILE) as database:
        (values,) = database.execute('select "values" from measured where rowid = 2').fetchone()
        torn = values[:100] + bytes(len(values) - 100)
        database.execute('update measured set "values" = ? where rowid = 2', (torn,))
    again = measured(tmp_path / "cache", wanted)
    assert sum(each.fresh for each in again) == 1
    assert [each.vector for each in again] == [each.vector for each in first]
    assert not any(each.fresh for each in measured(tmp_path / "cache", wanted))


def test_a_cache_that_can_not_be_used_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FILE).write_bytes(np.random.default_rng(0).bytes(9000))
    with pytest.raises(Fault, match="delete its folder") as damaged:
        measured(tmp_path / "cache", pictures(tmp_path, 1))
    assert damaged.value.reason is Reason.CACHE_UNUSABLE
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match="--cache"):
        measured(tmp_path / "file", pictures(tmp_path, 1))


def test_a_delivery_that_is_none_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="carrier-pigeon"):
        measured(tmp_path / "cache", [replace(pictures(tmp_path, 1)[0], delivery="carrier-pigeon")])
    assert not (tmp_path / "cache").exists()


def test_weights_that_are_missing_are_told(tmp_path: Path) -> None:
    order = replace(ORDER, embedding="test_vit.r160_in1k/last/whole", weights=tmp_path / "nowhere")
    with pytest.raises(Fault) as missing:
        Extraction(tmp_path / "cache", order, 1)
    assert missing.value.reason is Reason.WEIGHTS_MISSING


def test_nothing_wanted_is_nothing_found(tmp_path: Path) -> None:
    assert measured(tmp_path / "cache", []) == []
