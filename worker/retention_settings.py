"""How long what may be deleted is kept; ``worker/settings.py`` reads these with all other settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RetentionSettings(BaseSettings):
    """Days, after which the sweeper deletes. Verdicts, decisions and the audit log are kept in any case."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    retention_messages_days: int | None = Field(default=None, ge=1)
    """Days that messages of the outbox are kept once everyone has been told; `GET /v1/changes` reaches back
    as far. Unset keeps them."""
    retention_deliveries_days: int = Field(default=30, ge=1)
    """Days that deliveries to webhook endpoints, and the log of tries, are kept."""
    retention_sign_ins_days: int = Field(default=30, ge=2)
    """Days that failed attempts to sign in, and sessions of browsers that are over, are kept."""
    retention_features_days: int | None = Field(default=None, ge=1)
    """Days that feature vectors are kept. Without its vector a verdict stays as it is, and can be neither
    explained, replayed nor scored by another bundle. Unset keeps them."""
