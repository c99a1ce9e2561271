"""Loops that run as machine code: numba's compiler, and where its work is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(loop: _Loop) -> _Loop:
    """Compile ``loop`` for the types of its first call, in IEEE arithmetic in the order written.

    No product and sum are fused and no sum is reordered, so that the numbers are the same on every
    processor. The code is kept beside the module or, where that folder can't be written, in the user's
    cache folder; where neither can, each process compiles its own.
    """
    return _compile(loop, reorder=False)


def compiled_sum(loop: _Loop) -> _Loop:
    """The same for loops whose sums may be taken in any order: several numbers are added at a time."""
    return _compile(loop, reorder=True)


def _compile(loop: _Loop, *, reorder: bool) -> _Loop:
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if reorder:
        options["fastmath"] = {"reassoc", "nsz", "contract"}
    try:
        return cast("_Loop", njit(cache=True, **options)(loop))
    except RuntimeError:  # numba's word for: there is no folder to keep it in
        return cast("_Loop", njit(**options)(loop))
