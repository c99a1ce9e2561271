"""No secret reaches a log, a representation, an error, an answer or what a command prints."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url

from deploy.local.launch import free_port
from tests.bundles import make_bundle
from tests.servers import Bucket, settings_for
from tests.worker.cli.shell import artgate as command
from tests.worker.inbox import wait_until
from tests.worker.receiver import receiver
from tests.worker.running import Running, artgate, environment, hook_answers
from worker.settings import Settings

MARK = "marked-secret-"
PROCESSES = ("hook", "worker", "sweeper", "relay", "console", "sqs")
QUEUES: dict[str, Any] = {"sqs_queues": ("http://127.0.0.1:9/uploads",), "sqs_endpoint": "http://127.0.0.1:9"}
"""Queues where nothing listens."""
IN_URLS = {
    "database_url": "postgresql://artgate:{}@127.0.0.1:9/artgate",
    "broker_url": "redis://:{}@127.0.0.1:9/0",
}
SECRETS = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}

REFUSABLE = sorted(name for name in SECRETS if Settings.model_fields[name].annotation != SecretStr | None)
"""Those that have a form."""


def word(name: str) -> str:
    """The marked value of a setting; long enough for a key."""
    return f"{MARK}{name.replace('_', '-')}-0123456789"


def marked(name: str) -> Any:
    """A value of a setting with a marked secret in it."""
    form = str(Settings.model_fields[name].annotation)
    if name in IN_URLS:
        return IN_URLS[name].format(word(name))
    if form.startswith("dict"):
        return {"ann": word(name)}
    return (word(name),) if form.startswith("tuple") else word(name)


def all_marked() -> dict[str, Any]:
    """Every secret setting with a marked value, as the settings hold it."""
    settings = Settings(**{name: marked(name) for name in SECRETS})
    return {name: getattr(settings, name) for name in SECRETS}


def wrongly(name: str) -> str:
    """A value that the settings refuse, with a marked secret in it."""
    form = str(Settings.model_fields[name].annotation)
    if name in IN_URLS:
        return f"nonsense://artgate:{word(name)}@127.0.0.1/0"
    if form.startswith("dict"):
        return f'{{"ann": "{word(name)}"'
    return f'["{word(name)}"'


def assert_silent(said: str, secrets: set[str]) -> None:
    """Nothing of them is in a text, plain or as an URL has it."""
    assert said != "", "it said something that could be looked at"
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            assert form not in said, f"...{said[max(0, said.index(form) - 300) : said.index(form)]}<here>"


def secrets_of(settings: Settings) -> set[str]:
    """Every secret of some settings: of an URL, its password."""
    found = set()
    for name in SECRETS & settings.model_fields_set:
        value = getattr(settings, name)
        values = (
            value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        )
        plain = [each.get_secret_value() for each in values if isinstance(each, SecretStr)]
        found |= {str(make_url(each).password) for each in plain} if name in IN_URLS else set(plain)
    return found - {"None"}


def test_settings_show_none_of_their_secrets() -> None:
    settings = Settings(**{name: marked(name) for name in SECRETS})
    assert len(secrets_of(settings)) == len(SECRETS)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert_silent(shown, {MARK})


def test_an_error_of_the_settings_shows_no_input() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(s3_secret_key=marked("s3_secret_key"), database_url=SecretStr(wrongly("database_url")))
    assert_silent(f"{refused.value} {refused.value!r}", {MARK[:5]})


@pytest.mark.parametrize("name", REFUSABLE)
def test_a_secret_that_is_refused_is_not_repeated(name: str) -> None:
    refused = command("status", **{f"ARTGATE_{name.upper()}": wrongly(name)})
    assert refused.status == 2, refused.err
    assert_silent(refused.err, {MARK})
    assert "Traceback" not in refused.err


@pytest.fixture(scope="module")
def troubled(
    database: str, broker_url: str, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, dict[str, Running]]]:
    """All processes where all goes wrong that can while PostgreSQL and the broker answer."""
    folder = tmp_path_factory.mktemp("troubled")
    with receiver() as platform, ExitStack() as stack:
        platform.answer = lambda _: 500
        settings = settings_for(
            database=database,
            broker=broker_url,
            bucket=bucket,
            bundle=make_bundle(folder),
            hook_port=free_port(),
            console_port=free_port(),
            **QUEUES,
            webhook_url=platform.url,
            worker_children=1,
            sweep_interval=0.1,
            log_level="debug",
            **{name: marked(name) for name in SECRETS - {"database_url", "broker_url"}},
        )
        yield settings, {name: stack.enter_context(artgate(name, settings, folder)) for name in PROCESSES}


def test_processes_in_trouble_keep_their_secrets(
    troubled: tuple[Settings, dict[str, Running]], bucket: Bucket
) -> None:
    """Wrong keys of the storage, a receiver that refuses, requests that are forged, and one that is good."""
    settings, processes = troubled
    wait_until(lambda: hook_answers(settings), "the hook", 60)
    with httpx.Client(base_url=f"http://127.0.0.1:{settings.hook_port}", trust_env=False) as client:
        answers = [*attempts(client, bucket.name)]
        assert {answer.status_code for answer in answers} >= {200, 202, 401, 422}
        assert_silent(" ".join(f"{answer.headers} {answer.text}" for answer in answers), {MARK})
    processes["worker"].wait_until_said("fault")
    processes["relay"].wait_until_said("delivery_failed")
    processes["sqs"].wait_until_said("queue_away")
    wait_until(lambda: signed_in_wrongly(settings) is not None, "the console", 60)
    assert_silent(str(signed_in_wrongly(settings)), {MARK})
    for running in processes.values():
        running.terminate()
    secrets = secrets_of(settings)
    assert len(secrets) == len(SECRETS)
    for running in processes.values():
        assert_silent(running.text or "nothing at all", secrets)


def attempts(client: httpx.Client, bucket: str) -> Iterator[httpx.Response]:
    """Requests of every kind: with the right token, with a wrong one, with nonsense."""
    good = {"Authorization": f"Bearer {word('hook_tokens')}"}
    body = [{"bucket": bucket, "key": "a.jpg"}, {"bucket": "another", "key": "b.jpg"}]
    yield client.post("/v1/events", json=body, headers=good)
    yield client.post("/v1/events", json=body, headers={"Authorization": f"Bearer {word('hook_tokens')}x"})
    yield client.post("/v1/events", json=body, headers={"X-Artgate-Signature": "t=1,v1=00"})
    yield client.post("/v1/events", content=b"{", headers=good)
    yield client.get("/v1/review/items", headers={"Authorization": f"Bearer {word('moderator_tokens')}"})
    yield client.get("/v1/review/items", headers={"Authorization": "Bearer other"})
    yield client.get("/metrics", headers=good)


def signed_in_wrongly(settings: Settings) -> str | None:
    """What the console's pages answer who has no account; None while it does not listen."""
    url = f"http://127.0.0.1:{settings.console_port}/console"
    try:
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            page = client.get(f"{url}/queue", headers={"Accept": "text/html"})
            forged = client.post(
                f"{url}/sign-in", data={"name": "ann", "password": word("hook_tokens")[::-1]}
            )
            return f"{page.headers} {page.text} {forged.headers} {forged.text}"
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_whose_servers_refuse_it_keeps_its_secrets(
    process: str, settings: Settings, tmp_path: Path
) -> None:
    """PostgreSQL and the broker are there, and the passwords are wrong."""
    own = settings.model_copy(
        update={
            **all_marked(),
            "database_url": SecretStr(refused_by(settings.database_url, "database_url")),
            "broker_url": SecretStr(refused_by(settings.broker_url, "broker_url")),
            "bundle": make_bundle(tmp_path),
            **QUEUES,
            "hook_port": free_port(),
            "console_port": free_port(),
            "monitor_port": free_port(),
            "webhook_url": "http://127.0.0.1:9/",
            "log_level": "debug",
        }
    )
    with artgate(process, own, tmp_path) as running:
        ready = f"http://127.0.0.1:{own.monitor_port}/readyz"
        wait_until(lambda: not running.running or status(ready) == 503, "its trouble", 60)
        said = httpx.get(ready, trust_env=False).text if running.running else "it has ended"
        time.sleep(1)
    assert_silent(f"{said} {running.text}", secrets_of(own))


def test_the_doctor_keeps_the_secrets_that_it_tries(settings: Settings, tmp_path: Path) -> None:
    own = settings.model_copy(
        update={
            **all_marked(),
            "broker_url": SecretStr(refused_by(settings.broker_url, "broker_url")),
            "bundle": make_bundle(tmp_path),
            "database_url": SecretStr(refused_by(settings.database_url, "database_url")),
        }
    )
    variables = {name: value for name, value in environment(own).items() if name.startswith("ARTGATE_")}
    found = command("doctor", **variables)
    assert found.status == 1, found.err
    assert_silent(found.out + found.err, secrets_of(own))


def refused_by(url: SecretStr, name: str) -> str:
    """The URL of a server with a password that it does not know."""
    return make_url(url.get_secret_value()).set(password=word(name)).render_as_string(hide_password=False)


def status(url: str) -> int | None:
    try:
        return httpx.get(url, trust_env=False).status_code
    except httpx.TransportError:
        return None
