"""The settings of showing pictures in browsers; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PictureSettings(BaseSettings):
    """How long links to pictures hold, and what showing them may cost."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    picture_link_seconds: int = Field(default=600, gt=0, le=3600)
    """How long a link to a picture of the console holds; also how long what it shows is kept in memory."""
    picture_decoders: int = Field(default=2, ge=1)
    """Pictures that a console process decodes at once, each in a process of its own."""
    picture_cache: int = Field(default=256 * 2**20, ge=0)
    """Memory in which a console process keeps files and pictures that were just looked at."""
