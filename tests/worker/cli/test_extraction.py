"""Where commands keep what they measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.reasons import Fault, Reason
from tests.pictures import jpeg
from worker.cli.work.extraction import extraction_for
from worker.extraction import Wanted
from worker.extraction.store import FILE
from worker.settings import Settings


def measure(settings: Settings, cache: Path | None, picture: Path) -> None:
    extraction = extraction_for(settings, cache=cache, pictures=1, embedding=None, weights=None)
    assert len(extraction.vectors([Wanted(file=picture)], advance=lambda _: None)) == 1


def test_the_cache_lies_where_it_is_named_or_where_the_setting_says(tmp_path: Path) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(jpeg())
    settings = Settings(cache_dir=tmp_path / "usual")
    measure(settings, None, picture)
    assert (tmp_path / "usual" / FILE).is_file()
    measure(settings, tmp_path / "named", picture)
    assert (tmp_path / "named" / FILE).is_file()


def test_a_user_without_a_home_is_asked_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_: str) -> str:
        return "~"

    monkeypatch.setattr("os.path.expanduser", nowhere)
    with pytest.raises(Fault, match="--cache") as fault:
        extraction_for(Settings(), cache=None, pictures=1, embedding=None, weights=None)
    assert fault.value.reason is Reason.SETTINGS_INVALID
