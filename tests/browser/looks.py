"""Ways to look at a page, and what must hold of it in each: nobody is shut out, and nothing sticks out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from deploy.local.places import REPOSITORY
from tests.browser.visitor import Visitor

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_GRAVE = ("serious", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A size of the screen and its colours."""

    name: str
    context: dict[str, Any]


LOOKS = [
    Look(name=f"{size}-{colours}", context={"viewport": viewport, "color_scheme": colours})
    for size, viewport in (("desktop", DESKTOP), ("phone", PHONE))
    for colours in ("light", "dark")
]


def check(visitor: Visitor, look: Look, name: str) -> None:
    """Keep a picture of the page, and fail where it is hard to use for someone."""
    page = visitor.page
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SCREENSHOTS / f"{name}-{look.name}.png", full_page=True)
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, f"{name} is {beyond} pixels too wide"
    found = Axe().run(page, options={"runOnly": _TAGS}).response["violations"]
    grave = [
        f"{each['id']}: {each['help']}: {[node['html'] for node in each['nodes']]}"
        for each in found
        if each["impact"] in _GRAVE
    ]
    assert grave == [], name
