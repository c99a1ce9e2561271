"""What ``artgate db roles`` does."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from detector.reasons import Reason, Rejected
from migrations.grants import Role
from migrations.roles import Made, make_roles
from worker.settings import read_settings

_PREFIX = "artgate_"


def make(secrets: Path | None) -> None:
    """Make the roles, write the URLs of those that have no file yet, and say what was done.

    A role that there is not, but whose file is there, gets the file's password: after a restore into another
    cluster, or where files were handed out before the database was up.
    """
    url = read_settings().database_url.get_secret_value()
    files = {} if secrets is None else _files(secrets)
    fresh = frozenset(role for role, file in files.items() if not file.exists())
    known = {role: _password_in(file, role) for role, file in files.items() if role not in fresh}
    made = make_roles(url, passwords_for=fresh, known=known)
    for role, password in made.passwords.items():
        _write(files[role], _url_of(role, url, password))
    for role in Role:
        typer.echo(f"{role}: {_what_became_of(role, made, files)}")
    if secrets is None:
        typer.echo("Roles without a password can't log in: call it again with --secrets FOLDER.", err=True)


def _files(folder: Path) -> dict[Role, Path]:
    """A file for each role, in a folder that is there and ours alone; one that has all may be read-only."""
    files = {role: folder / f"database_url_{role.removeprefix(_PREFIX)}" for role in Role}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK) or all(file.exists() for file in files.values())
    except OSError:
        usable = False
    if not usable:
        raise Rejected(Reason.FILE_UNREADABLE, f"{folder} can't be written to; name another with --secrets")
    return files


def _password_in(file: Path, role: Role) -> str:
    """The password of a role's URL that was written before."""
    try:
        url = make_url(file.read_text().strip())
    except (ArgumentError, OSError, UnicodeDecodeError):
        url = None
    if url is None or url.username != role.value or not url.password:
        message = f"{file} holds no URL of {role} with a password; delete it, and it is written anew"
        raise Rejected(Reason.FILE_UNREADABLE, message)
    return url.password


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
