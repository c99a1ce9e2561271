"""``artgate db`` against a real PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.engine import make_engine
from migrations.grants import Role
from migrations.roles import make_roles
from tests.databases import Databases
from tests.worker.cli.conftest import Outcome
from worker.cli.main import main

Artgate = Callable[..., Outcome]


@pytest.fixture
def url(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of a database without tables, which the settings name."""
    empty = databases.empty()
    monkeypatch.setenv("ARTGATE_DATABASE_URL", empty)
    return empty


@pytest.fixture
def artgate_db(url: str, capsys: pytest.CaptureFixture[str]) -> Artgate:
    """Runs ``artgate db`` on the empty database."""

    def run(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main(["db", *words])
        printed = capsys.readouterr()
        return Outcome(status=int(stopped.value.code or 0), out=printed.out, err=printed.err)

    return run


def test_a_database_that_was_never_migrated_is_told_what_to_do(artgate_db: Artgate) -> None:
    checked = artgate_db("check")

    assert checked.status == 1
    assert "run `artgate db upgrade`" in checked.out


def test_upgrade_brings_the_schema_that_check_wants(artgate_db: Artgate) -> None:
    assert artgate_db("upgrade").status == 0
    checked = artgate_db("check")

    assert (checked.status, checked.out.endswith("as needed\n")) == (0, True)


def test_a_table_in_use_is_said_and_the_upgrade_can_be_tried_again(artgate_db: Artgate, url: str) -> None:
    artgate_db("upgrade", "rollouts")
    engine = make_engine(url, pooled=False)
    with engine.begin() as reader:
        reader.execute(text("SELECT count(*) FROM webhook_attempts"))
        in_use = artgate_db("upgrade", "retention")
    assert (in_use.status, "lock timeout" in in_use.err, "try again" in in_use.err) == (1, True, True)
    assert artgate_db("upgrade").status == 0


def test_check_names_what_differs(artgate_db: Artgate, url: str) -> None:
    artgate_db("upgrade")
    with make_engine(url, pooled=False).begin() as connection:
        connection.execute(text("ALTER TABLE images ADD COLUMN surplus text"))

    checked = artgate_db("check")

    assert checked.status == 1
    assert "surplus" in checked.out


def test_downgrade_asks_before_it_drops_anything(
    artgate_db: Artgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    artgate_db("upgrade")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    assert artgate_db("downgrade", "base").status == 1
    assert artgate_db("check").status == 0
    assert artgate_db("downgrade", "base", "--yes").status == 0
    assert artgate_db("check").status == 1


def test_a_revision_that_does_not_exist_is_refused_in_one_line(artgate_db: Artgate) -> None:
    refused = artgate_db("upgrade", "7777")

    assert (refused.status, refused.out) == (3, "")
    assert refused.err.count("\n") == 1
    assert "7777" in refused.err


def test_an_unreachable_database_is_one_line_without_the_password(
    artgate_db: Artgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTGATE_DATABASE_URL", "postgresql://artgate:hunter2@127.0.0.1:1/artgate")

    failed = artgate_db("check")

    assert failed.status == 1
    assert failed.err.count("\n") == 1
    assert "hunter2" not in failed.err


def test_roles_are_made_and_each_gets_a_file_with_its_url(
    artgate_db: Artgate, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    made = artgate_db("roles", "--secrets", str(folder))
    assert made.status == 0, made.err
    files = {file.name: file for file in folder.iterdir()}
    assert set(files) == {f"database_url_{role.removeprefix('artgate_')}" for role in Role}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}
    assert not any(file.read_text() in made.out + made.err for file in files.values())

    monkeypatch.setenv("ARTGATE_DATABASE_URL", files["database_url_migrator"].read_text())
    assert artgate_db("upgrade").status == 0
    monkeypatch.setenv("ARTGATE_DATABASE_URL", files["database_url_relay"].read_text())
    assert artgate_db("check").status == 0
    refused = artgate_db("roles")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "may not do this" in refused.err


def test_roles_that_were_made_keep_their_files_and_their_passwords(
    artgate_db: Artgate, tmp_path: Path
) -> None:
    artgate_db("roles", "--secrets", str(tmp_path))
    before = {file: file.read_text() for file in tmp_path.iterdir()}
    (tmp_path / "database_url_hook").unlink()

    again = artgate_db("roles", "--secrets", str(tmp_path))

    assert again.status == 0
    changed = {file.name for file, url in before.items() if file.read_text() != url}
    assert changed == {"database_url_hook"}
    assert again.out.count("is kept") == len(Role) - 1


@pytest.fixture
def without_auditor(url: str) -> Iterator[None]:
    """Of a cluster that lacks a role: the real one has another name meanwhile, as other databases need it."""
    make_roles(url)
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        connection.execute(text("ALTER ROLE artgate_auditor RENAME TO artgate_auditor_of_others"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY artgate_auditor"))
        connection.execute(text("DROP ROLE artgate_auditor"))
        connection.execute(text("ALTER ROLE artgate_auditor_of_others RENAME TO artgate_auditor"))
    engine.dispose()


@pytest.mark.usefixtures("without_auditor")
def test_a_role_that_is_made_anew_gets_the_password_of_its_file(
    artgate_db: Artgate, url: str, tmp_path: Path
) -> None:
    """As in another cluster, or where the files were handed out before the database was up."""
    for role in Role:
        own = make_url(url).set(username=role, password="of-the-file")
        file = tmp_path / f"database_url_{role.removeprefix('artgate_')}"
        file.write_text(own.render_as_string(hide_password=False))
    before = {each: each.read_text() for each in tmp_path.iterdir()}

    made = artgate_db("roles", "--secrets", str(tmp_path))

    assert made.status == 0, made.err
    auditors = tmp_path / "database_url_auditor"
    assert f"artgate_auditor: created, {auditors} is kept" in made.out
    assert {each: each.read_text() for each in tmp_path.iterdir()} == before
    engine = make_engine(auditors.read_text(), pooled=False)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "artgate_auditor"
    engine.dispose()


@pytest.mark.parametrize(
    "content", ["", "postgresql://artgate_hook@db/artgate", "postgresql://else:word@db/artgate"]
)
def test_a_file_that_holds_another_url_is_said_before_anything_is_done(
    artgate_db: Artgate, tmp_path: Path, content: str
) -> None:
    (tmp_path / "database_url_hook").write_text(content)
    refused = artgate_db("roles", "--secrets", str(tmp_path))
    assert (refused.status, refused.out) == (3, "")
    assert "database_url_hook holds no URL of artgate_hook with a password; delete it" in refused.err


def test_a_folder_that_can_not_be_made_is_said_before_anything_is_done(
    artgate_db: Artgate, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    refused = artgate_db("roles", "--secrets", str(tmp_path / "file" / "folder"))

    assert (refused.status, refused.out) == (3, "")
    assert "--secrets" in refused.err
