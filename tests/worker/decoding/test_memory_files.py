"""Memory that one process fills and another reads."""

from __future__ import annotations

import os

import pytest

from worker.decoding import memory_files


def test_what_is_written_is_read() -> None:
    with memory_files.memory_file() as file:
        memory_files.write(file, b"first, ")
        memory_files.write(file, b"second")
        memory_files.seal(file)
        assert memory_files.read(file) == b"first, second"
        content = memory_files.readable(file, 13)
    assert content[:] == b"first, second"
    content.close()


def test_a_sealed_file_keeps_its_size() -> None:
    with memory_files.memory_file() as file:
        memory_files.write(file, b"pixels")
        memory_files.seal(file)
        for size in (0, 5, 7):
            with pytest.raises(PermissionError):
                os.ftruncate(file, size)


def test_a_file_that_could_shrink_under_its_reader_is_not_mapped() -> None:
    with memory_files.memory_file() as file:
        memory_files.write(file, b"pixels")
        with pytest.raises(ValueError, match="not as announced"):
            memory_files.readable(file, 6)


def test_a_file_of_another_size_than_announced_is_not_mapped() -> None:
    with memory_files.memory_file() as file:
        memory_files.write(file, b"pixels")
        memory_files.seal(file)
        with pytest.raises(ValueError, match="not as announced"):
            memory_files.readable(file, 7)


def test_no_file_is_not_mapped() -> None:
    with pytest.raises(ValueError, match="no memory file"):
        memory_files.readable(None, 1)
