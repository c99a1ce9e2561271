"""Which steps from line to line a call takes: the guide of the search, without any tool beyond Python."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

_ROOT = Path(__file__).parents[2]
Step = tuple[int, int, int]
"""A code object, by its identity, and two lines that ran one after the other."""


class Coverage:
    """Traces the code below some folders of this repository, and nothing else."""

    def __init__(self, *folders: str) -> None:
        self._folders = tuple(f"{_ROOT / folder}/" for folder in folders)
        self._watched: dict[Any, bool] = {}
        self._steps: set[Step] = set()

    def of(self, call: Callable[[], object]) -> set[Step]:
        """The steps of one call, whether it returns or raises what it may."""
        self._steps = set()
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            call()
        finally:
            sys.settrace(before)
        return self._steps

    @property
    def steps(self) -> set[Step]:
        """The steps of the last call, also of one that raised."""
        return self._steps

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        watched = self._watched.get(code)
        if watched is None:
            watched = self._watched[code] = code.co_filename.startswith(self._folders)
        return self._lines(id(code), frame.f_lineno) if watched else None

    def _lines(self, code: int, first: int) -> Any:
        before = first

        def line(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal before
            if event == "line":
                self._steps.add((code, before, frame.f_lineno))
                before = frame.f_lineno
            return line

        return line
