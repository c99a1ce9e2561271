"""Handcrafted features of a picture: schema ``hc148`` and three optional groups.

The catalogue is light; the arithmetic is imported when ``extract`` is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detector.features.catalogue import ALL_GROUPS, HC148, Feature, Schema

if TYPE_CHECKING:
    from detector.features.extraction import Features, compile_loops, extract

__all__ = ["ALL_GROUPS", "HC148", "Feature", "Features", "Schema", "compile_loops", "extract"]


def __getattr__(name: str) -> Any:
    if name in {"Features", "compile_loops", "extract"}:
        from detector.features import extraction  # noqa: PLC0415  lazy on purpose

        return getattr(extraction, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
