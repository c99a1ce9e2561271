"""The description of the platform's API (OpenAPI 3.1), with every refusal by its reason code.

FastAPI describes what it declares; the routes that take raw bodies are described here, and so are the
problem documents, whose statuses only the server knows.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from detector.reasons import Reason
from worker.hook.problems import MEDIA_TYPE, document, status_for
from worker.hook.refusal_examples import EXAMPLES
from worker.hook.signals import SignalsBody
from worker.platform import examples
from worker.platform.reasons import REASONS

_TITLE = "artgate for platforms"
_TAGS = {
    "events": "Uploads come in, and say where they stand.",
    "verdicts": "What holds of a picture, and all that was said of it.",
    "statements": "Why a picture is called SYNTHETIC, by whom, and what the artist can do.",
    "changes": "What has changed since a cursor: the webhook's twin.",
    "appeals": "An artist asks for another look, and shows how the picture was made.",
    "erasures": "A picture, an object or a person is forgotten.",
    "persons": "All that is stored of one person.",
}
_AT_ANY_TIME = (Reason.DATABASE_UNAVAILABLE, Reason.INTERNAL_ERROR)
_RAW = (Reason.BAD_SIGNATURE, Reason.FORBIDDEN, Reason.REQUEST_TOO_LARGE)
"""Of routes that take bodies as they are, and know no limit: an upload is never turned away."""
_NAMED = re.compile(r'"#/components/schemas/([^"]+)"')
_REFERENCE = "#/components/schemas/{model}"
_EVENT_EXAMPLE = {"bucket": "uploads", "key": "2026/cat.png", "etag": "9b2cf5", "uploader": "ann"}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, from the application's routes for platforms."""
    made = get_openapi(
        title=_TITLE,
        version="1",
        openapi_version="3.1.0",
        description="Every refusal is a problem document (RFC 9457) with a stable `reason`.",
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )
    paths = {path: _ours(operations) for path, operations in made["paths"].items()}
    made["paths"] = {path: operations for path, operations in paths.items() if operations}
    made["paths"]["/v1/events"] = {"post": _posting()}
    made["paths"]["/v1/signals"] = {"post": _signalling()}
    for operations in made["paths"].values():
        for operation in operations.values():
            _add_refusals(operation)
    made["security"] = [{"token": []}]
    schemas = made["components"]["schemas"]
    schemas["Problem"] = _problem_schema()
    schemas["SignalsBody"] = _signals_schema()
    for name, example in examples.OF_MODELS.items():  # not by the models: FastAPI leaves nulls out
        schemas[name]["examples"] = [example]
    token = {"type": "http", "scheme": "bearer", "description": "A service's token."}
    made["components"] = {
        "schemas": _needed(schemas, made["paths"]),
        "securitySchemes": {"token": token},
    }
    return made


def _ours(operations: dict[str, Any]) -> dict[str, Any]:
    """What of a path is for platforms."""
    return {method: each for method, each in operations.items() if _TAGS.keys() & set(each.get("tags", ()))}


def _needed(schemas: dict[str, Any], by: object) -> dict[str, Any]:
    """The schemas that something refers to, and those that they refer to."""
    found: set[str] = set()
    new = set(_NAMED.findall(json.dumps(by)))
    while new:
        found |= new
        new = {name for known in new for name in _NAMED.findall(json.dumps(schemas[known]))} - found
    return {name: schemas[name] for name in sorted(found)}


def _add_refusals(operation: dict[str, Any]) -> None:
    """One answer for each status, with an example for each reason."""
    given = operation.pop(REASONS, [reason.value for reason in _AT_ANY_TIME])
    by_status: defaultdict[int, list[Reason]] = defaultdict(list)
    for reason in dict.fromkeys([*map(Reason, given), *_AT_ANY_TIME]):
        by_status[status_for(reason).value].append(reason)
    operation["responses"].pop("422", None)
    for status, reasons in sorted(by_status.items()):
        operation["responses"][str(status)] = _refusal(reasons)


def _refusal(reasons: Iterable[Reason]) -> dict[str, Any]:
    shown = {reason.value: {"value": _example(reason)} for reason in reasons}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": shown}
    return {"description": ", ".join(f"`{name}`" for name in shown), "content": {MEDIA_TYPE: content}}


def _example(reason: Reason) -> dict[str, Any]:
    return document(status_for(reason), reason, EXAMPLES[reason])


def _signals_schema() -> dict[str, Any]:
    """The body's form, and that it says something."""
    said = {"reach": "integer", "reports": "integer", "language": "string", "appealed_by": "string"}
    each = [{"required": [name], "properties": {name: {"type": kind}}} for name, kind in said.items()]
    return {**SignalsBody.model_json_schema(ref_template=_REFERENCE), "anyOf": each}


def _problem_schema() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail")}
    reason = {"type": "string", "enum": sorted(reason.value for reason in Reason)}
    return {
        "type": "object",
        "description": "A refusal (RFC 9457). `reason` is stable; docs/reasons.md tells what to do.",
        "properties": {**texts, "status": {"type": "integer"}, "reason": reason},
        "required": ["type", "title", "status", "detail", "reason"],
    }


def _posting() -> dict[str, Any]:
    """``POST /v1/events``, whose body has many forms: any JSON, which is then read or refused."""
    ids = {"type": "array", "items": {"type": "string", "format": "uuid"}}
    refuses = (*_RAW, Reason.BAD_EVENT, Reason.BUCKET_NOT_ALLOWED)
    return {
        "tags": ["events"],
        "summary": "Post upload events",
        "description": "Events as storage systems send them, or artgate's own form: see docs/http.md.",
        "operationId": "post_events",
        "requestBody": _body({"type": ["object", "array"]}, _EVENT_EXAMPLE),
        "responses": {
            "202": _answer("The events are committed.", {"ids": ids}, {"ids": [_ID]}),
        },
        REASONS: list(refuses),
    }


def _signalling() -> dict[str, Any]:
    ids = {"type": "array", "items": {"type": "string", "format": "uuid"}}
    refuses = (*_RAW, Reason.BAD_REQUEST, Reason.NOT_FOUND)
    example = {"bucket": "uploads", "key": "2026/cat.png", "reports": 3}
    return {
        "tags": ["events"],
        "summary": "Say what is known of a picture",
        "description": "Reach, reports and appeals of an object that waits for a person.",
        "operationId": "post_signals",
        "requestBody": _body({"$ref": "#/components/schemas/SignalsBody"}, example),
        "responses": {
            "200": _answer("The items took their new places.", {"items": ids}, {"items": [_ID]}),
        },
        REASONS: list(refuses),
    }


_ID = "01936d3e-7c1a-7cc1-9e56-0f2a6c1f4b11"


def _body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def _answer(what: str, properties: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"description": what, "content": {"application/json": {"schema": schema, "example": example}}}
