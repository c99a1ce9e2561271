"""Loops that are compiled: no picture waits for it, and no folder is needed to keep them in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from detector.features.compiled import compiled, compiled_sum

_COUNT_COMPILATIONS = """
import sys
import numpy as np
from numba.core.registry import CPUDispatcher
from detector.features import ALL_GROUPS, compile_loops, extract
from tests.detector.features.golden import PICTURES, pixels

def signatures():
    modules = [module for name, module in sys.modules.items() if name.startswith("detector.features")]
    loops = {id(loop): loop for module in modules for loop in vars(module).values()
             if isinstance(loop, CPUDispatcher)}
    return {(loop.__module__, loop.__name__): set(loop.signatures) for loop in loops.values()}

compile_loops()
ready = signatures()
assert sum(map(bool, ready.values())) > 5, ready
for rgb in (*map(pixels, PICTURES), np.zeros((40, 60, 3), np.uint8), np.ones((9, 9, 3), np.uint8)):
    extract(rgb, ALL_GROUPS)
assert signatures() == ready
"""


def test_no_picture_waits_for_the_compiler_once_the_loops_are_ready() -> None:
    subprocess.run([sys.executable, "-c", _COUNT_COMPILATIONS], check=True)


@pytest.mark.parametrize("kind", [compiled, compiled_sum])
def test_a_loop_that_can_be_kept_nowhere_is_compiled_all_the_same(
    kind: Callable[[Any], Any],
) -> None:
    """Code without a file stands for a module in a folder that nobody may write."""
    scope: dict[str, Any] = {}
    exec("def total(n):\n    s = 0.0\n    for k in range(n):\n        s += k\n    return s", scope)
    assert kind(scope["total"])(5) == 10.0
