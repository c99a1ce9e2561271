"""The settings of the statements of reasons; ``worker/settings.py`` reads them with all others.

What artgate can't know of a decision is said here: what the platform does with a picture that is called
SYNTHETIC, and which of its terms it rests that on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.lists import listed
from worker.urls import check_http_url

COUNTRIES = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
    }
    | {"LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""The European Economic Area, by the codes of ISO 3166-1."""


class Restriction(StrEnum):
    """What a platform does with a picture, in the words of the Transparency Database."""

    REMOVED = "removed"
    DISABLED = "disabled"
    DEMOTED = "demoted"
    AGE_RESTRICTED = "age_restricted"
    INTERACTION_RESTRICTED = "interaction_restricted"
    LABELLED = "labelled"


class StatementSettings(BaseSettings):
    """What statements of reasons say of the platform."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    statement_restriction: Restriction = Restriction.LABELLED
    """What is done with a picture that is called SYNTHETIC: removed, disabled, demoted, age_restricted,
    interaction_restricted or labelled."""
    statement_ground: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """The clause of the platform's terms that it rests on, as its users know it."""
    statement_explanation: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """Why a picture that was made by a generator is incompatible with that clause."""
    statement_terms_url: Annotated[str, Field(max_length=500)] | None = None
    """Where the terms can be read."""
    statement_countries: Annotated[tuple[str, ...], NoDecode] = ()
    """Countries of the European Economic Area that the restriction holds in, by their codes, parted by
    commas; none means everywhere."""
    statement_redress: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """Where and how long the artist can complain, in a sentence or two; it follows what artgate says of
    appeals."""

    @field_validator("statement_terms_url")
    @classmethod
    def _check_terms_url(cls, url: str | None) -> str | None:
        return None if url is None else check_http_url(url)

    @field_validator("statement_countries", mode="before")
    @classmethod
    def _part_countries(cls, value: object) -> object:
        return [word.upper() for word in listed(value)] if isinstance(value, str) else value

    @field_validator("statement_countries")
    @classmethod
    def _check_countries(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(codes) - COUNTRIES)
        if unknown:
            raise ValueError(
                f"{unknown[0]} is no country of the European Economic Area; take codes such as DE"
            )
        return codes
