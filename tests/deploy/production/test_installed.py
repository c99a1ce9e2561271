"""Compose, Kubernetes and systemd run commands that exist, with settings that exist and hold together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from migrations.grants import Role
from tests.deploy.production.manifests import DEPLOY, PROCESSES, Installed, env_file, installed
from worker.cli.table import TABLE, Command, Group
from worker.doctor.finding import Health
from worker.doctor.limits import check_limits
from worker.settings import Settings

ALL = installed()
WRITTEN = {".yaml", ".env", ".service", ".target", ".sh", ""}
LONG_RUNNING = [each for each in ALL if each.process in PROCESSES]
SECRETS = {
    "database_url": "postgresql://artgate:secret@postgres:5432/artgate",
    "broker_url": "redis://:secret@valkey:6379/0",
    "audit_keys": "k" * 32,
    "moderator_tokens": json.dumps({"ada": "secret"}),
}


def named(each: Installed) -> str:
    return each.where


@pytest.mark.parametrize("each", ALL, ids=named)
def test_the_command_exists(each: Installed) -> None:
    commands: dict[str, Command | Group] = {entry.name: entry for entry in TABLE}
    first, *rest = each.words
    entry = commands[first]
    known = [command.name for command in entry.commands] if isinstance(entry, Group) else []
    assert rest == [] or rest[0] in known


@pytest.mark.parametrize("each", ALL, ids=named)
def test_every_setting_exists_and_every_file_of_a_secret_is_given(each: Installed) -> None:
    ours = {name for name in each.environment if name.startswith("ARTGATE_")}
    settings = {name.removeprefix("ARTGATE_").removesuffix("_FILE").lower() for name in ours}
    assert settings <= set(Settings.model_fields)
    given = {Path(each.environment[name]).name for name in ours if name.endswith("_FILE")}
    roles = {f"database_url_{role.removeprefix('artgate_')}" for role in Role}  # who makes them reads them
    assert each.files == given | (roles if each.words[:2] == ("db", "roles") else set())


def settings_of(each: Installed) -> Settings:
    """As the process would read them, with secrets filled in and what Compose leaves empty left out."""
    given: dict[str, object] = {}
    for name, value in each.environment.items():
        field = name.removeprefix("ARTGATE_").lower()
        if field.endswith("_file"):
            secret = field.removesuffix("_file")
            given[secret] = SECRETS.get(secret, "secret")
        elif name.startswith("ARTGATE_") and not value.startswith("${"):
            given[field] = value
    return Settings(**given)  # type: ignore[arg-type]  # as text, which the settings read


@pytest.mark.parametrize("each", LONG_RUNNING, ids=named)
def test_the_settings_of_a_process_are_valid_and_its_limits_hold_together(each: Installed) -> None:
    settings = settings_of(each)
    wrong = {found.subject for found in check_limits(settings) if found.health is Health.WRONG}
    others = {"hook keys": "hook", "webhook": "relay"}  # whose settings they are
    assert [subject for subject in wrong if others.get(subject, each.process) == each.process] == []
    assert settings.monitor_port is not None, "its life can be asked for"
    assert settings.buckets


@pytest.mark.parametrize("each", LONG_RUNNING, ids=named)
def test_a_process_has_the_secrets_of_its_work_and_no_others(each: Installed) -> None:
    """Who breaks into one of them has not the keys of all."""
    own: set[str] = {
        "hook": {"hook_secrets", "hook_tokens", "moderator_tokens"},
        "worker": {"s3_access_key", "s3_secret_key"},
        "sweeper": {"audit_keys"},
        "relay": {"webhook_secret"},
        "console": {"s3_access_key", "s3_secret_key"},
        "sqs": {"sqs_access_key", "sqs_secret_key"},
    }[each.process]
    assert each.files == own | {"database_url", "broker_url"}


@pytest.mark.parametrize("each", LONG_RUNNING, ids=named)
def test_a_process_gets_the_time_that_its_end_may_take(each: Installed) -> None:
    settings = settings_of(each)
    needed = {
        "hook": 10 + 5 + 2 * settings.publish_timeout,
        "worker": settings.hard_time_limit,
        "sweeper": 30,
        "relay": 2 * settings.webhook_timeout,
        "console": 10 + 5,
        "sqs": settings.sqs_wait + 2 * settings.publish_timeout,
    }[each.process]
    assert each.stop_seconds > needed


@pytest.mark.parametrize("each", ALL, ids=named)
def test_a_process_reaches_postgresql_in_the_role_of_its_duty(each: Installed) -> None:
    """Each URL is a role's own; the administrator's is for making the roles alone."""
    roles = {
        ("db", "roles", "--secrets", "/run/secrets"): "admin",
        ("db", "upgrade"): Role.MIGRATOR,
        ("status",): Role.OPERATOR,
        ("sqs",): Role.HOOK,  # takes events in as the hook does
    }
    role = roles.get(each.words) or Role(f"artgate_{each.process}")
    assert each.database_url == f"database_url_{role.removeprefix('artgate_')}"


@pytest.mark.parametrize("way", ["compose", "kubernetes", "systemd"])
def test_every_way_runs_all_processes_and_migrates(way: str) -> None:
    found = {each.words for each in ALL if each.where.startswith(way)}
    own = {("db", "roles", "--secrets", "/run/secrets"), ("status",)} if way == "compose" else set()
    assert found == {*((name,) for name in PROCESSES), ("db", "upgrade")} | own


SECRET = {name for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation)}
MANIFESTS = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.suffix in WRITTEN]


def test_what_is_secret_is_known_by_its_type() -> None:
    assert {"database_url", "hook_tokens", "moderator_tokens", "oidc_client_secret", "audit_keys"} <= SECRET


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_manifest_holds_a_secret(path: Path) -> None:
    """Each comes from a file; what stands in an example, or is made by the script, is none."""
    text = path.read_text()
    for name in SECRET:
        assert not re.search(rf"ARTGATE_{name.upper()}\b", text), f"by value: {name}"
    words = re.findall(r"\w+://[^\s:@/]*:([^\s@/]+)@", text)
    assert {word for word in words if not word.startswith("$(")} <= {"CHANGE-ME"}
    if path.name == "secrets.example.env":
        assert all("CHANGE-ME" in value for value in env_file(path).values())


def test_processes_of_one_machine_have_a_port_each() -> None:
    """systemd's share an address; containers have their own."""
    ports = [
        each.environment["ARTGATE_MONITOR_PORT"] for each in LONG_RUNNING if each.where.startswith("systemd")
    ]
    assert len(set(ports)) == len(PROCESSES)
