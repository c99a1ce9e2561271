"""Anonymous files in memory that one process fills and hands to another as a descriptor.

They have no name, so nothing is left behind: one is gone when the last descriptor and mapping are. Before a
file is handed over its size is sealed: the receiver's mapping can't lose the ground under it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager

_SIZE_IS_FIXED = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


@contextmanager
def memory_file() -> Iterator[int]:
    """The descriptor of a new, empty file; closed after the block."""
    descriptor = os.memfd_create("artgate-picture", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write(descriptor: int, data: bytes) -> None:
    """Append to a file that is being filled."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def seal(descriptor: int) -> None:
    """Fix the file's size for ever."""
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SIZE_IS_FIXED)


def read(descriptor: int) -> bytes:
    """All bytes of a file that another process has filled."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def readable(descriptor: int | None, size: int) -> mmap.mmap:
    """The content of a file that another process has filled, where it lies; it outlives the descriptor.

    Raises:
        ValueError: there is no file, it has not this size, or its size is not sealed.
    """
    if descriptor is None:
        raise ValueError("no memory file came")
    sealed = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & _SIZE_IS_FIXED == _SIZE_IS_FIXED
    if not sealed or os.fstat(descriptor).st_size != size:
        raise ValueError("the memory file is not as announced")
    return mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=mmap.PROT_READ)
