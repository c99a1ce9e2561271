"""Each odd, corrupt and hostile file ends as stated, within a stated time and memory.

The decoder process is held to that time and memory: a file that went over would end otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.decode import DecodeLimits
from tests.detector.decode.corpus import OK, Case, cases, examine
from tests.detector.decode.hostile import main
from worker.decoding import DecoderProcess

FOLDER = Path(__file__).parents[2] / "data" / "hostile"
SECONDS = 10.0
MEMORY = 3 * 2**28
"""Bytes of address space, of which 200 MB are the process itself."""
CASES = list(cases(FOLDER))


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecoderProcess]:
    made = DecoderProcess(DecodeLimits(), seconds=SECONDS, memory=MEMORY)
    yield made
    made.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_ends_as_stated(decoder: DecoderProcess, case: Case) -> None:
    finding = examine(case, decoder)
    assert finding.mismatch is None
    assert finding.outcome == case.row["outcome"]


def test_the_corpus_is_whole() -> None:
    listed = {case.name for case in CASES}
    assert listed == {path.name for path in (FOLDER / "files").iterdir()}
    assert len(listed) > 150
    assert {case.row["outcome"] for case in CASES} >= {
        OK,
        "empty",
        "too_many_pixels",
        "unsupported_format",
        "truncated",
        "corrupt",
    }


def test_the_program_reports_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(b"")
    header = "file,expected,rgb_sha256,hash_kind\n"
    (tmp_path / "manifest.csv").write_text(header + "a.png,refuse,,\n")
    assert main(tmp_path) == 0
    (tmp_path / "manifest.csv").write_text(header + "a.png,accept,,\n")
    assert main(tmp_path) == 1
    assert "MISMATCH: accept was expected" in capsys.readouterr().out
