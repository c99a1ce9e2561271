"""Learned features: a frozen timm backbone, what is taken from it, and what of a picture it is shown.

``EmbeddingSpec`` names all of it in one id that travels with each stored vector. The spec is light; PyTorch
is imported when an embedder is first loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detector.embedding.spec import PENULTIMATE, EmbeddingSpec, View

if TYPE_CHECKING:
    from detector.embedding.embedder import Embedder, load_embedder

__all__ = ["PENULTIMATE", "Embedder", "EmbeddingSpec", "View", "load_embedder"]


def __getattr__(name: str) -> Any:
    if name in {"Embedder", "load_embedder"}:
        from detector.embedding import embedder  # noqa: PLC0415  lazy on purpose

        return getattr(embedder, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
