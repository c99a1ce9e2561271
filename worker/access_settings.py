"""The settings of signing in; ``worker/settings.py`` reads them with all others."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class AccessSettings(BaseSettings):
    """What holds for browsers that sign in."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    session_lifetime: int = Field(default=12 * 3600, gt=0)
    """How long a browser stays signed in at most."""
    session_idle: int = Field(default=1800, gt=0)
    """How long a browser stays signed in without being used."""
    plain_http_on_localhost: bool = False
    """Let browsers sign in without TLS where the address is localhost or 127.0.0.1: for trying things out."""
