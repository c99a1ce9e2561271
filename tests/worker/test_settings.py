"""Settings as the environment gives them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detector.reasons import Fault, Reason
from worker.settings import limit_threads, read_settings, threads_limited


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


@pytest.mark.parametrize("name", ["none", "empty", "."])
def test_a_secret_file_that_holds_none_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("ARTGATE_WEBHOOK_SECRET_FILE", str(tmp_path / name))
    with pytest.raises(Fault, match="ARTGATE_WEBHOOK_SECRET_FILE: the file"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "hunter2", "can't be parsed"),
        ("DATABASE_URL", "postgresql://ann:hunter2@host:port/artgate", "can't be parsed"),
        ("DATABASE_URL", "mysql://ann:hunter2@host/artgate", "artgate needs PostgreSQL"),
        ("BROKER_URL", "hunter2", "redis://"),
        ("BROKER_URL", "http://ann:hunter2@host", "redis://"),
        ("BROKER_URL", "redis://:hunter2@host:port/0", "port"),
        ("S3_ENDPOINT", "hunter2", "http://"),
        ("S3_ENDPOINT", "http://:9000", "names a host"),
        ("S3_REGION", "hunter2 west", "pattern"),
        ("WEBHOOK_URL", "ftp://hunter2", "http://"),
        ("WEBHOOK_URL", "https://hunter2:port/", "port"),
        ("BROKER_URL", "sqs://key:hunter2@", "artgate sqs"),
        ("BUCKETS", "[hunter2", "list in JSON"),
        ("MODERATOR_TOKENS", "{hunter2", "JSON object"),
        ("MODERATOR_TOKENS", '["hunter2"]', "dictionary"),
        ("S3_ACCESS_KEY", "hunter2", "ARTGATE_S3_SECRET_KEY together"),
    ],
)
def test_what_no_process_could_work_with_is_told_at_its_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """By the variable's name, and without its value, which may hold a password."""
    monkeypatch.setenv(f"ARTGATE_{name}", value)
    with pytest.raises(Fault, match=f"ARTGATE_{name}") as caught:
        read_settings()
    assert says in caught.value.message
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://ann:p%2Fw@host/artgate"),
        ("DATABASE_URL", "postgresql+psycopg://ann@/artgate?host=/run/postgresql"),
        ("BROKER_URL", "redis+socket:///run/valkey.sock"),
        ("BROKER_URL", "rediss://:word@host:6380/1"),
        ("BROKER_URL", "sentinel://one:26379;sentinel://two:26379"),
        ("BROKER_URL", "amqp://ann:word@host//"),
        ("S3_ENDPOINT", "https://storage.example:9000"),
    ],
)
def test_every_usual_way_to_name_a_server_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ARTGATE_{name}", value)
    read_settings()


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a compose file leaves it: an empty secret must never sign anything."""
    for name in ("WEBHOOK_URL", "WEBHOOK_SECRET", "HOOK_PORT", "WEBHOOK_SECRET_FILE"):
        monkeypatch.setenv(f"ARTGATE_{name}", "")
    settings = read_settings()
    assert settings.webhook_url is None
    assert settings.webhook_secret is None
    assert settings.hook_port == 8080


def test_threads_are_shared_out_and_what_is_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        monkeypatch.setenv(name, "")  # so that it is put back as it was
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(8))
    assert limit_threads(3) == 2
    assert limit_threads(100) == 1
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
    assert [os.environ[name] for name in names] == ["7", "2", "1"]  # noqa: TID251 - what libraries see


def test_a_share_for_a_while_leaves_the_variables_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(8))
    before = dict(os.environ)  # noqa: TID251 - what libraries see
    with threads_limited(4):
        assert os.environ["OMP_NUM_THREADS"] == "7"  # noqa: TID251
        assert os.environ["MKL_NUM_THREADS"] == "2"  # noqa: TID251
    assert dict(os.environ) == before  # noqa: TID251
