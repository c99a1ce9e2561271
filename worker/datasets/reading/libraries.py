"""The libraries of the extra ``data``, which an installation may lack."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detector.reasons import Fault, Reason


def library(module: str, source: str) -> Any:
    """A module of the extra, imported.

    Args:
        module: its name.
        source: the source that needs it, for the message.

    Raises:
        Fault: ``dataset_unavailable``: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise Fault(
            Reason.DATASET_UNAVAILABLE,
            f"source {source} needs the package {package}; install it with `pip install 'artgate[data]'`",
        ) from None
