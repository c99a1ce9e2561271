"""Every way of changing the log quietly, tried with SQL as an administrator, is found."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.queries import audit
from detector.reasons import Fault, Reason
from tests.worker.audit.conftest import KEYS, as_administrator, tamper, verified
from tests.worker.inbox import Sessions
from worker.audit.chainer import Chainer
from worker.audit.findings import Trouble
from worker.audit.form import Keyring
from worker.audit.verifier import Exported, verify

EDITED, DELETED, INSERTED, CUT, STATE = (
    Trouble.EDITED,
    Trouble.DELETED,
    Trouble.INSERTED,
    Trouble.CUT,
    Trouble.STATE,
)
DECIDED = "(SELECT id FROM audit_entries WHERE kind = 'decided' ORDER BY id LIMIT 1)"
LAST = "(SELECT max(number) FROM audit_links)"


def exported(sessions: Sessions) -> list[Exported]:
    """The heads as an operator keeps them."""
    with sessions() as session:
        return [
            Exported(number=head.number, hash=head.hash, key_id=head.key_id, signature=head.signature)
            for head in audit.heads(session)
        ]


def troubles(sessions: Sessions, heads: list[Exported] | None = None) -> set[Trouble]:
    return {finding.trouble for finding in verified(sessions, heads).findings}


def test_an_untouched_log_is_as_it_was_written(shared: Sessions) -> None:
    found = verified(shared, exported(shared))

    assert found.findings == ()
    assert (found.items, found.heads, found.pending) == (6, 2, 0)
    assert found.links > 20


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        # an entry is edited
        (
            [f'UPDATE audit_entries SET body = body || \'{{"label": "GENUINE"}}\' WHERE id = {DECIDED}'],
            {EDITED, STATE},
        ),
        (
            [f"UPDATE audit_entries SET created_at = created_at - interval '1 day' WHERE id = {DECIDED}"],
            {EDITED},
        ),
        (["UPDATE audit_entries SET written_by = 'nobody' WHERE id = 3"], {EDITED}),
        # a link or a head is edited
        ([f"UPDATE audit_links SET hash = sha256('x') WHERE entry_id = {DECIDED}"], {EDITED}),
        (["UPDATE audit_heads SET signature = sha256('x')"], {EDITED}),
        (["UPDATE audit_heads SET hash = sha256('x')"], {EDITED}),
        # something is deleted
        ([f"DELETE FROM audit_entries WHERE id = {DECIDED}"], {DELETED, STATE}),
        (
            [
                f"DELETE FROM audit_links WHERE entry_id = {DECIDED}",
                f"DELETE FROM audit_entries WHERE id = {DECIDED}",
            ],
            {DELETED, STATE},
        ),
        ([f"DELETE FROM audit_links WHERE entry_id = {DECIDED}"], {DELETED}),
        (["DELETE FROM audit_heads WHERE number = (SELECT max(number) FROM audit_heads)"], {INSERTED}),
        # something is inserted, with a link and a hash of its own
        (
            [
                "INSERT INTO audit_entries (kind, subject, body) VALUES ('decided', NULL, '{\"id\":"
                ' "00000000-0000-0000-0000-000000000000"}\')',
                f"INSERT INTO audit_links SELECT {LAST} + 1, max(id), sha256('x') FROM audit_entries",
            ],
            {EDITED, INSERTED, STATE},
        ),
        (
            ["INSERT INTO audit_entries (kind, subject, body) VALUES ('x', NULL, '{}')"],
            {DELETED},
        ),
        # rows are changed behind the log's back
        (["UPDATE decisions SET label = 'CANNOT_TELL'"], {STATE}),
        (["UPDATE decisions SET moderator = 'sen'"], {STATE}),
        (["DELETE FROM retractions"], {STATE}),
        (["DELETE FROM review_acts WHERE kind = 'skip'"], {STATE}),
        (["UPDATE review_items SET state = 'withdrawn', closed_at = now() WHERE state = 'open'"], {STATE}),
        (["UPDATE notes SET body = 'something else'"], {STATE}),
        (
            [
                "INSERT INTO decisions (id, item_id, moderator, label, lease_number)"
                " SELECT gen_random_uuid(), id, 'ann', 'GENUINE', 99 FROM review_items LIMIT 1"
            ],
            {STATE},
        ),
    ],
)
def test_what_an_administrator_changes_is_found(
    shared: Sessions, statements: list[str], expected: set[Trouble]
) -> None:
    with shared() as session:
        tamper(session, *statements)
        found = verify(session, KEYS).findings
        session.rollback()

    assert {finding.trouble for finding in found} == expected


CUT_TAIL = [
    "DELETE FROM audit_heads WHERE number > (SELECT min(number) FROM audit_heads)",
    "DELETE FROM audit_links WHERE number > (SELECT min(number) FROM audit_heads)",
    "DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_links)",
]


MADE_ANEW = [
    f"UPDATE audit_entries SET written_by = 'nobody' WHERE id = {DECIDED}",
    "DELETE FROM audit_heads",
    "DELETE FROM audit_links",
    "INSERT INTO audit_pending SELECT id FROM audit_entries",
]


def test_a_tail_that_is_cut_with_its_heads_is_found_by_the_rows_and_by_exported_heads(
    worked: Sessions,
) -> None:
    heads = exported(worked)
    as_administrator(worked, *CUT_TAIL)

    assert troubles(worked) == {STATE}
    assert troubles(worked, heads) == {STATE, CUT}


def test_a_chain_that_is_made_anew_without_the_key_is_found(worked: Sessions) -> None:
    """All hashes fit again; only the signatures can't."""
    as_administrator(worked, *MADE_ANEW)
    Chainer(worked, Keyring([b"x" * 32])).chain_all()

    assert troubles(worked) == {Trouble.UNVERIFIABLE}


def test_a_chain_that_is_made_anew_with_the_key_is_found_by_exported_heads(worked: Sessions) -> None:
    heads = exported(worked)
    as_administrator(worked, *MADE_ANEW)
    Chainer(worked, KEYS).chain_all()

    assert troubles(worked) == set()
    assert troubles(worked, heads) == {CUT}


def test_an_export_that_was_changed_proves_nothing(shared: Sessions) -> None:
    changed = [
        Exported(number=1, hash=head.hash, key_id=head.key_id, signature=head.signature)
        for head in exported(shared)[:1]
    ]

    assert troubles(shared, changed) == {Trouble.UNVERIFIABLE}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_heads SET signature = sha256('x')",
        "DELETE FROM audit_heads",
        f"INSERT INTO audit_links SELECT {LAST} + 1, 10000, sha256('x')",
        CUT_TAIL[1],
    ],
)
def test_a_chain_that_was_changed_at_its_end_is_not_continued(worked: Sessions, statement: str) -> None:
    """Else our signature would stand under what someone else has put there."""
    as_administrator(worked, statement)
    with worked.begin() as session:
        session.execute(text("UPDATE reviewers SET senior = true"))

    with pytest.raises(Fault) as refused:
        Chainer(worked, KEYS).chain()

    assert refused.value.reason is Reason.AUDIT_BROKEN


def test_changes_with_sql_that_leave_the_triggers_on_are_in_the_log_under_their_role(
    worked: Sessions,
) -> None:
    """Not quiet, then: what was done stands there for all to see."""
    with worked.begin() as session:
        session.execute(
            text("UPDATE review_items SET state = 'withdrawn', closed_at = now() WHERE state = 'open'")
        )
    Chainer(worked, KEYS).chain_all()

    assert troubles(worked) == set()
    with worked() as session:
        (last,) = list(audit.of_kinds(session, ("item_changed",)))[-1:]
        role = session.execute(text("SELECT session_user")).scalar_one()
    assert (last.body["state"], last.written_by) == ("withdrawn", role)


def test_without_administrators_rights_the_log_can_not_be_changed(shared: Sessions) -> None:
    for table in ("audit_entries", "audit_links", "audit_heads"):
        for change in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with shared.begin() as session, pytest.raises(DBAPIError, match="append-only"):
                session.execute(text(change))


def test_texts_and_reviewers_can_be_erased_and_the_log_still_fits(worked: Sessions) -> None:
    with worked.begin() as session:
        session.execute(text("UPDATE notes SET salt = NULL, body = NULL"))
        session.execute(text("DELETE FROM reviewers WHERE name = 'ann'"))
    Chainer(worked, KEYS).chain_all()

    assert verified(worked).findings == ()
    with worked() as session:
        bodies = "".join(str(entry.body) for entry in audit.of_kinds(session, ("decided", "act", "reviewer")))
    assert "ann" not in bodies
    assert "note 0" not in bodies


def test_entries_of_transactions_that_end_late_are_chained_too(worked: Sessions) -> None:
    """The lower number commits after the higher one was chained."""
    chainer = Chainer(worked, KEYS)
    with worked() as late:
        late.execute(text("UPDATE reviewers SET senior = false WHERE name = 'sen'"))
        with worked.begin() as early:
            early.execute(text("UPDATE reviewers SET senior = true WHERE name = 'bo'"))
        assert chainer.chain_all() == 1
        late.commit()

    assert chainer.chain_all() == 1
    assert verified(worked).findings == ()


def test_several_who_chain_at_once_make_one_chain(worked: Sessions) -> None:
    with worked.begin() as session:
        for number in range(300):
            session.execute(text("INSERT INTO reviewers (name) VALUES (:name)"), {"name": f"r {number}"})
    barrier = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        barrier.wait()
        counts.append(Chainer(worked, KEYS).chain_all())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 300
    assert verified(worked).findings == ()


def test_a_head_of_a_key_that_is_not_here_is_named(shared: Sessions) -> None:
    with shared() as session:
        found = verify(session, Keyring([b"other" * 8])).findings

    assert {finding.trouble for finding in found} == {Trouble.UNVERIFIABLE}
    assert "ARTGATE_AUDIT_KEYS" in found[0].detail
