"""Checks of the settings against each other, and of the doors that have no lock."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_AREA = Area("settings")


def check_limits(settings: Settings) -> Iterator[Finding]:
    """Time limits that only work in one order, and doors that need keys."""
    yield _time_limits(settings)
    yield _visibility(settings)
    yield _buckets(settings)
    yield _hook_keys(settings)
    yield _moderators(settings)
    yield _webhook(settings)


def _time_limits(settings: Settings) -> Finding:
    found = (
        f"decode {settings.decode_seconds:g} s, soft {settings.soft_time_limit} s, "
        f"hard {settings.hard_time_limit} s, lease {settings.lease_seconds} s"
    )
    limits = (
        settings.decode_seconds,
        settings.soft_time_limit,
        settings.hard_time_limit,
        settings.lease_seconds,
    )
    if all(shorter < longer for shorter, longer in pairwise(limits)):
        return _AREA.ok("time limits", found)
    return _AREA.wrong(
        "time limits",
        found,
        "set ARTGATE_DECODE_SECONDS < ARTGATE_SOFT_TIME_LIMIT < ARTGATE_HARD_TIME_LIMIT < "
        "ARTGATE_LEASE_SECONDS; otherwise a scan that still runs is given to a second worker",
    )


def _visibility(settings: Settings) -> Finding:
    found = f"{settings.visibility_timeout} s, hard limit {settings.hard_time_limit} s"
    if settings.visibility_timeout > settings.hard_time_limit:
        return _AREA.ok("visibility timeout", found)
    return _AREA.wrong(
        "visibility timeout",
        found,
        "set ARTGATE_VISIBILITY_TIMEOUT above ARTGATE_HARD_TIME_LIMIT, "
        "else the broker delivers scans that still run a second time",
    )


def _buckets(settings: Settings) -> Finding:
    if settings.buckets:
        return _AREA.ok("buckets", ", ".join(settings.buckets))
    return _AREA.wrong(
        "buckets",
        "none",
        "every event is refused; name yours, parted by commas: ARTGATE_BUCKETS=uploads",
    )


def _hook_keys(settings: Settings) -> Finding:
    secrets, tokens = len(settings.hook_secrets), len(settings.hook_tokens)
    found = f"signing secrets: {secrets}, bearer tokens: {tokens}"
    if not secrets + tokens:
        return _AREA.wrong(
            "hook keys",
            found,
            "nobody can post events; set ARTGATE_HOOK_SECRETS or ARTGATE_HOOK_TOKENS",
        )
    if secrets > 2:
        return _AREA.note("hook keys", found, "two secrets are enough for a rotation; remove the oldest ones")
    return _AREA.ok("hook keys", found)


def _moderators(settings: Settings) -> Finding:
    names, tokens = sorted(settings.moderator_tokens), set(settings.moderator_tokens.values())
    if len(tokens) < len(names):
        return _AREA.wrong(
            "moderators",
            f"{', '.join(names)}, of whom two have the same token",
            "give each a token of their own in ARTGATE_MODERATOR_TOKENS: decisions stand under one's name",
        )
    if names:
        return _AREA.ok("moderators", ", ".join(names))
    return _AREA.note(
        "moderators",
        "none",
        "the review API takes accounts' tokens alone, see `artgate tokens list`; `artgate queue` works. "
        'ARTGATE_MODERATOR_TOKENS=\'{"name": "token"}\' lets people in without an account',
    )


def _webhook(settings: Settings) -> Finding:
    if settings.webhook_url is None:
        return _AREA.note(
            "webhook",
            "no address in the settings",
            "fine where `artgate webhooks list` names an endpoint; else verdicts stay in the outbox",
        )
    if settings.webhook_secret is None:
        return _AREA.wrong(
            "webhook", "an address without a secret", "set ARTGATE_WEBHOOK_SECRET: deliveries are signed"
        )
    return _AREA.ok("webhook", "an address and a secret")
