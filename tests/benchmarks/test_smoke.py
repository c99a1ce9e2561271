"""No benchmark rots: each runs on tiny input and gives its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.benchmarks.__main__ import REFERENCE
from tests.benchmarks.report import fallen, table, write
from tests.benchmarks.stages import STAGES

_PROMISED = {
    "features": {"features_ms", "features_speedup"},
    "decode": {"decode_jpeg_12_megapixels_process_ms", "decode_png_4_megapixels_process_ms"},
    "embedding": {"embedding_speedup", "embedding_cosine_min"},
    "ensemble": {"ensemble_single_ms", "ensemble_per_second"},
    "threads": {"threads_shared_ratio", "threads_at_work_in_a_child"},
    "rescore": {"rescore_per_second", "rescore_upload_p95_times"},
    "hook": {"hook_requests_per_second", "hook_batch_events_per_second", "hook_p95_ms"},
    "e2e": {"end_to_end_per_second", "end_to_end_ratio", "latency_ms.p95", "child_rss_mb"},
}


_MAY_BE_NOTHING = ("_difference", "_grown_mb", "cpu_seconds_per_1000")


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    """Benchmarks limit the threads of their process, which here is that of the tests."""
    opencv, pytorch = cv2.getNumThreads(), torch.get_num_threads()
    yield
    cv2.setNumThreads(opencv)
    torch.set_num_threads(pytorch)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_gives_positive_figures(name: str) -> None:
    figures = STAGES[name](smoke=True)
    assert _PROMISED[name] <= set(figures)
    assert np.isfinite(list(figures.values())).all()
    assert min(figures[name] for name in figures if not name.endswith(_MAY_BE_NOTHING)) > 0


def test_the_ensemble_says_what_the_libraries_say() -> None:
    assert STAGES["ensemble"](smoke=True)["ensemble_difference"] < 1e-6


def test_a_report_keeps_what_other_stages_measured_on_the_same_machine(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    write({"one": 1.0, "two": 2.0, "three.p50": 5.0}, path)
    write({"two": 3.0, "three.p95": 6.0}, path)
    report = json.loads(path.read_text())
    machine = report.pop("machine")
    assert report == {"one": 1.0, "two": 3.0, "three": {"p50": 5.0, "p95": 6.0}}
    path.write_text(json.dumps({**report, "machine": {"processor": "another"}}))
    write({"two": 4.0}, path)
    assert json.loads(path.read_text()) == {"machine": machine, "two": 4.0}


def test_a_table_has_a_line_for_each_figure() -> None:
    assert table({"a_ms": 12.34567, "long_name": 3.0}).splitlines() == [
        "a_ms              12.35",
        "long_name             3",
    ]


def test_the_reference_has_every_ratio_that_a_run_gives() -> None:
    """Else the guard would pass over a stage."""
    reference = json.loads(REFERENCE.read_text())
    ratios = {
        "features_speedup",
        "decode_jpeg_12_megapixels_ratio",
        "decode_png_4_megapixels_ratio",
        "embedding_speedup",
        "ensemble_single_speedup",
        "end_to_end_ratio",
        "threads_shared_ratio",
    }
    assert ratios <= set(reference)
    assert not fallen(reference, reference)
    assert fallen({name: 0.5 * reference[name] for name in ratios}, reference)


def test_only_a_ratio_that_lost_a_fifth_has_fallen() -> None:
    reference = {"a_speedup": 10.0, "b_speedup": 10.0, "c_ms": 1.0, "d_ratio": 20.0}
    found = {"a_speedup": 7.9, "b_speedup": 8.1, "c_ms": 9.0, "e_speedup": 0.1}
    assert fallen(found, reference) == ["a_speedup fell from 10 to 7.9"]
