"""Pictures in browsers: real objects, a real decoder, and links that are somebody's."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from detector.provenance import Kind, claims
from detector.reasons import Reason, Rejected, Transient
from tests.detector.provenance.making import exif, jpeg_with, png_with, text_chunk
from tests.pictures import encode, painting
from tests.servers import Bucket
from tests.worker.access.people import account, bearer
from tests.worker.console.conftest import NewBrowser
from tests.worker.console.pictures.test_links import parts_of
from tests.worker.filing import file_event, file_image
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.pictures.decoders import Decoders
from worker.console.pictures.pictures import Pictures
from worker.console.pictures.subject import Subject, SubjectKind, Variant
from worker.console.sources import Sources
from worker.settings import Settings

SAYING = png_with(text_chunk("parameters", "cat\nSteps: 20, Sampler: Euler, Seed: 1"))
TELLING = jpeg_with((0xE1, exif(make=b"Secret camera", software=b"Of Ann Artist")))
Upload = Callable[..., Subject]


@pytest.fixture
def upload(sessions: Sessions, bucket: Bucket) -> Upload:
    """Stores bytes as an object and as an image, or as an event alone."""

    def run(data: bytes, *, refused: bool = False, sha256: bytes | None = None) -> Subject:
        key = f"{new_id()}.bin"
        etag = bucket.put(key, data)
        with sessions.begin() as session:
            if refused:
                return Subject(kind=SubjectKind.EVENT, id=file_event(session, bucket.name, key))
            digest = sha256 or hashlib.sha256(data).digest()
            image = file_image(session, bucket.name, key, etag=etag, sha256=digest)
            return Subject(kind=SubjectKind.IMAGE, id=image)

    return run


@dataclass(frozen=True)
class Viewer:
    """Someone with a token."""

    name: str
    client: TestClient
    headers: dict[str, str]

    def get(self, path: str) -> Any:
        """Ask for a path."""
        return self.client.get(path, headers=self.headers)


@pytest.fixture
def viewer(new_browser: NewBrowser, sessions: Sessions) -> Viewer:
    name = account(sessions)
    return Viewer(name, new_browser().client, bearer(sessions, name))


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("data", [SAYING, TELLING], ids=["png", "jpeg"])
def test_a_picture_is_shown_without_anything_that_its_file_says(
    sources: Sources, upload: Upload, viewer: Viewer, data: bytes, variant: Variant
) -> None:
    subject = upload(data)
    assert claims(data)
    answer = viewer.get(sources.links.mint(subject, variant, viewer.name))
    assert answer.status_code == 200
    assert answer.headers["content-type"] in {"image/jpeg", "image/png"}
    assert Image.open(io.BytesIO(answer.content)).size == (70, 70)
    assert claims(answer.content) == ()
    assert not any(secret in answer.content for secret in (b"Secret", b"Artist", b"Steps", b"Exif"))
    private, _, life = answer.headers["cache-control"].partition(", max-age=")
    assert private == "private"
    assert 0 < int(life) <= 660
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_refused_file_is_shown_too_where_it_decodes(
    sources: Sources, upload: Upload, viewer: Viewer
) -> None:
    link = sources.links.mint(upload(encode(painting(50, 40)), refused=True), Variant.FIT, viewer.name)
    assert Image.open(io.BytesIO(viewer.get(link).content)).size == (40, 50)


def test_the_link_of_someone_else_shows_nothing(
    sources: Sources, upload: Upload, viewer: Viewer, sessions: Sessions
) -> None:
    link = sources.links.mint(upload(SAYING), Variant.FIT, account(sessions))
    is_drawing(viewer.get(link), 403, "not yours")


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link.replace("/fit?", "/full?"),
        lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"),
        lambda link: link.replace("until=1", "until=2"),
        lambda link: link.partition("?")[0],
        lambda link: link.replace("/image/", "/event/"),
    ],
    ids=["another form", "another signature", "a longer time", "no signature", "another kind"],
)
def test_a_forged_link_shows_nothing(
    sources: Sources, upload: Upload, viewer: Viewer, change: Callable[[str], str]
) -> None:
    link = change(sources.links.mint(upload(SAYING), Variant.FIT, viewer.name))
    is_drawing(viewer.get(link), 403, "over, or not yours")


def test_the_link_of_one_picture_does_not_show_another(
    sources: Sources, upload: Upload, viewer: Viewer
) -> None:
    one, other = upload(SAYING), upload(TELLING)
    link = sources.links.mint(one, Variant.FIT, viewer.name).replace(str(one.id), str(other.id))
    is_drawing(viewer.get(link), 403, "not yours")


def test_what_is_gone_replaced_or_broken_is_said_in_a_drawing(
    sources: Sources, upload: Upload, viewer: Viewer, bucket: Bucket, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        gone = Subject(kind=SubjectKind.IMAGE, id=file_image(session, bucket.name, f"{new_id()}"))
        elsewhere = Subject(kind=SubjectKind.IMAGE, id=file_image(session, "other-bucket", f"{new_id()}"))
    cases = {
        gone: (422, "no object of"),
        elsewhere: (403, "not allowed"),
        upload(b"<html>"): (422, "not a JPEG"),
        upload(SAYING, sha256=bytes(32)): (422, "was replaced"),
        Subject(kind=SubjectKind.IMAGE, id=new_id()): (404, "there is no image"),
        Subject(kind=SubjectKind.EVENT, id=new_id()): (404, "there is no event"),
    }
    for subject, (status, words) in cases.items():
        is_drawing(viewer.get(sources.links.mint(subject, Variant.FIT, viewer.name)), status, words)


def is_drawing(answer: Any, status: int, words: str) -> None:
    """It is a placeholder that says so."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "image/svg+xml")
    assert words in _text(answer.text)
    assert answer.headers["cache-control"] == "no-store"


def _text(drawing: str) -> str:
    """The words of a drawing, its lines joined."""
    parts = [part.rpartition(">")[2] for part in drawing.split("</text>")[:-1]]
    return " ".join(parts)


def test_an_object_is_fetched_once_for_all_that_is_asked_of_it(
    settings: Settings, sessions: Sessions, upload: Upload, bucket: Bucket
) -> None:
    pictures, subject = Pictures(settings, sessions), upload(SAYING)
    assert {claim.kind for claim in pictures.claims(subject)} == {Kind.GENERATOR}
    for listed in bucket.client.list_objects_v2(Bucket=bucket.name)["Contents"]:
        bucket.client.delete_object(Bucket=bucket.name, Key=listed["Key"])
    for variant in Variant:
        assert pictures.rendition(subject, variant).data
    pictures.close()


def test_all_decoders_at_work_is_said(settings: Settings) -> None:
    decoders = Decoders(settings.model_copy(update={"picture_decoders": 1}), patience=0.01)
    with decoders.lent() as decoder:
        with pytest.raises(Transient) as refused, decoders.lent():
            pass
        assert refused.value.reason is Reason.PICTURES_BUSY
    with decoders.lent() as again:
        assert again is decoder
    decoders.close()


def test_a_file_that_breaks_the_decoder_leaves_it_to_others(
    settings: Settings, sessions: Sessions, upload: Upload
) -> None:
    hasty = settings.model_copy(update={"picture_decoders": 1, "max_pixels": 100 * 100})
    pictures = Pictures(hasty, sessions)
    with pytest.raises(Rejected):
        pictures.rendition(upload(encode(painting(200, 200))), Variant.FIT)
    assert pictures.rendition(upload(SAYING), Variant.FIT).data
    pictures.close()


def test_processes_share_the_key(settings: Settings, sessions: Sessions) -> None:
    subject = Subject(kind=SubjectKind.IMAGE, id=UUID(int=1))
    one, other = Sources(settings, sessions), Sources(settings, sessions)
    until, sign = parts_of(one.links.mint(subject, Variant.FIT, "a"))
    assert other.links.check(subject, Variant.FIT, "a", until=until, sign=sign) > 0
