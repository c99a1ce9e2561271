"""What may happen to a review item, as a pure state machine.

::

               claim                    decide
      ┌──────┐ ────────▶ ┌───────────┐ ────────▶ ┌─────────┐
      │ open │           │  claimed  │           │ decided │
      └──────┘ ◀──────── └───────────┘           └─────────┘
          │     release    │  ▲    ▲ │
          │                │  └────┘ │ renew; claim, once the lease has run out
          │ withdraw       │ withdraw
          ▼                ▼
      ┌──────────────────────┐
      │      withdrawn       │
      └──────────────────────┘

A claim hands out a lease: a number that grows with each claim of the item, and a time until which nobody
else gets it. Renewing, releasing, setting aside (which opens it again, for others or for later) and deciding
carry the number. A number that a later claim has outdated is refused, so a moderator who was away too long
can't write over a colleague's work. A lease that ran out and that nobody took over since still decides: the
work is done, and refusing it would only repeat it.
"""

from __future__ import annotations

from enum import StrEnum

from db.models.review import ItemState
from detector.reasons import Reason


class Event(StrEnum):
    """What someone asks of an item."""

    CLAIM = "claim"
    RENEW = "renew"
    RELEASE = "release"
    DECIDE = "decide"
    SET_ASIDE = "set_aside"
    """Skip it, put it on hold, or hand it over."""
    WITHDRAW = "withdraw"


class Standing(StrEnum):
    """An item's state as the one who asks must see it."""

    OPEN = "open"
    """Nobody has it."""
    MINE = "mine"
    """The asker holds it: the claim was theirs and the lease number they carry is the current one."""
    HELD = "held"
    """Someone has it, and their lease runs."""
    LAPSED = "lapsed"
    """Someone had it, and their lease has run out."""
    DECIDED = "decided"
    """It has its decision."""
    WITHDRAWN = "withdrawn"
    """It needs none any more."""


def standing(state: ItemState, *, mine: bool, runs: bool) -> Standing:
    """How an item in ``state`` looks to the one who asks.

    Args:
        state: As stored.
        mine: The asker's name and lease number are those of the latest claim.
        runs: The lease of the latest claim has not run out, by PostgreSQL's clock.
    """
    if state is not ItemState.CLAIMED:
        return Standing(state)
    if mine:
        return Standing.MINE
    return Standing.HELD if runs else Standing.LAPSED


def follow(seen: Standing, event: Event) -> ItemState | Reason:
    """The state that ``event`` leads to, or why it is refused."""
    return _TABLE[seen, event]


def obstacle(*, own: bool, reserved: bool) -> Reason:
    """Why a claim is refused that the item's state would allow.

    Args:
        own: the asker decided, uploaded or appealed it.
        reserved: it is on hold, or kept for someone else.
    """
    if own:
        return Reason.CONFLICT_OF_INTEREST
    return Reason.RESERVED if reserved else Reason.NOT_QUALIFIED


_TABLE: dict[tuple[Standing, Event], ItemState | Reason] = {
    (Standing.OPEN, Event.CLAIM): ItemState.CLAIMED,
    (Standing.OPEN, Event.RENEW): Reason.LEASE_LOST,
    (Standing.OPEN, Event.RELEASE): Reason.LEASE_LOST,
    (Standing.OPEN, Event.SET_ASIDE): Reason.LEASE_LOST,
    (Standing.OPEN, Event.DECIDE): Reason.LEASE_LOST,
    (Standing.OPEN, Event.WITHDRAW): ItemState.WITHDRAWN,
    (Standing.MINE, Event.CLAIM): Reason.ALREADY_CLAIMED,
    (Standing.MINE, Event.RENEW): ItemState.CLAIMED,
    (Standing.MINE, Event.RELEASE): ItemState.OPEN,
    (Standing.MINE, Event.SET_ASIDE): ItemState.OPEN,
    (Standing.MINE, Event.DECIDE): ItemState.DECIDED,
    (Standing.MINE, Event.WITHDRAW): ItemState.WITHDRAWN,
    (Standing.HELD, Event.CLAIM): Reason.ALREADY_CLAIMED,
    (Standing.HELD, Event.RENEW): Reason.LEASE_LOST,
    (Standing.HELD, Event.RELEASE): Reason.LEASE_LOST,
    (Standing.HELD, Event.SET_ASIDE): Reason.LEASE_LOST,
    (Standing.HELD, Event.DECIDE): Reason.LEASE_LOST,
    (Standing.HELD, Event.WITHDRAW): ItemState.WITHDRAWN,
    (Standing.LAPSED, Event.CLAIM): ItemState.CLAIMED,
    (Standing.LAPSED, Event.RENEW): Reason.LEASE_LOST,
    (Standing.LAPSED, Event.RELEASE): Reason.LEASE_LOST,
    (Standing.LAPSED, Event.SET_ASIDE): Reason.LEASE_LOST,
    (Standing.LAPSED, Event.DECIDE): Reason.LEASE_LOST,
    (Standing.LAPSED, Event.WITHDRAW): ItemState.WITHDRAWN,
    (Standing.DECIDED, Event.CLAIM): Reason.ALREADY_DECIDED,
    (Standing.DECIDED, Event.RENEW): Reason.ALREADY_DECIDED,
    (Standing.DECIDED, Event.RELEASE): Reason.ALREADY_DECIDED,
    (Standing.DECIDED, Event.SET_ASIDE): Reason.ALREADY_DECIDED,
    (Standing.DECIDED, Event.DECIDE): Reason.ALREADY_DECIDED,
    (Standing.DECIDED, Event.WITHDRAW): Reason.ALREADY_DECIDED,
    (Standing.WITHDRAWN, Event.CLAIM): Reason.WITHDRAWN,
    (Standing.WITHDRAWN, Event.RENEW): Reason.WITHDRAWN,
    (Standing.WITHDRAWN, Event.RELEASE): Reason.WITHDRAWN,
    (Standing.WITHDRAWN, Event.SET_ASIDE): Reason.WITHDRAWN,
    (Standing.WITHDRAWN, Event.DECIDE): Reason.WITHDRAWN,
    (Standing.WITHDRAWN, Event.WITHDRAW): ItemState.WITHDRAWN,
}
