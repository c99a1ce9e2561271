"""The evidence as a page has it: everything said, everything escaped, nothing inline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from jinja2 import Environment

from db.models import EvidenceKind, HumanLabel, VerdictLabel
from detector.provenance import Claim, Kind
from tests.worker.console.browser import Page
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.console import Console
from worker.console.evidence.records import (
    Bar,
    Evidence,
    Grounds,
    Member,
    NearDecision,
    NearestCase,
    Offered,
    OfferedFile,
    OfferedPicture,
    PictureLinks,
    Provenance,
    UploaderHistory,
)
from worker.settings import Settings

EVIL = "<script>alert(1)</script>\"'&"
LINKS = PictureLinks(
    fit_url="/fit?a=1&b=2", full_url="/full", thumb_url="/thumb", blurred_url="/blurred", width=1, height=1
)
WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
GROUNDS = Grounds(
    label=VerdictLabel.UNCERTAIN,
    probability=0.7312,
    raw=0.6,
    genuine_below=0.35,
    synthetic_from=0.65,
    members=(Member(name="random forest", probability=0.123, weight=0.1),),
    overruled=VerdictLabel.SYNTHETIC,
    veto=f"The veto objects. {EVIL}",
    warranty="2 of 100 unseen pictures.",
    steps=("First this.", "Then that."),
    groups=(Bar(words="level of the noise", detail=None, contribution=1.25, share=1.0),),
    features=(Bar(words="brightness", detail=f"mean_brightness 0.2 {EVIL}", contribution=-0.5, share=-1.0),),
    training=(f"a person's anime picture of {EVIL}",),
    distance="The nearest is within the usual 3.00.",
    learned=f"The bundle LEARNED FROM THIS PICTURE ({EVIL})",
    bundle_id="b",
    trouble=None,
    explanation=None,
)
FULL = Evidence(
    blind=False,
    picture=LINKS,
    grounds=GROUNDS,
    history=UploaderHistory(
        uploader=EVIL, pictures=9, genuine=5, synthetic=1, cannot_tell=2, waiting=1, refused=3, capped=True
    ),
    offered=(
        Offered(
            statement=f"I drew it. {EVIL}",
            pictures=(OfferedPicture(kind=EvidenceKind.SKETCHES, name=f"first {EVIL}.png", picture=LINKS),),
            files=(
                OfferedFile(
                    kind=EvidenceKind.TIME_LAPSE,
                    media="MP4 file",
                    size=12_300_000,
                    place=f"proofs/{EVIL}.mp4, version 3",
                    sha256="ab" * 32,
                ),
            ),
        ),
        Offered(statement=None, pictures=(), files=()),
    ),
    near=(
        NearDecision(
            item_id=new_id(), opens=False, label=HumanLabel.GENUINE, bits=3, decided_at=WHEN, picture=LINKS
        ),
    ),
    nearest=(
        NearestCase(
            item_id=new_id(),
            opens=True,
            label=HumanLabel.SYNTHETIC,
            distance=1.5,
            decided_at=WHEN,
            picture=LINKS,
        ),
    ),
)

SAID = Provenance(claims=(Claim.of(Kind.GENERATOR, f"PNG text: {EVIL}", EVIL),))
SOURCE = """{% import "_evidence.html" as parts %}
{{ parts.cases(evidence, hidden) }}{{ parts.offered(evidence.offered) }}
{{ parts.says(evidence.grounds) }}{{ parts.moved(evidence.grounds) }}
{{ parts.provenance(provenance) }}{{ parts.history(evidence.history) }}"""


@pytest.fixture(scope="module")
def templates(settings: Settings, sessions: Sessions) -> Environment:
    """The console's."""
    return Console(settings, sessions).templates


def drawn(
    templates: Environment, evidence: Evidence, provenance: Provenance = SAID, *, hidden: bool = False
) -> Page:
    """The page's parts."""
    facts = {"evidence": evidence, "provenance": provenance, "hidden": hidden}
    return Page(templates.from_string(SOURCE).render(facts))


def test_every_part_is_drawn_under_a_heading_of_its_own(templates: Environment) -> None:
    page = drawn(templates, FULL)
    headings = [tag for tag, _ in page.tags if tag == "h2"]
    sections = [given for tag, given in page.tags if tag == "section"]
    ids = {given.get("id") for _, given in page.tags}
    assert len(headings) == len(sections) == 8
    assert all(section["aria-labelledby"] in ids for section in sections)
    for words in (
        "The detector says uncertain",
        "What moved the score",
        "0.731",
        "random forest",
        "2 of 100 unseen pictures.",
        "What the file says of itself",
        "None of them proves that a person made the picture",
        "3 of 64 bits differ",
        "distance 1.50",
        "Never a reason by itself",
        "judged, the newest",
        "The appeals say",
        "I drew it.",
        "1 file came with it that is not opened here",
        "time-lapse MP4 file, 12.3 MB",
        "SHA-256 as stated: abab",
        "No words came with it",
    ):
        assert words in page.text, words


def test_what_files_and_uploaders_say_is_escaped_and_nothing_is_inline(templates: Environment) -> None:
    page = drawn(templates, FULL)
    assert not {"script", "style"} & {tag for tag, _ in page.tags}
    assert not any(name == "style" or name.startswith("on") for _, given in page.tags for name in given)
    assert page.text.count("<script>alert(1)</script>") >= 5


def test_every_bar_and_picture_has_words(templates: Environment) -> None:
    page = drawn(templates, FULL)
    drawings = [given for tag, given in page.tags if tag == "svg" and "aria-hidden" not in given]
    scale, *bars = [(one["role"], one["aria-label"] or "") for one in drawings]
    assert "73.1 % on a scale" in scale[1]
    assert bars == [("img", "speaks for a generator"), ("img", "speaks for a person")]
    pictures = [given["alt"] for tag, given in page.tags if tag == "img"]
    assert pictures == [
        f"Offered with the appeal: sketch, first {EVIL}.png",
        "Decided genuine on 2026-01-02 03:04 UTC",
        "Decided synthetic on 2026-01-02 03:04 UTC",
    ]


def test_pictures_are_blurred_for_who_wants_them_so(templates: Environment) -> None:
    for hidden, source in ((False, LINKS.thumb_url), (True, LINKS.blurred_url)):
        page = drawn(templates, FULL, hidden=hidden)
        assert {given["src"] for tag, given in page.tags if tag == "img"} == {source}


def test_what_the_viewer_decided_is_not_opened_again(templates: Environment) -> None:
    page = drawn(templates, FULL)
    opened = {given["href"] for tag, given in page.tags if tag == "a" and "/items/" in (given["href"] or "")}
    assert opened == {f"/console/items/{FULL.nearest[0].item_id}"}
    assert page.text.count("by you") == 1


def test_bars_lie_on_their_side(templates: Environment) -> None:
    page = drawn(templates, FULL)
    rows = [
        given for tag, given in page.tags if tag == "rect" and (given.get("class") or "").startswith("for-")
    ]
    assert [(row["class"], row["x"], row["width"]) for row in rows] == [
        ("for-synthetic", "100.0", "100.0"),
        ("for-genuine", "0.0", "100.0"),
    ]


def test_what_is_kept_back_leaves_no_heading(templates: Environment) -> None:
    blind = replace(FULL, blind=True, grounds=None, history=None, offered=(), near=(), nearest=())
    page = drawn(templates, blind)
    assert [given.get("id") for tag, given in page.tags if tag == "h2"] == ["evidence-provenance"]
    assert not any(word in page.text for word in ("0.731", "genuine", "synthetic", "noise", "uploader"))


@pytest.mark.parametrize(
    ("provenance", "words"),
    [
        (Provenance(claims=()), "Nothing. That means nothing either way"),
        (Provenance(claims=(), trouble="The file can't be read: it is gone."), "it is gone."),
    ],
)
def test_a_file_that_says_nothing_is_said_to(
    templates: Environment, provenance: Provenance, words: str
) -> None:
    assert words in drawn(templates, FULL, provenance).text


def test_a_verdict_that_can_not_be_explained_says_why(templates: Environment) -> None:
    bare = replace(GROUNDS, groups=(), features=(), training=(), steps=(), trouble="The bundle is not here.")
    page = drawn(templates, replace(FULL, grounds=bare))
    assert "The bundle is not here." in page.text
    assert "In log-odds" not in page.text
    assert "random forest" in page.text
