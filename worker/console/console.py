"""What the console's pages share: settings, sessions of the database, the guard, and the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.orm import Session, sessionmaker

from worker.access import sessions
from worker.access.actor import Actor
from worker.access.browser import Cookie, session_cookie
from worker.access.guard import Guard
from worker.access.permissions import Permission, may
from worker.access.sessions import NewSession
from worker.access.sign_in import SignIn
from worker.clock import utc_now
from worker.console import words
from worker.console.sources import Sources
from worker.console.standing import Standing, standing
from worker.settings import Settings

HOME = "/console/"
THEMES = ("system", "light", "dark")
THEME_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One entry of the navigation."""

    path: str
    words: str
    permission: Permission
    """Who has it sees the entry."""


NAVIGATION = (
    Door(path=HOME, words="Queue", permission=Permission.READ_QUEUE),
    Door(path="/console/mine", words="Your numbers", permission=Permission.WORK_QUEUE),
    Door(path="/console/numbers", words="Numbers", permission=Permission.READ_NUMBERS),
    Door(path="/console/feedback", words="Feedback", permission=Permission.READ_NUMBERS),
    Door(path="/console/models", words="Models", permission=Permission.READ_MODELS),
    Door(path="/console/webhooks", words="Webhooks", permission=Permission.READ_WEBHOOKS),
)
"""Entries in their order; pages of other families are added here."""


class Console:
    """What every page is made with.

    Args:
        settings: who may do what, and how long sessions and leases last.
        makes: makes a session of the database for each request.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self.settings = settings
        self.makes = makes
        self.sources = Sources(settings, makes)
        self.guard = Guard(settings, makes)
        self.sign_in = SignIn(settings, makes)
        self.cookie = session_cookie(settings)
        self.theme = Cookie("artgate-theme", settings)
        self.templates = Environment(
            loader=PackageLoader("worker.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= words.FILTERS
        self.templates.globals |= {"now": utc_now}

    def page(self, request: Request, template: str, /, *, status: int = 200, **facts: Any) -> HTMLResponse:
        """A page of the template, in the layout of all.

        Args:
            request: who asks, and in which theme.
            template: name of a file of ``worker/console/templates``.
            status: of the answer.
            facts: what the template shows.
        """
        actor: Actor | None = getattr(request.state, "actor", None)
        shared = {
            "actor": actor,
            "csrf_token": self.csrf_token(request, actor),
            "navigation": doors_of(actor),
            "path": request.url.path,
            "standing": self.standing_of(actor),
            "said": words.SAID.get(request.query_params.get("said", "")),
            "theme": self.theme_of(request),
        }
        return HTMLResponse(self.templates.get_template(template).render(shared | facts), status)

    def keep(self, made: NewSession, request: Request, answer: Response) -> None:
        """Give the browser its session's cookie."""
        self.cookie.put(answer, request, made.secret, self.settings.session_lifetime)

    def standing_of(self, actor: Actor | None) -> Standing | None:
        """Where who works on the queue stands; None for everyone else."""
        if actor is None or actor.pending or not may(actor.role, Permission.WORK_QUEUE):
            return None
        with self.makes() as session:
            return standing(session, actor, self.settings.review_undo_seconds)

    def theme_of(self, request: Request) -> str:
        """The theme that this browser has chosen."""
        chosen = self.theme.read(request)
        return chosen if chosen in THEMES else THEMES[0]

    def csrf_token(self, request: Request, actor: Actor | None) -> str:
        """What the forms of a page carry; empty where nobody is signed in with a browser."""
        secret = self.cookie.read(request)
        return sessions.csrf_token(secret) if actor and actor.session_id and secret else ""


def doors_of(actor: Actor | None) -> list[Door]:
    """The entries of the navigation that lead somewhere for who asks: none before the second factor."""
    if actor is None or actor.pending:
        return []
    return [door for door in NAVIGATION if may(actor.role, door.permission)]


def to(path: str, said: str | None = None) -> RedirectResponse:
    """Send the browser to a page of ours after a form was taken.

    Args:
        path: the page's.
        said: key of a sentence of ``words.SAID`` that the page shows.
    """
    parted = "&" if "?" in path else "?"
    return RedirectResponse(path if said is None else f"{path}{parted}said={said}", 303)


def own_path(offered: str | None) -> str:
    """A path below the console that a link offers; the first page where it is none."""
    inside = offered is not None and offered.startswith(HOME)
    return offered if offered and inside and "\\" not in offered and "//" not in offered else HOME
