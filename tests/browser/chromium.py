"""Where Chromium is, and how it is started so that it does nothing but what a test asks for."""

from __future__ import annotations

import shutil

FLAGS = (
    "--no-sandbox",  # for root, as whom continuous integration runs
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of Debian's Chromium; None where there is none."""
    return shutil.which("chromium")
