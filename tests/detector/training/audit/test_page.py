"""What is written down says what was found, and needs nothing else to be read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import numpy as np

from detector.reasons import Reason
from detector.training.audit.corpus_audit import CorpusAudit, audit_corpus
from detector.training.audit.page import audit_page
from detector.training.audit.record import audit_record
from detector.training.audit.shifts import Moved, shifts_of
from detector.training.audit.wording import audit_in_words, shifts_in_words
from tests.detector.training.audit.corpora import EACH, GROUPS, entry, with_shortcut
from tests.detector.training.audit.test_shifts import GENUINE, SYNTHETIC


@cache
def found() -> CorpusAudit:
    _, facts = with_shortcut("kilobytes")
    entries = [
        entry(number, picture, domain=f"<domain {number % 3}>", source="a museum", date=f"{2000 + number}")
        for number in range(GROUPS)
        for picture in range(EACH)
    ]
    return audit_corpus(entries, [Reason.CORRUPT, *facts[1:]])


def moved(known: int | None = None) -> Moved:
    judged = [{"original": GENUINE, "half": SYNTHETIC, "png": GENUINE}] * 4
    shifts = shifts_of(judged, np.array([False, False, True, True]), np.arange(4), seed=0)
    return Moved(bundle="0123456789abcdef" * 4, known=known, pictures=4, shifts=shifts)


class Tags(HTMLParser):
    """Whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed at once."""


def test_the_page_is_whole_and_alone() -> None:
    page = audit_page(found(), moved(), limit=0.75, command="artgate data audit 'a & b.csv'")
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert not re.search(r"(src|href)=|https?://|@import|<script", page)
    assert "Shortcut: compression" in page
    assert "0-0 (corrupt)" in page
    assert "&lt;domain 1&gt;" in page
    assert "a &amp; b.csv" in page
    assert "half of each side" in page
    assert page == audit_page(found(), moved(), limit=0.75, command="artgate data audit 'a & b.csv'")


def test_the_page_of_a_corpus_alone_shows_no_verdicts() -> None:
    page = audit_page(found(), None, limit=1.0, command="artgate")
    assert "changed copies" not in page
    assert "No shortcut" in page
    assert not re.search(r'(x1|x2|cx)="-?(nan|inf)', page)


def test_every_figure_is_in_the_record() -> None:
    record = json.loads(json.dumps(audit_record(found(), moved(), limit=0.75), allow_nan=False))
    assert record["shortcuts"] == ["compression", "all"]
    assert record["separations"]["compression"]["auc"] > 0.99
    assert record["pictures"] == {"human": GROUPS * EACH // 2 - 1, "ai": GROUPS * EACH // 2}
    assert record["refused"] == {"0-0": "corrupt"}
    assert record["sources"] == {"a museum": record["pictures"]}
    assert record["facts"]["kilobytes"]["group"] == "compression"
    assert record["verdicts"]["variants"]["half"]["human_turned_synthetic"]["count"] == 2
    assert record["verdicts"]["variants"]["png"]["p95"] == {"value": 0, "low": 0, "high": 0}
    assert audit_record(found(), None, limit=0.75)["verdicts"] is None


def test_the_words_name_what_is_wrong() -> None:
    words = audit_in_words(found(), 0.75)
    assert re.search(r"compression +1\.000.*SHORTCUT", words)
    assert not re.search(r"size .*SHORTCUT", words)
    assert "left out 0-0: corrupt" in words
    assert re.search(r"kilobytes +1\.000 .* thousand bytes of the file", words)
    said = shifts_in_words(moved())
    assert re.search(r"half of each side +4 +100\.0 %.* 100\.0 %.* 0\.0 %", said)
    assert re.search(r"half of each side +0\.800 .* 0\.800", said)
    assert "Not tried, since no picture could be changed so: without its metadata, saved as WebP 80" in said
    assert "does not say which pictures it was trained on" in said
    assert "7 pictures that the bundle was trained on were left out" in shifts_in_words(moved(known=7))


def test_few_judged_pictures_are_said_to_prove_nothing() -> None:
    for told in (
        shifts_in_words(moved()),
        audit_page(found(), moved(), limit=0.75, command="artgate"),
    ):
        assert "Fewer than 30 pictures: these figures point somewhere and prove nothing." in told
    assert "Fewer than" not in shifts_in_words(replace(moved(), pictures=30))


def test_many_refused_files_do_not_flood_the_terminal() -> None:
    _, facts = with_shortcut("kilobytes")
    entries = [entry(number, picture) for number in range(GROUPS) for picture in range(EACH)]
    pairs = zip(entries, facts, strict=True)
    broken = [Reason.CORRUPT if each.name.endswith("-1") else known for each, known in pairs]
    words = audit_in_words(audit_corpus(entries, broken), 0.75)
    assert words.count("left out") == 11
    assert f"left out {GROUPS - 10} more" in words
