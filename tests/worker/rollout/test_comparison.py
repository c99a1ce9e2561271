"""What a bundle on trial would change, counted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import make_engine, make_sessions
from db.models import RolloutAction, VerdictLabel
from db.models.bundles import DEFAULT_NAME
from db.queries import bundles
from db.queries.comparisons import Cell
from detector.reasons import Rejected
from tests.db import factories
from tests.worker.inbox import Sessions
from tests.worker.rollout.rows import look_on
from worker.reports.rollout import render
from worker.rollout import steps
from worker.rollout.comparison import ALL, UNSTATED, compare, tabulate

ACTIVE, TRIAL = "ab" * 32, "cd" * 32
G, U, S = VerdictLabel.GENUINE, VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Of a database in which a bundle is on trial beside another."""
    engine = make_engine(new_database(), pooled=False)
    made = make_sessions(engine)
    with made.begin() as session:
        for each in (ACTIVE, TRIAL):
            bundles.register(session, each, name=DEFAULT_NAME, manifest={"name": "<b>"}, location="/b")
        bundles.activate(session, ACTIVE)
        steps.take(session, RolloutAction.SHADOW, TRIAL, person="ada", reason="tried", share=1.0)
    yield made
    engine.dispose()


def judged(
    sessions: Sessions, spoke: str, said: VerdictLabel, looked: str, would: VerdictLabel, **image: str
) -> None:
    with sessions.begin() as session:
        row = factories.image(session, **image)
        look_on(session, row, factories.verdict(session, row, spoke, label=said), looked, would, ms=3.0)


def test_pictures_count_alike_whichever_of_the_two_has_spoken(sessions: Sessions) -> None:
    """As a shadow it looked on; as a canary the other did. Other bundles' pairs are not theirs."""
    judged(sessions, ACTIVE, G, TRIAL, S, domain="photo")
    judged(sessions, TRIAL, S, ACTIVE, G, domain="photo")
    judged(sessions, ACTIVE, U, TRIAL, U)
    with sessions.begin() as session:
        bundles.register(session, "ef" * 32, name=DEFAULT_NAME, manifest={}, location="/b")
    judged(sessions, ACTIVE, G, "ef" * 32, S, domain="photo")
    with sessions() as session:
        found = compare(session)
    assert [(row.domain, row.pictures) for row in found.rows] == [(ALL, 3), ("photo", 2), (UNSTATED, 1)]
    worst = found.rows[0].ways[0]
    assert (worst.usual, worst.trial, worst.share.count, worst.share.total) == (G, S, 2, 3)
    assert found.rows[0].unchanged.count == 1
    ((way, moved),) = found.changed
    assert way is worst
    assert {(each.usual, each.trial, each.usual_probability) for each in moved} == {(G, S, 0.1)}
    assert {(cost.bundle_id, cost.pictures, cost.mean_ms) for cost in found.costs} == {
        (TRIAL, 2, 3.0),
        (ACTIVE, 1, 3.0),
    }


def test_the_page_names_pictures_and_escapes_what_others_have_named(sessions: Sessions) -> None:
    """It loads nothing and shows no picture."""
    judged(sessions, ACTIVE, G, TRIAL, S, key="<img src=x>.png", domain="photo")
    with sessions() as session:
        document = json.loads(json.dumps(compare(session).as_json(), default=str))
    page = render(document)
    assert "&lt;img src=x&gt;.png" in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "://" not in page
    assert "GENUINE to SYNTHETIC" in page
    assert document["domains"][0]["ways"][0]["count"] == 1


def test_before_the_first_picture_there_is_nothing_to_compare(sessions: Sessions) -> None:
    with sessions() as session:
        found = compare(session)
    assert (found.rows, found.changed) == ((), ())
    assert "Nothing was compared yet" in render(json.loads(json.dumps(found.as_json(), default=str)))
    with sessions.begin() as session:
        steps.take(session, RolloutAction.RETIRE, TRIAL, person="ada", reason="enough")
    with sessions() as session, pytest.raises(Rejected, match="no bundle is on trial"):
        compare(session)


CELLS = st.builds(
    Cell,
    domain=st.sampled_from(["photo", "anime", None]),
    usual=st.sampled_from(VerdictLabel),
    trial=st.sampled_from(VerdictLabel),
    count=st.integers(1, 1000),
)


@given(st.lists(CELLS, min_size=1))
def test_every_picture_is_in_one_domain_and_goes_one_way_or_stays(cells: list[Cell]) -> None:
    rows = tabulate(cells)
    assert rows[0].domain == ALL
    assert rows[0].pictures == sum(cell.count for cell in cells) == sum(row.pictures for row in rows[1:])
    for row in rows:
        assert row.unchanged.count + sum(way.share.count for way in row.ways) == row.pictures
