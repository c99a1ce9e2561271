"""A verdict in the platform's words."""

from __future__ import annotations

from db.models import EventKind, EventState, VerdictLabel, VerdictOrigin
from db.queries.events import Standing
from db.queries.verdicts import StoredVerdict
from worker.clock import new_id, utc_now
from worker.hook.schemas import StandingView
from worker.telling import verdict_told

SOFTENED = StoredVerdict(
    id=new_id(),
    image_id=new_id(),
    bundle_id="b" * 64,
    event_id=None,
    features_id=new_id(),
    label=VerdictLabel.UNCERTAIN,
    label_before_veto=VerdictLabel.SYNTHETIC,
    raw=0.8,
    probability=0.75,
    lightgbm=0.6,
    svm=0.9,
    random_forest=0.7,
    veto_applied=True,
    veto_probability=0.2,
    genuine_below=0.35,
    synthetic_from=0.65,
    runtime="torch",
    precision="float32",
    stage_ms={},
    origin=VerdictOrigin.SCAN,
    reason=None,
    created_at=utc_now(),
    warranty={
        "domain": "photo",
        "tier": "clean",
        "basis": "unstated",
        "measure": "uncertain",
        "count": 3,
        "total": 40,
        "rate": 0.075,
        "low": 0.0258,
        "high": 0.1986,
    },
)


def test_what_the_webhook_says_is_what_a_question_is_answered_with() -> None:
    """Whoever waits for a message and whoever asks read the same members, an overruled verdict among them."""
    told = verdict_told(SOFTENED)
    answered = StandingView.of(event_done(), SOFTENED).model_dump(mode="json")
    assert told == {name: answered[name] for name in told}
    assert told["veto"] == {"applied": True, "probability": 0.2, "overruled": "SYNTHETIC"}


def event_done() -> Standing:
    """An event that a picture's verdict has answered."""
    return Standing(
        id=new_id(),
        kind=EventKind.CREATED,
        state=EventState.DONE,
        reason=None,
        detail=None,
        bucket="uploads",
        key="a.png",
        version_id=None,
        attempts=1,
        received_at=utc_now(),
        finished_at=utc_now(),
        image_id=SOFTENED.image_id,
        verdict_id=SOFTENED.id,
        review_state=None,
        decision=None,
    )
