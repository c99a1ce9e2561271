"""Links: each for one viewer, one picture, one form, and a while."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.console.pictures.links import PATH, Links
from worker.console.pictures.subject import Subject, SubjectKind, Variant

SECONDS = 600
KEY = bytes(range(32))
SUBJECT = Subject(kind=SubjectKind.IMAGE, id=UUID(int=7))


class Time:
    """A clock that is set by hand."""

    now = 1_000_000

    def __call__(self) -> int:
        """The time."""
        return self.now


def parts_of(link: str) -> tuple[int, str]:
    """``until`` and ``sign`` of a link."""
    query = parse_qs(urlsplit(link).query)
    return int(query["until"][0]), query["sign"][0]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def links(time: Time) -> Links:
    return Links(KEY, SECONDS, time)


def test_a_link_holds_for_its_time_and_then_no_more(links: Links, time: Time) -> None:
    until, sign = parts_of(links.mint(SUBJECT, Variant.FIT, "ann"))
    assert SECONDS <= links.check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign) <= 1.1 * SECONDS
    time.now = until - 1
    assert links.check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign) == 1
    time.now = until
    with pytest.raises(Rejected) as refused:
        links.check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign)
    assert refused.value.reason is Reason.LINK_REFUSED


@pytest.mark.parametrize(
    ("subject", "variant", "viewer", "later"),
    [
        (SUBJECT, Variant.FIT, "bob", 0),
        (SUBJECT, Variant.FULL, "ann", 0),
        (replace(SUBJECT, id=new_id()), Variant.FIT, "ann", 0),
        (replace(SUBJECT, kind=SubjectKind.EVENT), Variant.FIT, "ann", 0),
        (SUBJECT, Variant.FIT, "ann", 60),
    ],
    ids=["another viewer", "another form", "another picture", "another kind", "a longer time"],
)
def test_a_link_is_good_for_nothing_else(
    links: Links, subject: Subject, variant: Variant, viewer: str, later: int
) -> None:
    until, sign = parts_of(links.mint(SUBJECT, Variant.FIT, "ann"))
    with pytest.raises(Rejected):
        links.check(subject, variant, viewer, until=until + later, sign=sign)


@given(sign=st.text(max_size=80), until=st.integers(0, 2**62))
def test_a_made_up_link_is_refused(sign: str, until: int) -> None:
    with pytest.raises(Rejected):
        Links(KEY, SECONDS, Time()).check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign)


def test_processes_with_one_key_know_each_others_links_and_those_of_another_key_not(time: Time) -> None:
    until, sign = parts_of(Links(KEY, SECONDS, time).mint(SUBJECT, Variant.FIT, "ann"))
    assert Links(KEY, SECONDS, time).check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign)
    with pytest.raises(Rejected):
        Links(bytes(32), SECONDS, time).check(SUBJECT, Variant.FIT, "ann", until=until, sign=sign)


def test_a_page_that_is_loaded_again_has_the_same_links_for_a_while(links: Links, time: Time) -> None:
    first = links.mint(SUBJECT, Variant.FIT, "ann")
    assert first.startswith(f"{PATH}/image/{SUBJECT.id}/fit?")
    assert links.mint(SUBJECT, Variant.FIT, "ann") == first
    time.now += SECONDS // 10
    assert links.mint(SUBJECT, Variant.FIT, "ann") != first
