"""What ``artgate db roles`` does."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from sqlalchemy import make_url

from detector.reasons import Reason, Rejected
from migrations.grants import Role
from migrations.roles import Made, make_roles
from worker.settings import read_settings

_PREFIX = "artgate_"


def make(secrets: Path | None) -> None:
    """Make the roles, write the URLs of those that have no file yet, and say what was done."""
    url = read_settings().database_url.get_secret_value()
    files = {} if secrets is None else _files(secrets)
    fresh = frozenset(role for role, file in files.items() if not file.exists())
    made = make_roles(url, passwords_for=fresh)
    for role, password in made.passwords.items():
        _write(files[role], _url_of(role, url, password))
    for role in Role:
        typer.echo(f"{role}: {_what_became_of(role, made, files)}")
    if secrets is None:
        typer.echo("Roles without a password can't log in: call it again with --secrets FOLDER.", err=True)


def _files(folder: Path) -> dict[Role, Path]:
    """A file for each role, in a folder that is there and ours alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise Rejected(Reason.FILE_UNREADABLE, f"{folder} can't be written to; name another with --secrets")
    return {role: folder / f"database_url_{role.removeprefix(_PREFIX)}" for role in Role}


def _write(file: Path, url: str) -> None:
    """A file that nobody else can read at any moment."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(url)


def _url_of(role: Role, administrators: str, password: str) -> str:
    own = make_url(administrators).set(username=role.value, password=password)
    return own.render_as_string(hide_password=False)


def _what_became_of(role: Role, made: Made, files: dict[Role, Path]) -> str:
    done = "created" if role in made.created else "was there"
    if role in made.passwords:
        return f"{done}, its URL is in {files[role]}"
    return f"{done}, {files[role]} is kept" if role in files else done
