"""The doctor on an installation that works, on broken ones, and where nothing runs at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text

from db.engine import make_engine
from detector.bundle import CheckedRuntime, write_bundle
from migrations.grants import Role
from migrations.roles import make_roles
from tests.bundles import vouched_contents
from tests.databases import Databases
from tests.servers import Bucket
from tests.worker.cli.conftest import Artgate
from worker.doctor.broker import check_broker
from worker.doctor.buckets import check_storage
from worker.doctor.database import check_database
from worker.doctor.finding import Finding, Health
from worker.doctor.limits import check_limits
from worker.doctor.listeners import check_console, check_hook
from worker.doctor.machine import check_machine
from worker.doctor.model import check_model
from worker.settings import Settings

NOWHERE = 9  # the discard port: nothing listens on it


def changed(settings: Settings, **values: object) -> Settings:
    """The settings with some other values."""
    return Settings(**(settings.model_dump() | values))


def healths(findings: Iterable[Finding]) -> dict[str, Health]:
    """How each subject is."""
    return {finding.subject: finding.health for finding in findings}


def test_servers_that_work_are_found_well(settings: Settings) -> None:
    """Nothing is wrong with the test stack, and every finding says what was seen."""
    findings = [*check_database(settings), *check_broker(settings), *check_storage(settings)]
    wrong = [finding for finding in findings if finding.health is Health.WRONG]
    assert {finding.subject for finding in wrong} <= {"durability"}  # tests may trade it for speed
    assert {"connection", "schema", "permissions", "clock", "eviction"} <= healths(findings).keys()
    assert all(finding.found for finding in findings)


def test_servers_that_are_down_are_found_wrong_and_say_what_to_do(settings: Settings) -> None:
    """Each area reports by itself, in seconds, without an exception."""
    down = changed(
        settings,
        database_url=f"postgresql://artgate:secret-word@127.0.0.1:{NOWHERE}/artgate",
        broker_url=f"redis://:secret-word@127.0.0.1:{NOWHERE}/0",
        s3_endpoint=f"http://127.0.0.1:{NOWHERE}",
    )
    findings = [*check_database(down), *check_broker(down), *check_storage(down)]
    wrong = [finding for finding in findings if finding.health is Health.WRONG]
    assert [finding.area for finding in wrong] == ["database", "broker", "storage"]
    assert all(finding.advice for finding in wrong)
    assert "secret-word" not in repr(findings)


def test_a_rabbitmq_that_is_down_is_called_by_its_name(settings: Settings) -> None:
    url = f"amqp://artgate:secret-word@127.0.0.1:{NOWHERE}//"
    (finding,) = check_broker(changed(settings, broker_url=url))
    assert finding.health is Health.WRONG
    assert "start RabbitMQ" in (finding.advice or "")
    assert "secret-word" not in repr(finding)


def test_a_database_without_tables_is_sent_to_the_migrations(
    settings: Settings, databases: Databases
) -> None:
    """Schema and permissions are wrong, and the advice names the command."""
    empty = changed(settings, database_url=databases.empty())
    findings = {finding.subject: finding for finding in check_database(empty)}
    assert findings["connection"].health is Health.OK
    for subject in ("schema", "permissions"):
        assert findings[subject].health is Health.WRONG
        assert "artgate db upgrade" in (findings[subject].advice or "")


def test_partitions_that_end_soon_are_told_and_who_makes_them(
    settings: Settings, new_database: Callable[[], str]
) -> None:
    url = new_database()
    mine = changed(settings, database_url=url)
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        names = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        )
        weeks = sorted(name for name in names if not name.endswith("_rest"))
        for name in weeks[2:]:
            connection.execute(text(f"DROP TABLE {name}"))
    (soon,) = (each for each in check_database(mine) if each.subject == "partitions")
    assert soon.health is Health.NOTE
    with engine.begin() as connection:
        for name in weeks[:2]:
            connection.execute(text(f"DROP TABLE {name}"))
    (ended,) = (each for each in check_database(mine) if each.subject == "partitions")
    assert (ended.health, ended.found) == (Health.WRONG, "webhook_attempts: 0 days ahead")
    assert "artgate sweeper" in (ended.advice or "")


@pytest.mark.parametrize(
    ("role", "taken", "missing"),
    [
        (Role.RELAY, "UPDATE ON outbox", "UPDATE on outbox"),
        (Role.SWEEPER, "EXECUTE ON FUNCTION drop_partition", "EXECUTE on drop_partition(text, timestamptz)"),
    ],
)
def test_a_role_of_least_privilege_is_measured_by_its_duty(
    settings: Settings, new_database: Callable[[], str], role: Role, taken: str, missing: str
) -> None:
    """It has what it needs; where a right was taken from it, that right is named."""
    url = new_database()
    password = make_roles(url, passwords_for=frozenset({role})).passwords[role]
    own = make_url(url).set(username=role.value, password=password)
    mine = changed(settings, database_url=own.render_as_string(hide_password=False))
    assert healths(check_database(mine))["permissions"] is Health.OK
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE {taken} FROM {role}"))
    (found,) = (each for each in check_database(mine) if each.subject == "permissions")
    assert found.health is Health.WRONG
    assert missing in found.found
    assert "artgate db roles" in (found.advice or "")


def test_wrong_keys_and_missing_buckets_are_told_apart(
    settings: Settings, bucket: Bucket, new_bucket: Callable[[], Bucket]
) -> None:
    """A wrong secret is a setting, a missing bucket is a bucket, and an object is really read."""
    bucket.put("picture.png", b"not even one")
    assert healths(check_storage(settings))[f"bucket {bucket.name}"] is Health.OK
    stranger = changed(settings, s3_secret_key="wrong")
    missing = changed(settings, buckets=("no-such-bucket",))
    by_key = [finding for finding in check_storage(stranger) if finding.health is Health.WRONG]
    by_bucket = [finding for finding in check_storage(missing) if finding.health is Health.WRONG]
    assert "ARTGATE_S3_SECRET_KEY" in (by_key[0].advice or "")
    assert "ARTGATE_BUCKETS" in (by_bucket[0].advice or "")


@pytest.mark.parametrize(
    ("values", "subject"),
    [
        ({"lease_seconds": 30}, "time limits"),
        ({"decode_seconds": 25.0}, "time limits"),
        ({"visibility_timeout": 30}, "visibility timeout"),
        ({"buckets": ()}, "buckets"),
        ({"hook_secrets": (), "hook_tokens": ()}, "hook keys"),
        ({"webhook_url": "http://127.0.0.1/"}, "webhook"),
        ({"moderator_tokens": {"ann": SecretStr("same"), "bob": SecretStr("same")}}, "moderators"),
    ],
)
def test_settings_that_contradict_each_other_are_found(values: dict[str, object], subject: str) -> None:
    """Each of them, and only it."""
    sound = Settings(buckets=("uploads",), hook_secrets=(SecretStr("s"),))
    assert Health.WRONG not in healths(check_limits(sound)).values()
    found = healths(check_limits(changed(sound, **values)))
    assert [name for name, health in found.items() if health is Health.WRONG] == [subject]


def test_a_machine_that_is_too_small_is_found() -> None:
    """More processes than memory is wrong, more than processors worth a note."""
    found = healths(check_machine(Settings(worker_children=10_000)))
    assert (found["memory"], found["processors"]) == (Health.WRONG, Health.NOTE)
    assert healths(check_machine(Settings(worker_children=1)))["libraries"] is Health.OK


def test_a_hook_or_a_console_that_does_not_run_is_a_note() -> None:
    """It may run elsewhere."""
    settings = Settings(hook_port=NOWHERE, console_port=NOWHERE)
    assert healths(check_hook(settings)) == {"readiness": Health.NOTE}
    (found,) = check_console(settings)
    assert (found.health, found.area) == (Health.NOTE, "console")
    assert "`artgate console`" in (found.advice or "")


@pytest.mark.parametrize(
    ("checked", "health"), [("numpy", Health.OK), ("torch-cuda", Health.NOTE)], ids=("checked", "unchecked")
)
def test_a_runtime_that_the_bundle_was_not_checked_with_is_a_note(
    settings: Settings, tmp_path: Path, checked: str, health: Health
) -> None:
    runtimes = (CheckedRuntime(runtime=checked, precision="float64"),)
    write_bundle(tmp_path, replace(vouched_contents(), checked_runtimes=runtimes))
    found = {finding.subject: finding for finding in check_model(changed(settings, bundle=tmp_path))}
    assert found["runtime"].health is health
    assert found["runtime"].found == "numpy in float64"


def test_the_command_reports_everything_and_exits_with_1_when_something_is_wrong(
    artgate: Artgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every server down, each area still has its say."""
    monkeypatch.setenv("ARTGATE_DATABASE_URL", f"postgresql://artgate@127.0.0.1:{NOWHERE}/artgate")
    monkeypatch.setenv("ARTGATE_BROKER_URL", f"redis://127.0.0.1:{NOWHERE}/0")
    monkeypatch.setenv("ARTGATE_S3_ENDPOINT", f"http://127.0.0.1:{NOWHERE}")
    report = artgate("doctor", "--format", "jsonl")
    assert report.status == 1
    areas = {line["area"] for line in report.lines}
    assert areas == {"settings", "machine", "database", "broker", "storage", "model", "hook", "console"}


def test_settings_that_cannot_be_read_are_a_finding_too(
    artgate: Artgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor names the variable and stops there."""
    monkeypatch.setenv("ARTGATE_HOOK_PORT", "many")
    report = artgate("doctor", "--format", "jsonl")
    assert report.status == 1
    assert [line["area"] for line in report.lines] == ["settings"]
    assert "ARTGATE_HOOK_PORT" in report.lines[0]["found"]
