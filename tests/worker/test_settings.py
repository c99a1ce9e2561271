"""Settings as the environment gives them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detector.reasons import Fault, Reason
from worker.settings import limit_threads, read_settings


@pytest.mark.parametrize("text", ["art,other", " art , other,", '["art", "other"]'])
def test_a_list_is_parted_by_commas_or_written_as_json(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ARTGATE_BUCKETS", text)
    assert read_settings().buckets == ("art", "other")


def test_secrets_may_lie_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("new,old\n")
    (tmp_path / "moderators").write_text('{"ada": "token"}')
    monkeypatch.setenv("ARTGATE_HOOK_SECRETS_FILE", str(tmp_path / "secrets"))
    monkeypatch.setenv("ARTGATE_MODERATOR_TOKENS_FILE", str(tmp_path / "moderators"))
    settings = read_settings()
    assert [secret.get_secret_value() for secret in settings.hook_secrets] == ["new", "old"]
    assert settings.moderator_tokens["ada"].get_secret_value() == "token"
    assert "new" not in repr(settings)


def test_what_is_wrong_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTGATE_HOOK_PORT", "password")
    with pytest.raises(Fault, match="ARTGATE_HOOK_PORT") as caught:
        read_settings()
    assert caught.value.reason is Reason.SETTINGS_INVALID
    assert "password" not in caught.value.message


def test_a_file_that_is_not_there_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARTGATE_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(Fault):
        read_settings()


def test_threads_are_shared_out_and_what_is_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "")  # so that it is put back as it was
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(8))
    assert limit_threads(3) == 2
    assert limit_threads(100) == 1
    seen = [os.environ[name] for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")]  # noqa: TID251 - what libraries see
    assert seen == ["7", "2"]
