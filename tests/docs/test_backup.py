"""The recipe of docs/operations.md for backup and restore, run as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import make_url, text

from db.engine import make_engine, make_sessions
from db.models import EventState
from deploy.local.stack import LocalStack
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket, settings_for
from tests.worker.audit.conftest import KEYS, work
from tests.worker.cli.shell import ARTGATE
from tests.worker.inbox import take_in, wait_until_terminal
from tests.worker.running import artgate
from worker.audit.chainer import Chainer
from worker.doctor.database import check_database
from worker.doctor.finding import Health

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
KEY = "k" * 32
"""As `tests.worker.audit.conftest` signs."""


def block(name: str) -> str:
    """The shell block that begins with a comment of this name."""
    found = re.findall(rf"```sh\n(# {name}:.*?)```", PAGE, re.DOTALL)
    assert len(found) == 1, f"one block begins with {name}"
    return str(found[0])


@pytest.fixture
def shell(stack: LocalStack, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a block in a folder of its own, stopping at the first command that fails."""
    programs = stack.postgres.programs if stack.postgres else Path(shutil.which("pg_dump") or "").parent

    def run(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, (ARTGATE.parent, programs, "/usr/bin", "/bin")))
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "PYTHONPATH") if name in os.environ}  # noqa: TID251 - a shell passes its own on
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=kept | {"PATH": path, "ARTGATE_AUDIT_KEYS": KEY} | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def plain(url: str) -> str:
    """A libpq URL, as PostgreSQL's own programs take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_what_was_backed_up_is_restored_is_intact_and_is_worked_at(
    shell: Callable[..., subprocess.CompletedProcess[str]],
    new_database: Callable[[], str],
    broker_url: str,
    bucket: Bucket,
    tmp_path: Path,
) -> None:
    """Decisions and their log, and uploads that waited: one was never enqueued, one's message is lost."""
    url = new_database()
    engine = make_engine(url, pooled=False)
    sessions = work(make_sessions(engine))
    Chainer(sessions, KEYS).chain_all()
    waiting = [take_in(sessions, bucket.name, key, etag=bucket.put(key, jpeg(seed=1))) for key in ("a", "b")]
    with sessions.begin() as session:
        session.execute(
            text("UPDATE events SET state = 'queued', queued_at = now() WHERE id = :id"), {"id": waiting[1]}
        )

    saved = shell(block("backup"), DATABASE=plain(url), ARTGATE_DATABASE_URL=url)
    assert saved.returncode == 0, saved.stderr

    name = f"{make_url(url).database}_restored"
    target = make_url(url).set(database=name).render_as_string(hide_password=False)
    restored = shell(block("restore"), SERVER=plain(url), NAME=name, RESTORED=plain(target))
    assert restored.returncode == 0, restored.stderr
    assert "as needed" in restored.stdout
    try:
        _assert_work_goes_on(target, broker_url, bucket, tmp_path, waiting)
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _assert_work_goes_on(
    database: str, broker: str, bucket: Bucket, folder: Path, waiting: list[UUID]
) -> None:
    """As the roles that the recipe has made where the backup knew none: processes by their own URLs."""
    settings = settings_for(
        database=database,
        broker=broker,
        bucket=bucket,
        bundle=make_bundle(folder),
        audit_keys=(KEY,),
        worker_children=1,
        sweep_interval=0.1,
        sweep_grace=0.0,
    )
    findings = list(check_database(settings))
    assert {each.subject for each in findings if each.health is Health.WRONG} <= {"durability"}
    own = {}
    for process in ("worker", "sweeper"):
        file = folder / "secrets" / f"database_url_{process}"
        own[process] = settings.model_copy(update={"database_url": file.read_text()})
    with artgate("worker", own["worker"], folder), artgate("sweeper", own["sweeper"], folder):
        engine = make_engine(database, pooled=False)
        ended = wait_until_terminal(make_sessions(engine), waiting, seconds=60)
    assert [each.state for each in ended] == [EventState.DONE, EventState.DONE]
