"""What evidence is drawn from, and what of it a console process keeps at hand."""

from __future__ import annotations

import math
import secrets
from functools import cached_property

from sqlalchemy.orm import Session, sessionmaker

from db.queries import shared_keys
from worker.console.pictures.keeping import Keeping
from worker.console.pictures.links import Links
from worker.console.pictures.pictures import Pictures
from worker.settings import Settings

_KEY = "picture links"
_BUNDLES = 2
"""That are kept read: the one in use, and the one before it."""
_DECIDED_SECONDS = 60.0
"""For which decided cases are compared without asking the database again."""


class Sources:
    """The sources of one console process; any thread may use them.

    Args:
        settings: the storage and the limits.
        makes: makes a session of the database.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self._settings = settings
        self._makes = makes
        self.pictures = Pictures(settings, makes)
        self.bundles = Keeping(_BUNDLES, math.inf)
        """By id; each counts 1."""
        self.decided = Keeping(_BUNDLES, _DECIDED_SECONDS)
        """Decided cases in the space of a bundle, by its id; each counts 1."""

    @cached_property
    def links(self) -> Links:
        """Links to pictures, by the key that all processes of the installation share."""
        with self._makes.begin() as session:
            key = shared_keys.get_or_make(session, _KEY, secrets.token_bytes(32))
        return Links(key, self._settings.picture_link_seconds)

    def warm_up(self) -> None:
        """Make what the first picture of the process would wait for."""
        self.pictures.warm_up()
        _ = self.links

    def close(self) -> None:
        """End what runs beside this process."""
        self.pictures.close()
