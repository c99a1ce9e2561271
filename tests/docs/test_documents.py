"""What the documents say of commands, codes and settings is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detector.reasons import Reason
from tests.docs.starter_figures import README, readme
from worker.cli.table import TABLE, Group
from worker.refusals import review_priority
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = {entry.name: entry for entry in TABLE}


def ids(path: Path) -> str:
    """A document's name in test reports."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_command_that_is_named_exists(document: Path) -> None:
    """In code spans and code blocks, ``artgate`` is followed by a command of the table."""
    for first, second in named_commands(document.read_text()):
        entry = COMMANDS.get(first)
        assert entry is not None, f"{document.name} names `artgate {first}`"
        if isinstance(entry, Group) and second:
            names = {command.name for command in entry.commands}
            assert second in names, f"{document.name} names `artgate {first} {second}`"


def named_commands(text: str) -> list[tuple[str, str]]:
    """The two words after ``artgate`` wherever a command is shown; the second may be empty."""
    shown = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    pattern = re.compile(r"(?:^|[\s`/$])artgate ([a-z]+)(?: ([a-z]+)\b(?![./:]))?", re.MULTILINE)
    return [found for code in shown for found in pattern.findall(code)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_setting_that_is_named_exists(document: Path) -> None:
    """``ARTGATE_...`` in a document is a field of the settings, or the file of one."""
    named = set(re.findall(r"\bARTGATE_([A-Z0-9_]+)", document.read_text()))
    known = {name.upper() for name in Settings.model_fields}
    assert {name.removesuffix("_FILE") for name in named} <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    """Relative links name files that are there."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def reasons_in(text: str) -> list[tuple[str, str, str]]:
    """Code, meaning and remedy of each row."""
    return re.findall(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", text, re.MULTILINE)


def test_the_table_of_reason_codes_is_the_enum() -> None:
    """Each code stands in the document once, with a meaning and what to do."""
    rows = reasons_in((ROOT / "docs/reasons.md").read_text())
    codes = [code for code, _, _ in rows]
    assert sorted(codes) == sorted(reason.value for reason in Reason)
    assert all(meaning.strip() and remedy.strip() for _, meaning, remedy in rows)


def test_a_moderator_is_promised_for_just_the_files_that_open_an_item() -> None:
    """What is refused and can be looked at is looked at, and the document says so."""
    section = (ROOT / "docs/reasons.md").read_text().partition("## The object")[0]
    uploads = [row for row in reasons_in(section) if row[0] != Reason.FILE_UNREADABLE]
    promised = {code for code, _, remedy in uploads if "A moderator looks at it" in remedy}
    assert promised == {code for code, _, _ in uploads if review_priority(Reason(code)) is not None}


def test_the_figures_in_the_readme_are_those_of_the_shipped_bundle() -> None:
    """``python -m tests.docs.starter_figures`` writes them."""
    assert readme() == README.read_text()
