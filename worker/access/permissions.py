"""Which role may do what: the one place that says so.

Two tables. ``GRANTED`` says which roles have a permission; ``ROUTES`` says which permission a route needs.
A route that is in neither is open to nobody. A test asks every route as every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from db.models.accounts import Role
from detector.reasons import Reason, Rejected


class Permission(StrEnum):
    """What can be allowed."""

    SEND_EVENTS = "send_events"
    """Post upload events, and what becomes known of objects."""
    READ_EVENTS = "read_events"
    """Ask where an event stands, for verdicts and for what has changed."""
    APPEAL = "appeal"
    """File appeals in an artist's name, and ask where they stand."""
    ERASE = "erase"
    """Have a picture, an object or an uploader forgotten."""
    EXPORT = "export"
    """Read all that is stored of a person."""
    MANAGE_WEBHOOKS = "manage_webhooks"
    """Have messages sent again to a webhook endpoint."""
    READ_WEBHOOKS = "read_webhooks"
    """See webhook endpoints, what they have not got, and the log of deliveries."""
    READ_QUEUE = "read_queue"
    """See items, their evidence and their decisions."""
    WORK_QUEUE = "work_queue"
    """Claim items and decide them."""
    READ_NUMBERS = "read_numbers"
    """See how much waits and was decided, and how reviewers agree, under their pseudonyms."""
    READ_STATEMENTS = "read_statements"
    """See what the platform is told of the reasons of a SYNTHETIC decision."""
    READ_MODELS = "read_models"
    """See which bundles judge and are on trial, and what one on trial would change."""
    ROLL_OUT = "roll_out"
    """Take a bundle through the steps of a roll-out."""
    OWN_SESSION = "own_session"
    """See who one is, give the second factor, sign out."""
    OWN_ACCOUNT = "own_account"
    """Change one's password, end one's sessions."""


_PEOPLE = frozenset({Role.MODERATOR, Role.SENIOR, Role.ADMIN, Role.AUDITOR})

GRANTED: Mapping[Permission, frozenset[Role]] = {
    Permission.SEND_EVENTS: frozenset({Role.SERVICE}),
    Permission.READ_EVENTS: frozenset({Role.SERVICE, Role.ADMIN, Role.AUDITOR}),
    Permission.APPEAL: frozenset({Role.SERVICE}),
    Permission.ERASE: frozenset({Role.SERVICE, Role.ADMIN}),
    Permission.EXPORT: frozenset({Role.SERVICE, Role.ADMIN}),
    Permission.MANAGE_WEBHOOKS: frozenset({Role.ADMIN}),
    Permission.READ_WEBHOOKS: frozenset({Role.ADMIN, Role.AUDITOR}),
    Permission.READ_QUEUE: _PEOPLE,
    # Not an admin: who hands out the rights to decide does not decide.
    Permission.WORK_QUEUE: frozenset({Role.MODERATOR, Role.SENIOR}),
    # Not a moderator: a pseudonym hides nobody from the colleague at the next desk.
    Permission.READ_NUMBERS: frozenset({Role.SENIOR, Role.ADMIN, Role.AUDITOR}),
    # Not a moderator: a decision's reasons are no help with the next one.
    Permission.READ_STATEMENTS: frozenset({Role.SENIOR, Role.ADMIN, Role.AUDITOR}),
    Permission.READ_MODELS: frozenset({Role.SENIOR, Role.ADMIN, Role.AUDITOR}),
    Permission.ROLL_OUT: frozenset({Role.ADMIN}),
    Permission.OWN_SESSION: _PEOPLE,
    Permission.OWN_ACCOUNT: _PEOPLE,
}

ROUTES: Mapping[tuple[str, str], Permission] = {
    ("POST", "/v1/events"): Permission.SEND_EVENTS,
    ("POST", "/v1/signals"): Permission.SEND_EVENTS,
    ("GET", "/v1/events/{event_id}"): Permission.READ_EVENTS,
    ("GET", "/v1/events/{event_id}/verdict"): Permission.READ_EVENTS,
    ("GET", "/v1/images/{image_id}/verdict"): Permission.READ_EVENTS,
    ("GET", "/v1/images/{image_id}/history"): Permission.READ_EVENTS,
    ("GET", "/v1/images/{image_id}/statement"): Permission.READ_EVENTS,
    ("GET", "/v1/statements/{statement_id}"): Permission.READ_EVENTS,
    ("GET", "/v1/objects/verdict"): Permission.READ_EVENTS,
    ("GET", "/v1/objects/history"): Permission.READ_EVENTS,
    ("GET", "/v1/changes"): Permission.READ_EVENTS,
    ("POST", "/v1/appeals"): Permission.APPEAL,
    ("GET", "/v1/appeals/{appeal_id}"): Permission.APPEAL,
    ("POST", "/v1/erasures"): Permission.ERASE,
    ("GET", "/v1/erasures/{erasure_id}"): Permission.ERASE,
    ("GET", "/v1/persons/records"): Permission.EXPORT,
    ("POST", "/v1/webhooks/{endpoint}/replay"): Permission.MANAGE_WEBHOOKS,
    ("GET", "/v1/review/items"): Permission.READ_QUEUE,
    ("GET", "/v1/review/items/{item_id}"): Permission.READ_QUEUE,
    ("GET", "/v1/review/items/{item_id}/near"): Permission.READ_QUEUE,
    ("GET", "/v1/review/items/{item_id}/explanation"): Permission.READ_QUEUE,
    ("GET", "/v1/review/items/{item_id}/picture"): Permission.READ_QUEUE,
    ("POST", "/v1/review/claim"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/claim"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/renew"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/skip"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/hold"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/hand-over"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/escalate"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/opinion"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/release"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/decide"): Permission.WORK_QUEUE,
    ("POST", "/v1/review/items/{item_id}/undo"): Permission.WORK_QUEUE,
    ("GET", "/v1/access/me"): Permission.OWN_SESSION,
    ("POST", "/v1/access/sign-out"): Permission.OWN_SESSION,
    ("POST", "/v1/access/second-factor"): Permission.OWN_SESSION,
    ("POST", "/v1/access/second-factor/enrol"): Permission.OWN_SESSION,
    ("POST", "/v1/access/second-factor/confirm"): Permission.OWN_SESSION,
    ("POST", "/v1/access/password"): Permission.OWN_ACCOUNT,
    ("POST", "/v1/access/sign-out-everywhere"): Permission.OWN_ACCOUNT,
    ("GET", "/console/pictures/{kind}/{subject_id}/{variant}"): Permission.READ_QUEUE,
    ("GET", "/console/"): Permission.READ_QUEUE,
    ("POST", "/console/next"): Permission.WORK_QUEUE,
    ("GET", "/console/ahead"): Permission.WORK_QUEUE,
    ("GET", "/console/items/{item_id}"): Permission.READ_QUEUE,
    ("GET", "/console/items/{item_id}/statement"): Permission.READ_STATEMENTS,
    ("POST", "/console/items/{item_id}/claim"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/opinion"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/decide"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/undo"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/skip"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/hold"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/hand-over"): Permission.WORK_QUEUE,
    ("POST", "/console/items/{item_id}/release"): Permission.WORK_QUEUE,
    ("GET", "/console/numbers"): Permission.READ_NUMBERS,
    ("GET", "/console/numbers.json"): Permission.READ_NUMBERS,
    ("GET", "/console/feedback"): Permission.READ_NUMBERS,
    ("GET", "/console/models"): Permission.READ_MODELS,
    ("POST", "/console/models/step"): Permission.ROLL_OUT,
    ("POST", "/console/models/trial"): Permission.ROLL_OUT,
    ("POST", "/console/models/rollback"): Permission.ROLL_OUT,
    ("GET", "/console/webhooks"): Permission.READ_WEBHOOKS,
    ("GET", "/console/webhooks/{endpoint}"): Permission.READ_WEBHOOKS,
    ("POST", "/console/webhooks/{endpoint}/replay"): Permission.MANAGE_WEBHOOKS,
    ("GET", "/console/mine"): Permission.WORK_QUEUE,
    ("GET", "/console/account"): Permission.OWN_ACCOUNT,
    ("POST", "/console/account/preferences"): Permission.OWN_ACCOUNT,
    ("POST", "/console/account/password"): Permission.OWN_ACCOUNT,
    ("POST", "/console/account/sign-out-everywhere"): Permission.OWN_ACCOUNT,
    ("POST", "/console/sign-out"): Permission.OWN_SESSION,
    ("GET", "/console/second-factor"): Permission.OWN_SESSION,
    ("POST", "/console/second-factor"): Permission.OWN_SESSION,
    ("POST", "/console/second-factor/enrol"): Permission.OWN_SESSION,
    ("POST", "/console/second-factor/confirm"): Permission.OWN_SESSION,
}
"""By method and by path as the router declares it."""

WHILE_PENDING = frozenset({Permission.OWN_SESSION})
"""All that is allowed between the password and the second factor."""

_COVERS: Mapping[Role, frozenset[Role]] = {
    Role.SERVICE: frozenset({Role.SERVICE}),
    Role.MODERATOR: frozenset({Role.MODERATOR}),
    Role.SENIOR: frozenset({Role.SENIOR, Role.MODERATOR}),
    Role.ADMIN: frozenset({Role.ADMIN, Role.AUDITOR}),
    Role.AUDITOR: frozenset({Role.AUDITOR}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return role in GRANTED[permission]


def check(role: Role, permission: Permission) -> None:
    """Refuse what a role may not do.

    Raises:
        Rejected: ``forbidden``.
    """
    if not may(role, permission):
        raise Rejected(
            Reason.FORBIDDEN, f"the role {role} has no permission {permission}; see docs/access.md"
        )


def covers(role: Role, other: Role) -> bool:
    """Whether an account of ``role`` may hold a token of the role ``other``.

    So that a token never does what its account may not, each permission of ``other`` is one of ``role``.
    """
    return other in _COVERS[role]
