"""When a canary is held: a section of the policy, which is data."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class RolloutBounds(BaseModel):
    """How many false accusations are too many, and on how many pictures that must rest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    false_accusations: Annotated[float, Field(ge=0, le=1)] = 0.02
    """The largest share of a bundle's SYNTHETIC verdicts that people may have overturned."""
    least_accusations: Annotated[int, Field(ge=1, le=1_000_000)] = 50
    """Fewer SYNTHETIC verdicts count as so many: one overturned out of one holds nothing."""
    drawn_accusations: Annotated[float, Field(ge=0, le=1)] = 0.02
    """The largest share of SYNTHETIC verdicts drawn by lot that people may have found genuine."""
    least_drawn: Annotated[int, Field(ge=1, le=1_000_000)] = 50
    """Fewer verdicts that were drawn and settled count as so many."""
    known_accusations: Annotated[float, Field(ge=0, le=1)] = 0.02
    """The largest share of pictures that are known to be genuine which it may call SYNTHETIC."""
    least_known: Annotated[int, Field(ge=1, le=1_000_000)] = 30
    """Fewer pictures that are known to be genuine count as so many."""
    days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    """Verdicts of so many days count."""
