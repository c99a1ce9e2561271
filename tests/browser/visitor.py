"""One person's browser window, and everything in it that must not happen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

from tests.worker.access.people import PASSWORD

_LOCAL = frozenset({"127.0.0.1", "localhost"})
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d) ")
"""What Chromium writes of every answer that is a refusal, also of a page that tells of it in words."""
_TYPED_FIRST = "Autofocus processing was blocked because a document already has a focused element."
"""What Chromium writes where someone typed into a field before the page had put the focus there."""
_NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Visitor:
    """Someone before the console.

    Args:
        context: a browser of their own, with its own cookies.
        site: the console's address.
        scripts: whether their browser runs scripts.
    """

    context: BrowserContext
    site: str
    scripts: bool = True
    page: Page = field(init=False)
    requested: list[str] = field(default_factory=list)
    """Every address that was asked for."""
    complaints: list[str] = field(default_factory=list)
    """What the browser wrote into its console, and errors of scripts."""

    def __post_init__(self) -> None:
        self.context.set_default_timeout(20_000)
        if self.scripts:
            self.context.add_init_script(_NOTE_VIOLATIONS)
        self.page = self.context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_words)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def open(self, path: str = "/console/") -> int:
        """Go to a page; gives the status of the answer."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        return int(answer.status)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Fill in the form and send it."""
        self.open("/console/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.press_button("Sign in")

    def enrol(self) -> None:
        """Set up an authenticator on the page that asks for it, and give its first code."""
        self.press_button("Set up an authenticator")
        self.give_first_code()

    def give_first_code(self) -> None:
        """Give the code of the authenticator that the page offers."""
        secret = self.page.locator("code.secret").first.inner_text()
        self.page.get_by_label("First code").fill(pyotp.TOTP(secret).now())
        self.press_button("Confirm")

    def press_button(self, name: str) -> None:
        """Press the button whose words begin so, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.button(name).click()

    def button(self, name: str) -> Locator:
        """The button whose words begin so."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b")).first

    def key(self, key: str) -> None:
        """Press a key, wherever the focus is, once the page listens."""
        self.page.wait_for_load_state()
        self.page.keyboard.press(key)

    def claim(self, item: object) -> None:
        """Open an item and take it."""
        self.open(f"/console/items/{item}")
        self.press_button("Claim this item")

    def decide(self, item: object, key: str) -> None:
        """Take an item and press one key."""
        self.claim(item)
        self.key(key)
        self.leave_page_of(item)

    def leave_page_of(self, item: object) -> None:
        """Wait until another page than an item's is shown."""
        self.page.wait_for_url(lambda url: str(item) not in url)

    @property
    def path(self) -> str:
        """Of the page that is shown."""
        return urlsplit(str(self.page.url)).path

    @property
    def text(self) -> str:
        """What a person can read on the page."""
        return str(self.page.inner_text("body"))

    @property
    def violations(self) -> list[str]:
        """What the page's security policy has stopped."""
        found: list[Any] = self.page.evaluate("window.violations") if self.scripts else []
        return [str(each) for each in found]

    def leave(self) -> None:
        """Close the window; fails where anything happened that must not."""
        violations = self.violations
        self.context.close()
        elsewhere = [url for url in self.requested if urlsplit(url).hostname not in _LOCAL]
        assert (elsewhere, violations, self.complaints) == ([], [], [])

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob"}:
            self.requested.append(request.url)

    def _note_words(self, message: ConsoleMessage) -> None:
        if not _REFUSED.match(message.text) and message.text != _TYPED_FIRST:
            self.complaints.append(f"{message.type}: {message.text}")
