"""Bodies as they look, for the API's description."""

from __future__ import annotations

from typing import Any

_IMAGE, _ITEM = "01936d3e-8a52-7d0e-b5f7-5c1d2e3f4a5b", "01936d3e-9b63-7e1f-8a08-6d2e3f4a5b6c"
_DECISION, _VERDICT = "01936d3f-0c74-7f20-9b19-7e3f4a5b6c7d", "01936d3e-8a60-7b31-8c2a-8f4a5b6c7d8e"
_BUNDLE = "5d" * 32
_THEN, _LATER = "2026-03-01T12:00:00Z", "2026-03-01T12:20:00Z"

DECISION: dict[str, Any] = {
    "id": _DECISION,
    "item_id": _ITEM,
    "label": "GENUINE",
    "cites": None,
    "automatic": False,
    "created_at": _LATER,
}
VERDICT: dict[str, Any] = {
    "id": _VERDICT,
    "label": "UNCERTAIN",
    "probability": 0.52,
    "raw": 0.55,
    "members": {"lightgbm": 0.61, "svm": 0.49, "random_forest": 0.58},
    "veto": {"applied": False, "probability": None, "overruled": None},
    "thresholds": {"genuine_below": 0.35, "synthetic_from": 0.65},
    "bundle_id": _BUNDLE,
    "reason": None,
    "warranty": None,
    "created_at": _THEN,
    "origin": "scan",
}
EFFECTIVE: dict[str, Any] = {
    "image_id": _IMAGE,
    "bucket": "uploads",
    "key": "2026/cat.png",
    "version_id": None,
    "label": "GENUINE",
    "by": "person",
    "since": _LATER,
    "verdict": VERDICT,
    "decision": DECISION,
    "removed_at": None,
    "erased_at": None,
}
HISTORY: dict[str, Any] = {
    "entries": [
        {"at": _LATER, "image_id": _IMAGE, "verdict": None, "decision": DECISION},
        {"at": _THEN, "image_id": _IMAGE, "verdict": VERDICT, "decision": None},
    ],
    "next": None,
}
CHANGES: dict[str, Any] = {
    "changes": [
        {
            "number": 4711,
            "delivery": _DECISION,
            "type": "decision",
            "created_at": _LATER,
            "data": {"bucket": "uploads", "key": "2026/cat.png", "label": "GENUINE", "item_id": _ITEM},
        }
    ],
    "next": 4711,
    "more": False,
}
EVIDENCE: dict[str, Any] = {
    "kind": "layers",
    "bucket": "evidence",
    "key": "cat.psd",
    "version_id": None,
    "sha256": "ab" * 32,
    "size": 48_211_090,
}
FILING: dict[str, Any] = {
    "image_id": _IMAGE,
    "appellant": "ann",
    "statement": "I drew it; the layers show how.",
    "evidence": [EVIDENCE],
}
APPEAL: dict[str, Any] = {
    "id": "01936d40-1d85-7a42-8d3b-9a5b6c7d8e9f",
    "item_id": _ITEM,
    "open": True,
    "outcome": None,
    "against": "SYNTHETIC",
    "label": None,
    "decided_at": None,
    "appellant": "ann",
    "due_at": "2026-03-08T12:00:00Z",
    "created_at": _THEN,
    "evidence": [EVIDENCE | {"etag": "9b2cf5"}],
}
ERASURE: dict[str, Any] = {
    "id": "01936d41-2e96-7b53-9e4c-ab6c7d8e9fa0",
    "scope": "uploader",
    "state": "done",
    "erased": {
        "images": 12,
        "features": 12,
        "events": 13,
        "messages": 14,
        "items": 3,
        "notes": 2,
        "appeals": 1,
        "evidence": 2,
        "precedents": 1,
    },
    "created_at": _THEN,
    "finished_at": _LATER,
}


PERSON: dict[str, Any] = {
    "records": [
        {
            "part": "pictures",
            "record": {"id": _IMAGE, "bucket": "uploads", "key": "2026/cat.png", "sha256": "ab" * 32},
        },
        {"part": "decisions", "record": {"id": _DECISION, "item_id": _ITEM, "label": "GENUINE"}},
    ],
    "next": None,
}
STATEMENT: dict[str, Any] = {
    "id": _DECISION,
    "image_id": _IMAGE,
    "decided_at": _LATER,
    "uploaded_at": _THEN,
    "restriction": "labelled",
    "restriction_text": "The picture carries a label that says it was made by a generator.",
    "countries": [],
    "facts": "The picture was uploaded on 2026-03-01. The model starter (5d5d5d5d5d5d) gave it a probability "
    "of 0.52 of having been made by a generator. It calls a picture SYNTHETIC from 0.65 on and GENUINE below "
    "0.35. Between these two it decides nothing and asks people. 2 people looked at it, none of whom was "
    "told what the others had said, and each found that it was made by a generator. The decision was taken "
    "on 2026-03-01.",
    "on_notice": False,
    "automated_detection": True,
    "automated_decision": "partially",
    "automation_text": "A program brought the picture before people, who took the decision.",
    "ground": "Terms of use, section 4",
    "explanation": "Pictures made by a generator must be marked as such.",
    "terms_url": None,
    "redress": "An appeal can be filed with the platform.",
}
OF_MODELS: dict[str, dict[str, Any]] = {
    "EffectiveView": EFFECTIVE,
    "HistoryView": HISTORY,
    "ChangesView": CHANGES,
    "ImageAppealBody": FILING,
    "AppealView": APPEAL,
    "StatementView": STATEMENT,
    "ErasureView": ERASURE,
    "PersonRecordsView": PERSON,
}
"""By the name that a model has in the description."""
