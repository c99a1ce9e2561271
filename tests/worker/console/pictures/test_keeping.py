"""What is kept, for how long, and that nothing is made twice at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from worker.console.pictures.keeping import Keeping


class Maker:
    """Makes a thing of a size and counts how often."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self.count = 0

    def __call__(self) -> tuple[int, int]:
        """The next number."""
        self.count += 1
        return self.count, self.size


def test_a_thing_is_made_once_and_again_when_its_time_is_over() -> None:
    now, maker = [0.0], Maker()
    keeping = Keeping(10, 5, lambda: now[0])
    assert [keeping.get("a", maker) for _ in range(3)] == [1, 1, 1]
    now[0] = 5.0
    assert keeping.get("a", maker) == 2
    assert keeping.size == 1


def test_the_longest_unused_goes_first() -> None:
    keeping, makers = Keeping(10, 60), {name: Maker(4) for name in "abc"}
    for name in "abac":
        keeping.get(name, makers[name])
    assert keeping.size == 8
    for name in "ab":
        keeping.get(name, makers[name])
    assert [makers[name].count for name in "abc"] == [1, 2, 1]


def test_what_is_too_large_is_given_and_not_kept() -> None:
    keeping, maker = Keeping(10, 60), Maker(11)
    assert [keeping.get("a", maker), keeping.get("a", maker)] == [1, 2]
    assert keeping.size == 0


def test_a_failure_is_told_and_not_kept() -> None:
    keeping = Keeping(10, 60)

    def fail() -> tuple[int, int]:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            keeping.get("a", fail)
    assert keeping.get("a", Maker()) == 1


def test_threads_that_ask_at_once_share_one_making() -> None:
    keeping, begun, go_on, maker = Keeping(10, 60), threading.Event(), threading.Event(), Maker()

    def slowly() -> tuple[int, int]:
        begun.set()
        assert go_on.wait(10)
        return maker()

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(keeping.get, "a", slowly)
        assert begun.wait(10)
        others = [pool.submit(keeping.get, "a", maker) for _ in range(3)]
        assert keeping.get("b", Maker()) == 1  # other things are not held up
        go_on.set()
        assert [each.result(10) for each in (first, *others)] == [1, 1, 1, 1]
    assert maker.count == 1
