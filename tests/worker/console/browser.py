"""A browser without scripts: follows redirects, reads forms and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pyotp
from fastapi.testclient import TestClient

from tests.worker.access.people import PASSWORD


@dataclass(slots=True)
class Form:
    """A form of a page, with what its fields hold."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Name and value of each button that has them."""


class Page(HTMLParser):
    """What a page holds: its forms, the attributes of all tags, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.html = text
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and what it means to a form."""
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "form":
            self._open = Form(given.get("method") or "get", given.get("action") or "")
            self.forms.append(self._open)
        if self._open is None:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "button" and name:
            self._open.buttons.append((name, value))
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._open.fields)
        ):
            self._open.fields[self._select] = value
        elif tag == "input" and name:
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked:
                self._open.fields[name] = value or ("on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or one of its fields."""
        if tag == "form":
            self._open = None
        elif tag in {"select", "textarea"}:
            self._select = self._area = None

    def handle_data(self, data: str) -> None:
        """Gather the text."""
        self.text += data
        if self._area and self._open is not None:
            self._open.fields[self._area] = self._open.fields.get(self._area, "") + data

    def form(self, action: str) -> Form:
        """The one form that is sent there."""
        found = [form for form in self.forms if form.action == action]
        assert len(found) == 1, (action, [form.action for form in self.forms])
        return found[0]


class Browser:
    """One browser, with its cookies.

    Args:
        client: of the console's application.
    """

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.status = 0
        self.path = ""
        self.page = Page("")

    def open(self, path: str) -> Page:
        """Go to a page."""
        return self._show(self.client.get(path, headers={"Accept": "text/html"}))

    def send(self, action: str, button: str | None = None, **typed: str) -> Page:
        """Fill in the form that is sent to ``action`` and press a button, by its value."""
        form = self.page.form(action)
        pressed = dict([next(each for each in form.buttons if each[1] == button)] if button else [])
        return self.post(action, **(form.fields | typed | pressed))

    def post(self, path: str, **fields: str) -> Page:
        """Send fields, whatever forms the page has."""
        return self._show(self.client.post(path, data=fields, headers={"Accept": "text/html"}))

    def sign_in(self, name: str, password: str = PASSWORD) -> Page:
        """Sign in with name and password."""
        self.open("/console/sign-in")
        return self.send("/console/sign-in", name=name, password=password)

    def enrol(self) -> Page:
        """Set up an authenticator for who has just signed in, and give its first code."""
        page = self.send("/console/second-factor/enrol")
        secret = page.text.split("Secret")[1].split()[0]
        return self.send("/console/second-factor/confirm", code=pyotp.TOTP(secret).now())

    def _show(self, answer: Any) -> Page:
        self.status, self.path = answer.status_code, answer.url.path
        self.page = Page(answer.text)
        return self.page
