"""What a browser shows in a picture's place where there is none: a sentence, as a drawing."""

from __future__ import annotations

import textwrap
from html import escape

from worker.console.pictures.renditions import Rendition

_WIDTH, _HEIGHT, _LINE = 640, 400, 30
_LETTERS = 46


def placeholder(sentence: str) -> Rendition:
    """A drawing of 640 x 400 with a sentence in it."""
    lines = textwrap.wrap(f"No picture: {sentence.rstrip('.')}.", _LETTERS)[:8]
    first = _HEIGHT / 2 - _LINE * (len(lines) - 1) / 2
    text = "".join(
        f'<text x="{_WIDTH // 2}" y="{first + _LINE * number:g}" text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' height="{_HEIGHT}"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#e7e9ec"/>'
        f'<g font-family="sans-serif" font-size="21" fill="#33383f">{text}</g></svg>'
    )
    return Rendition(media_type="image/svg+xml", data=drawing.encode())
