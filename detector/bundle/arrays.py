"""Arrays as bytes: numpy's npz without compression and without pickle, the same bytes for the same arrays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_KINDS = "iufb"


def write_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The bytes of an npz file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return file.getvalue()


def read_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file.

    Raises:
        ValueError: it is none, is compressed, or holds anything but plain numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                raise ValueError("arrays are stored without compression")
        with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
            arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, EOFError, KeyError, MemoryError, SyntaxError, zipfile.BadZipFile) as error:
        raise ValueError(f"this is no file of arrays ({type(error).__name__})") from error
    if any(not isinstance(array, np.ndarray) or array.dtype.kind not in _KINDS for array in arrays.values()):
        raise ValueError("a file of arrays holds plain numbers only")
    return arrays
