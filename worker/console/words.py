"""Words and numbers as the pages show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_THOUSAND = 1000.0

SAID = {
    "queue-empty": "Nothing waits for a decision of yours. Have a break.",
    "decided": "Your decision is recorded.",
    "skipped": "The item is left to the others; it comes back to you when nothing else is left.",
    "held": "The item rests. You will find it above the list.",
    "handed-over": "The item is kept for the one you named.",
    "escalated": "The item is left to a senior.",
    "released": "The item is free for everyone again.",
    "password": "Your password was changed. All other sessions of your account have ended.",
    "preferences": "Your preferences were saved.",
    "session-ended": "Your session has ended. Sign in again; nothing that you had sent is lost.",
    "step-taken": "The step was taken; workers follow with their next scan.",
    "rolled-back": "It was rolled back; workers follow with their next scan.",
    "signed-out": "You are signed out.",
    "signed-out-everywhere": "All sessions of your account have ended.",
}
"""What a page says of the step before it, by the key in its address."""

LABELS = {
    "GENUINE": "genuine",
    "SYNTHETIC": "synthetic",
    "CANNOT_TELL": "cannot tell",
    "UNCERTAIN": "uncertain",
}

SHOWN = {"layers": "layers", "time_lapse": "time-lapse", "sketches": "sketch", "other": "other"}
"""What an object of an appeal is said to show."""

STEPS = {
    "shadow": "let it look on",
    "canary": "let it decide a share",
    "promote": "let it judge alone",
    "activate": "made to judge",
    "hold": "hold it",
    "release": "release it",
    "retire": "end its trial",
    "roll_back": "rolled back",
    "replace": "replaced",
    "restore": "judges again",
}


def duration(seconds: float) -> str:
    """A length of time in its largest unit: ``5 s``, ``12 min``, ``3.5 h``, ``2 d``."""
    seconds = abs(seconds)
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / _DAY:.0f} d"


def moment(when: datetime) -> str:
    """A moment to the minute, in UTC."""
    return when.strftime("%Y-%m-%d %H:%M UTC")


def percent(share: float, digits: int = 0) -> str:
    """A share of 0 to 1 as a percentage."""
    return f"{100 * share:.{digits}f} %"


def label(value: object) -> str:
    """A label as people say it."""
    return LABELS.get(str(value), str(value).lower().replace("_", " "))


def step(action: object) -> str:
    """A step of a roll-out as people say it."""
    return STEPS.get(str(action), str(action))


def shown(kind: object) -> str:
    """What an object of an appeal shows, as people say it."""
    return SHOWN.get(str(kind), str(kind))


def size(count: int) -> str:
    """A number of bytes in a unit that fits: ``812 B``, ``3.4 MB``."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < _THOUSAND:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= _THOUSAND
    return f"{value:.1f} TB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


FILTERS: dict[str, Callable[..., Any]] = {
    "duration": duration,
    "label": label,
    "moment": moment,
    "percent": percent,
    "plural": plural,
    "shown": shown,
    "size": size,
    "step": step,
}
"""What templates may call on a value."""
