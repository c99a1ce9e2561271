"""What an appeal shows, beside the picture: real objects, one's own links, no word of what was decided."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from PIL import Image

from db.models import EvidenceKind, HumanLabel
from db.queries import forgetting, review
from db.queries.appeals import NewEvidence
from detector.provenance import claims
from tests.db.factories import decide
from tests.detector.provenance.making import png_with, text_chunk
from tests.servers import Bucket
from tests.worker.console.browser import Page
from tests.worker.console.conftest import SignedIn
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.evidence.offered import offered_on
from worker.console.evidence.records import Offered
from worker.console.sources import Sources
from worker.review import appeals, desk

SKETCH = png_with(text_chunk("parameters", "cat\nSteps: 20, Sampler: Euler, Seed: 1"))
SAID = "I drew it over three evenings."
Offer = Callable[..., NewEvidence]
Appealed = Callable[..., Filed]


@pytest.fixture
def offer(bucket: Bucket) -> Offer:
    """Stores an object and gives it as evidence; its hash may be misstated."""

    def run(
        name: str, data: bytes = SKETCH, *, kind: EvidenceKind = EvidenceKind.SKETCHES, **stated: Any
    ) -> NewEvidence:
        key = f"proof/{new_id()}/{name}"
        facts: dict[str, Any] = {
            "etag": bucket.put(key, data),
            "sha256": hashlib.sha256(data).digest(),
            "size": len(data),
        }
        return NewEvidence(
            id=new_id(), kind=kind, bucket=bucket.name, key=key, version_id=None, **(facts | stated)
        )

    return run


@pytest.fixture
def appealed(sessions: Sessions) -> Appealed:
    """Files a picture that people called SYNTHETIC, and an appeal against that."""

    def run(*evidence: NewEvidence, statement: str | None = SAID) -> Filed:
        with sessions.begin() as session:
            filed = file_uncertain(session, "uploads", f"{new_id()}.png")
        decided_by(sessions, filed, f"first-{new_id()}")
        appeal(sessions, filed, *evidence, statement=statement)
        return filed

    return run


def decided_by(sessions: Sessions, filed: Filed, who: str) -> None:
    """Somebody calls it SYNTHETIC."""
    with sessions.begin() as session:
        item = review.claim(session, filed.item, who, lease_seconds=60)
        assert item is not None
        decide(session, filed.item, who, item.lease_number, label=HumanLabel.SYNTHETIC, undo_seconds=0)


def appeal(sessions: Sessions, filed: Filed, *evidence: NewEvidence, statement: str | None = SAID) -> None:
    """An artist asks for another look."""
    filing = appeals.Filing(
        image_id=filed.image,
        bucket=None,
        key=None,
        appellant=f"artist-{new_id()}",
        statement=statement,
        filed_by="service:platform",
    )
    with sessions.begin() as session:
        appeals.file(session, filing, evidence, per_day=5, deadline_seconds=3600)


def seen(sources: Sources, sessions: Sessions, filed: Filed, viewer: str = "ann") -> tuple[Offered, ...]:
    """What a viewer is shown."""
    with sessions() as session:
        return offered_on(sources, session, desk.known(session, filed.item), viewer)


def test_sketches_are_shown_encoded_anew_and_other_media_are_named(
    signed_in: SignedIn, sources: Sources, sessions: Sessions, offer: Offer, appealed: Appealed
) -> None:
    """A page of the console, and the picture behind its link: nothing of the file's own words is left."""
    browser, name = signed_in()
    psd = offer("layers.psd", b"8BPS", kind=EvidenceKind.LAYERS)
    filed = appealed(offer("first.png"), offer("nameless"), psd)
    page = browser.open(f"/console/items/{filed.item}")
    assert SAID in page.text
    assert "1 file came with it that is not opened here" in page.text
    assert f"layers PSD file, 4 B{psd.bucket}/{psd.key}" in page.text
    (offered,) = seen(sources, sessions, filed, name)
    assert [each.name for each in offered.pictures] == ["first.png", "nameless"]
    for each in offered.pictures:
        link = _linked(page, each.picture.fit_url)
        answer = browser.client.get(link)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(answer.content)).size == (70, 70)
        assert claims(SKETCH)
        assert claims(answer.content) == ()


def _linked(page: Page, path: str) -> str:
    """The page's own link to what a path names, whenever it was minted."""
    plain = path.partition("?")[0]
    found = [
        given["href"] for tag, given in page.tags if tag == "a" and (given["href"] or "").startswith(plain)
    ]
    assert found, plain
    return str(found[0])


def test_the_link_is_one_viewers(
    signed_in: SignedIn, sources: Sources, sessions: Sessions, offer: Offer, appealed: Appealed
) -> None:
    browser, _ = signed_in()
    (offered,) = seen(sources, sessions, appealed(offer("first.png")), "someone-else")
    assert browser.client.get(offered.pictures[0].picture.fit_url).status_code == 403


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"sha256": bytes(32)}, "the object's SHA-256 is not the one that was stated with the appeal"),
        ({"etag": "0" * 32, "sha256": None}, "the object was replaced"),
    ],
)
def test_an_object_that_is_not_what_was_stated_is_said_to_be_another(
    signed_in: SignedIn,
    sources: Sources,
    sessions: Sessions,
    offer: Offer,
    appealed: Appealed,
    stated: dict[str, Any],
    words: str,
) -> None:
    browser, name = signed_in()
    (offered,) = seen(sources, sessions, appealed(offer("first.png", **stated)), name)
    answer = browser.client.get(offered.pictures[0].picture.thumb_url)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "image/svg+xml")
    drawn = " ".join(part.rpartition(">")[2] for part in answer.text.split("</text>")[:-1])
    assert words in unescape(drawn)


def test_nothing_tells_the_first_decision(
    signed_in: SignedIn, sessions: Sessions, offer: Offer, appealed: Appealed
) -> None:
    """Neither the page, nor its links, nor that there was an appeal before this one."""
    filed = appealed(offer("first.png"), statement="said at first")
    decided_by(sessions, filed, f"second-{new_id()}")
    appeal(sessions, filed, offer("second.png"), statement="said now")
    browser, _ = signed_in()
    page = browser.open(f"/console/items/{filed.item}")
    assert "said now" in page.text
    assert "said at first" not in page.text
    assert "first.png" not in page.html
    spoken = [text for text in page.text.split("\n") if "synthetic" in text.lower()]
    assert not [text for text in spoken if "decided" in text.lower() or "against" in text.lower()]
    assert "artist-" not in page.html
    assert "<dt>Decision</dt>" not in page.html


def test_a_picture_too_large_to_be_opened_is_named(
    sources: Sources, sessions: Sessions, offer: Offer, appealed: Appealed
) -> None:
    large = offer("huge.png", size=sources.pictures.max_bytes + 1)
    (offered,) = seen(sources, sessions, appealed(large, statement=None))
    assert (offered.pictures, offered.statement) == ((), None)
    assert [(each.media, each.size) for each in offered.files] == [("PNG file", large.size)]


def test_what_was_erased_is_shown_no_more(
    signed_in: SignedIn, sources: Sources, sessions: Sessions, offer: Offer, appealed: Appealed
) -> None:
    """A link that was minted before shows nothing after."""
    browser, name = signed_in()
    filed = appealed(offer("first.png"), statement="erase me")
    (before,) = seen(sources, sessions, filed, name)
    with sessions.begin() as session:
        forgetting.forget_pictures(session, [filed.image])
    (after,) = seen(sources, sessions, filed, name)
    assert (after.statement, after.pictures, after.files) == (None, (), ())
    assert browser.client.get(before.pictures[0].picture.fit_url).status_code == 404
    assert "erase me" not in browser.open(f"/console/items/{filed.item}").text


def test_no_appeal_leaves_no_heading(signed_in: SignedIn, sessions: Sessions) -> None:
    browser, _ = signed_in()
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", f"{new_id()}.png")
    assert "appeal" not in browser.open(f"/console/items/{filed.item}").text.lower()
