"""Names of moderators never leave: two with telling names work, and every way out is searched for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import func, select, text

from db.models import HumanLabel
from db.models.accounts import Role
from db.queries import bundles, decisions, policies
from migrations.grants import RIGHTS
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.access.people import account, bearer
from tests.worker.cli.conftest import Artgate
from tests.worker.filing import BUNDLE, Filed, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import finish
from tests.worker.receiver import receiver
from worker.access.permissions import ROUTES, Permission
from worker.clock import new_id
from worker.console.app import make_app as make_console
from worker.dispatch import Dispatcher
from worker.hook.app import make_app as make_hook
from worker.monitoring.desk import DeskMetrics, DeskTail
from worker.monitoring.figures import Figures
from worker.monitoring.metrics import FigureMetrics
from worker.relay import Relay
from worker.review import appeals, asides, blinding, deciding, desk, questions
from worker.settings import Settings

FIRST, SECOND = "wilhelmina.telltale", "bartholomew.telltale"
TELLING = re.compile("telltale|wilhelmina|bartholomew", re.IGNORECASE)
ARTIST = "artist-17"
PLATFORM = {Permission.READ_EVENTS, Permission.APPEAL, Permission.ERASE, Permission.EXPORT}
INSIDE = frozenset(
    {
        *("accounts", "reviewers", "decisions", "review_items", "review_acts", "first_opinions"),
        *("retractions", "notes"),
    }
)
"""Tables that know who did what, or hold what people wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was done, and the counters that watched."""

    accused: Filed
    """Called SYNTHETIC by the first."""
    decision: UUID
    """The first one."""
    appeal: UUID
    registry: CollectorRegistry


def upload(sessions: Sessions, bucket: Bucket, seed: int) -> Filed:
    """A picture of the artist that lies in the storage."""
    key, data = f"{new_id()}.jpg", jpeg(seed=seed)
    facts: dict[str, Any] = {
        "etag": bucket.put(key, data),
        "sha256": hashlib.sha256(data).digest(),
        "format": "JPEG",
        "uploader": ARTIST,
    }
    with sessions.begin() as session:
        filed = file_uncertain(session, bucket.name, key, **facts)
        finish(session, filed)
    return filed


def decide(sessions: Sessions, item: UUID, who: str, label: HumanLabel) -> UUID:
    """With an opinion first, and a note that is signed. The decision's id."""
    with sessions.begin() as session:
        lease = desk.claim(session, item, who, lease_seconds=60).lease_number
        blinding.opine(session, item, who, lease, label)
        note = f"Seen by {who.title()}, as {SECOND} would."
        deciding.decide(session, item, who, lease, label=label, note=note, undo_seconds=0)
        made = decisions.id_of(session, item, who, lease)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def work(sessions: Sessions, bucket: Bucket) -> Work:
    """Every step that a moderator can take, by two of them."""
    registry = CollectorRegistry()
    tail = DeskTail(sessions, DeskMetrics(registry), settled_seconds=0)
    with sessions.begin() as session:
        policies.append(session, {"second_review": {"mode": "off"}, "known_answer_share": 0.5})
    tail.read()
    for name, role in ((FIRST, Role.MODERATOR), (SECOND, Role.SENIOR)):
        account(sessions, role, name=name)
    accused, appealed, asked, aside = (upload(sessions, bucket, seed) for seed in range(4))
    decision = decide(sessions, accused.item, FIRST, HumanLabel.SYNTHETIC)
    decide(sessions, appealed.item, FIRST, HumanLabel.SYNTHETIC)
    with sessions.begin() as session:
        filing = appeals.Filing(
            image_id=appealed.image,
            bucket=None,
            key=None,
            appellant=ARTIST,
            statement="I drew it.",
            filed_by="service:shop",
        )
        appeal = appeals.file(session, filing, [], per_day=5, deadline_seconds=60)
    decide(sessions, appealed.item, SECOND, HumanLabel.GENUINE)
    decide(sessions, asked.item, SECOND, HumanLabel.GENUINE)
    with sessions.begin() as session:
        bundles.activate(session, BUNDLE)
        questions.add(session, asked.image, HumanLabel.GENUINE)
        question = desk.claim_next(session, FIRST, lease_seconds=60, dice=lambda: 0.0)
        lease, label = question.lease_number, HumanLabel.GENUINE
        deciding.decide(session, question.id, FIRST, lease, label=label, note=None, undo_seconds=0)
    with sessions.begin() as session:
        lease = desk.claim(session, aside.item, FIRST, lease_seconds=60).lease_number
        asides.hand_over(session, aside.item, FIRST, lease, to=SECOND, why=f"for {SECOND}, {FIRST}")
    tail.read()
    return Work(accused=accused, decision=decision, appeal=appeal, registry=registry)


@pytest.fixture(scope="module")
def hook(settings: Settings, sessions: Sessions, dispatcher: Dispatcher) -> Iterator[TestClient]:
    """The platform's API, and a service that asks it."""
    open_to_all = settings.model_copy(update={"api_per_second": 1e4, "api_burst": 10_000})
    with TestClient(make_hook(open_to_all, sessions, dispatcher)) as made:
        made.headers.update(bearer(sessions, account(sessions, Role.SERVICE)))
        yield made


def of_the_platform(hook: TestClient, work: Work, bucket: Bucket) -> dict[str, str]:
    """Every answer that a platform's program can get, by route; a new route has to be added here."""
    filed = work.accused
    with_ids = {
        "event_id": filed.event,
        "image_id": filed.image,
        "appeal_id": work.appeal,
        "erasure_id": new_id(),
        "statement_id": work.decision,
    }
    place = {"bucket": bucket.name, "key": hook.get(f"/v1/events/{filed.event}").json()["key"]}
    queries = {
        "/v1/objects/verdict": place,
        "/v1/objects/history": place,
        "/v1/persons/records": {"uploader": ARTIST, "limit": "200"},
    }
    found = {}
    for (method, path), permission in ROUTES.items():
        if method == "GET" and permission in PLATFORM:
            answer = hook.get(path.format(**with_ids), params=queries.get(path))
            assert answer.status_code == (404 if "erasure_id" in path else 200), (path, answer.text)
            found[path] = answer.text
    following = json.loads(found["/v1/persons/records"])["next"]
    while following is not None:
        page = hook.get("/v1/persons/records", params={"uploader": ARTIST, "after": following})
        found["/v1/persons/records"] += page.text
        following = page.json()["next"]
    assert "[a reviewer]" in found["/v1/persons/records"], "the notes were there to be read"
    return found


def of_the_shell(artgate: Artgate, work: Work, folder: Path) -> dict[str, str]:
    """What commands write for programs, and the files that they leave."""
    commands: dict[str, tuple[object, ...]] = {
        "statements": ("statements", "show", work.decision),
        "statement files": ("statements", "export", folder / "statements"),
        "labels": ("labels", "export", folder / "labels"),
        "person": ("person", "export", ARTIST, "--out", folder / "person"),
        "feedback": ("feedback", "--now", "--format", "jsonl"),
        "agreement": ("queue", "agreement", "--format", "jsonl"),
        "chain": ("audit", "chain"),
        "heads": ("audit", "heads"),
        "verify": ("audit", "verify"),
        "webhooks": ("webhooks", "log", "--format", "jsonl"),
        "dossier": ("show", work.accused.image, "--format", "jsonl"),
    }
    found = {}
    for name, words in commands.items():
        done = artgate(*words)
        found[name] = done.out + done.err
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".jsonl", ".csv", ".md"}:
            found[str(file.relative_to(folder))] = file.read_text()
    return found


def of_webhooks(settings: Settings, sessions: Sessions) -> dict[str, str]:
    """What a platform's receiver gets, headers and all."""
    with receiver() as platform:
        told = settings.model_copy(update={"webhook_url": platform.url, "webhook_secret": "s" * 24})
        relay = Relay(Settings(**told.model_dump()), sessions=sessions)
        while relay.deliver_due():
            pass
        relay.close()
        assert {each.json["type"] for each in platform.taken} == {"decision"}
        return {
            f"webhook {number}": f"{each.headers}{each.body.decode()}"
            for number, each in enumerate(platform.taken)
        }


def of_measuring(
    settings: Settings, sessions: Sessions, dispatcher: Dispatcher, hook: TestClient, work: Work
) -> dict[str, str]:
    """Metrics, and the page of numbers as data."""
    Figures(FigureMetrics(work.registry), sessions=sessions, dispatcher=dispatcher).refresh()
    with TestClient(make_console(settings, sessions), base_url="https://moderation.example") as console:
        asking = bearer(sessions, account(sessions, Role.AUDITOR))
        numbers = console.get("/console/numbers.json", headers=asking)
    assert numbers.status_code == 200
    return {
        "metrics": generate_latest(work.registry).decode(),
        "hook's metrics": hook.get("/metrics").text,
        "numbers": numbers.text,
    }


def of_the_tables(sessions: Sessions) -> dict[str, str]:
    """What lies in each table that is not there to know who did what: the audit log among them."""
    found = {}
    with sessions() as session:
        for table in sorted(RIGHTS.keys() - INSIDE):
            rows = session.scalars(select(func.to_jsonb(text(f'"{table}"'))).select_from(text(table)))
            found[f"table {table}"] = json.dumps(rows.all(), default=str)
    return found


def test_no_way_out_names_a_moderator(
    settings: Settings,
    sessions: Sessions,
    dispatcher: Dispatcher,
    bucket: Bucket,
    hook: TestClient,
    work: Work,
    artgate: Artgate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each way gives something, and nothing of what it gives has either name, whole or in part."""
    monkeypatch.setenv("ARTGATE_AUDIT_KEYS", "k" * 64)
    monkeypatch.setenv("ARTGATE_STATEMENT_GROUND", "Terms of use, section 4")
    monkeypatch.setenv("ARTGATE_STATEMENT_EXPLANATION", "Such pictures must be marked.")
    found = (
        of_webhooks(settings, sessions)
        | of_the_platform(hook, work, bucket)
        | of_the_shell(artgate, work, tmp_path)
        | of_measuring(settings, sessions, dispatcher, hook, work)
        | of_the_tables(sessions)
    )
    assert {"labels/manifest.csv", "person/decisions.jsonl", "table audit_entries"} <= found.keys()
    assert [name for name in found if name.startswith("statements/")]
    assert [name for name, given in found.items() if not given.strip()] == []
    assert {name: TELLING.findall(given) for name, given in found.items() if TELLING.search(given)} == {}
