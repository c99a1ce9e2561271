"""All that is stored of a person, and of nobody else."""

from __future__ import annotations

import json
import stat
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.models import HumanLabel, Stage
from db.queries import persons, review
from db.queries.persons import Part
from detector.reasons import Fault, Reason, Rejected
from migrations.grants import Role
from migrations.roles import make_roles
from tests.db import factories
from tests.worker.inbox import Sessions
from tests.worker.person.conftest import REVIEWER, Person
from worker.clock import new_id, utc_now
from worker.person import folder
from worker.person.parts import MEANINGS
from worker.person.reading import Place, first, read, read_all
from worker.settings import Settings

Records = dict[Part, list[dict[str, Any]]]


def of(sessions: Sessions, settings: Settings, who: str) -> Records:
    """Every record, by part."""
    found: Records = defaultdict(list)
    for part, record in read_all(sessions, settings, who):
        found[part].append(dict(record))
    return found


def test_there_is_something_of_every_kind_and_it_leads_from_one_to_the_other(
    sessions: Sessions, settings: Settings, artist: Person, stranger: Person
) -> None:
    found = of(sessions, settings, artist.name)
    assert {part: len(records) for part, records in found.items()} == dict.fromkeys(Part, 1) | {
        Part.UPLOADS: 2
    }
    filed = artist.filed
    assert {each["id"] for each in found[Part.UPLOADS]} == {str(filed.event), str(artist.refused)}
    assert {each["reason"] for each in found[Part.UPLOADS]} == {None, "corrupt"}
    (picture,), (vector,) = found[Part.PICTURES], found[Part.MEASUREMENTS]
    assert (picture["id"], picture["uploader"], len(picture["sha256"])) == (
        str(filed.image),
        artist.name,
        64,
    )
    assert (vector["image_id"], vector["values"]) == (str(filed.image), [0.0, 1.0])
    (verdict,), (trial,) = found[Part.VERDICTS], found[Part.TRIAL_VERDICTS]
    assert (verdict["label"], verdict["probability"], trial["label"]) == ("UNCERTAIN", 0.75, "GENUINE")
    (question,), (decision,) = found[Part.QUESTIONS], found[Part.DECISIONS]
    assert (decision["item_id"], decision["label"]) == (question["id"], "SYNTHETIC")
    (statement,), (appeal,), (shown,) = (
        found[Part.STATEMENTS],
        found[Part.APPEALS],
        found[Part.EVIDENCE],
    )
    assert (statement["id"], "made by a generator" in statement["facts"]) == (decision["id"], True)
    assert (appeal["id"], appeal["statement"], appeal["against"]) == (
        str(artist.appeal),
        "I drew it.",
        "SYNTHETIC",
    )
    assert (shown["appeal_id"], shown["key"]) == (appeal["id"], f"sketch of {artist.name}.png")
    words = json.dumps(found)
    assert stranger.name not in words
    assert not any(str(each) in words for each in (stranger.filed.image, stranger.appeal, stranger.refused))


def test_reviewers_are_named_nowhere_not_even_in_their_notes(
    sessions: Sessions, settings: Settings, artist: Person
) -> None:
    found = of(sessions, settings, artist.name)
    assert REVIEWER.lower() not in json.dumps(found).lower()
    (decision,) = found[Part.DECISIONS]
    assert decision["note"] == "Hands look odd to me. [a reviewer]; also see Wilhelminas."


def test_an_answer_that_can_be_taken_back_or_is_not_settled_is_not_told(
    sessions: Sessions, settings: Settings, stranger: Person
) -> None:
    """The next round's first opinion, then its decision while it may be undone, then for good."""
    before = len(of(sessions, settings, stranger.name)[Part.DECISIONS])
    item = stranger.filed.item

    def decides(who: str, undo_seconds: float, **how: Any) -> None:
        with sessions.begin() as session:
            session.execute(text("UPDATE review_items SET available_at = NULL"))
            claimed = review.claim(session, item, who, lease_seconds=60)
            assert claimed is not None
            factories.decide(
                session,
                item,
                who,
                claimed.lease_number,
                label=HumanLabel.SYNTHETIC,
                undo_seconds=undo_seconds,
                **how,
            )

    decides("second", 0, settle=lambda _: Stage.SECOND)
    assert len(of(sessions, settings, stranger.name)[Part.DECISIONS]) == before
    decides("third", 600)
    assert len(of(sessions, settings, stranger.name)[Part.DECISIONS]) == before
    with sessions.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE decisions SET told_from = now()"))
    assert len(of(sessions, settings, stranger.name)[Part.DECISIONS]) == before + 2


def test_pages_of_any_size_give_the_same(sessions: Sessions, settings: Settings, artist: Person) -> None:
    """And a page knows where it ended, also in a part that it has read to its end."""
    whole = list(read_all(sessions, settings, artist.name))
    place: Place | None = first()
    by_ones = []
    with sessions() as session:
        while place is not None:
            page = read(session, settings, artist.name, place, limit=1)
            by_ones += [(page.part, record) for record in page.records]
            place = page.next
    assert by_ones == whole


def test_who_is_not_known_has_nothing(sessions: Sessions, settings: Settings) -> None:
    with pytest.raises(Rejected) as refused:
        list(read_all(sessions, settings, f"nobody-{new_id()}"))
    assert refused.value.reason is Reason.NOT_FOUND


def test_a_folder_has_a_file_for_each_part_and_a_page_that_says_what_it_is(
    sessions: Sessions, settings: Settings, artist: Person, tmp_path: Path
) -> None:
    out = tmp_path / "artist"
    counts = folder.write(out, artist.name, read_all(sessions, settings, artist.name), at=utc_now())
    assert counts[Part.UPLOADS] == 2
    assert {each.name for each in out.iterdir()} == {folder.README, *(f"{part}.jsonl" for part in Part)}
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.iterdir()} == {0o600}
    page = (out / folder.README).read_text()
    assert f"# What artgate stores of {artist.name}" in page
    assert all(f"`{part}.jsonl`" in page and MEANINGS[part] in page for part in Part)
    lines = (out / "uploads.jsonl").read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == 2


def test_the_document_for_platforms_says_the_same_of_each_part() -> None:
    page = (Path(__file__).parents[3] / "docs" / "platform.md").read_text()
    assert [part for part in Part if f"| `{part}` | {MEANINGS[part]} |" not in page] == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """Two people's files must not lie together."""
    (tmp_path / "uploads.jsonl").write_text("of somebody else\n")
    with pytest.raises(Rejected, match="is not empty"):
        folder.write(tmp_path, "ann", [(Part.UPLOADS, {"id": "1"})], at=utc_now())
    assert (tmp_path / "uploads.jsonl").read_text() == "of somebody else\n"


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="can't be written"):
        folder.write(tmp_path / "file" / "below", "ann", [], at=utc_now())


def test_nothing_leaves_a_page_that_names_what_is_empty(tmp_path: Path) -> None:
    folder.write(tmp_path, "ann", [(Part.UPLOADS, {"id": "1"})], at=utc_now())
    page = (tmp_path / folder.README).read_text()
    assert "- `uploads.jsonl`, 1 line." in page
    assert "Nothing is stored of these kinds: `pictures`" in page


@pytest.mark.parametrize(
    ("role", "without"), [(Role.OPERATOR, frozenset()), (Role.HOOK, frozenset({Part.MEASUREMENTS}))]
)
def test_the_roles_that_give_it_may_read_it(
    sessions: Sessions,
    database: str,
    settings: Settings,
    artist: Person,
    role: Role,
    without: frozenset[Part],
) -> None:
    make_roles(database)
    found = []
    with sessions() as session:
        session.execute(text(f"SET LOCAL ROLE {role}"))
        place: Place | None = first()
        while place is not None:
            page = read(session, settings, artist.name, place, limit=50, without=without)
            found.append(page.part)
            place = page.next
    assert found == [part for part in Part if part not in without]


def test_what_stays_after_an_erasure_is_counted(sessions: Sessions, artist: Person) -> None:
    with sessions() as session:
        assert _staying(session, artist) == (1, 1)
        assert _staying(session, artist, "nobody") == (0, 0)


def _staying(session: Session, artist: Person, who: str | None = None) -> tuple[int, int]:
    found = persons.staying(session, who or artist.name)
    return found.verdicts, found.decisions
