"""Reads, checks, prints and stores review policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
import yaml

from db.queries import policies, reviewers
from detector.reasons import Reason, Rejected
from worker.cli.work.wiring import installation
from worker.files import read_file
from worker.review.placing import policy_in_force
from worker.review.policy import Policy, read_policy

_LARGEST = 2**20


def show() -> None:
    """Print the policy in force."""
    with installation() as (_, sessions), sessions() as session:
        in_force = policy_in_force(session)
    named = f"policy {in_force.number}" if in_force.number else "the default policy: none was applied"
    typer.echo(f"# {named}")
    typer.echo(_yaml(in_force.policy), nl=False)


def check(file: Path) -> None:
    """Check a file and say what it makes of the queues."""
    typer.echo(_summary(_read(file)))


def apply(file: Path) -> None:
    """Store a file's policy."""
    policy = _read(file)
    with installation() as (_, sessions), sessions.begin() as session:
        number = policies.append(session, policy.model_dump(mode="json"))
        seniors = [each for each in reviewers.all_profiles(session) if each.senior]
    typer.echo(f"policy {number} is in force: {_summary(policy)}")
    if not seniors:
        typer.echo(
            "Nobody settles what reviewers disagree on: register a senior with `artgate reviewer set`."
        )


def _read(file: Path) -> Policy:
    """The policy in a file.

    Raises:
        Rejected: ``file_unreadable``, ``too_many_bytes``, ``policy_invalid``.
    """
    try:
        document: Any = yaml.safe_load(read_file(file, max_bytes=_LARGEST))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise Rejected(Reason.POLICY_INVALID, f"{file} is neither YAML nor JSON: {first}") from None
    if not isinstance(document, dict):
        raise Rejected(Reason.POLICY_INVALID, f"{file} holds no mapping; see `artgate policy show`")
    return read_policy(document)


def _summary(policy: Policy) -> str:
    names = ", ".join(queue.name for queue in policy.queues)
    routes = len(policy.routes)
    return f"queues {names}; {routes} {'route' if routes == 1 else 'routes'}"


def _yaml(policy: Policy) -> str:
    text: str = yaml.safe_dump(policy.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return text
