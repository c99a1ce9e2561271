"""No name that is known is left in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.person.unnaming import UNNAMED, Unnaming

NAMES = st.lists(st.text(alphabet="abcdefgh.-@+", min_size=1, max_size=8), min_size=1, max_size=4)


def test_a_name_goes_in_any_case_and_a_word_that_holds_it_stays() -> None:
    unnamed = Unnaming(["ann", "ann-marie", ""])
    assert unnamed("Ann-Marie and ANN (ann's) annexed") == f"{UNNAMED} and {UNNAMED} ({UNNAMED}'s) annexed"
    assert unnamed(None) is None
    assert Unnaming([])("ann") == "ann"


@given(NAMES, st.lists(st.sampled_from(["said", "so,", "twice"]), max_size=3))
def test_names_between_words_are_gone_whatever_they_are_made_of(names: list[str], words: list[str]) -> None:
    """Also those that mean something to a regular expression."""
    text = " ".join([*words, *names, *words])
    told = Unnaming(names)(text)
    assert told is not None
    assert [word for word in told.replace(UNNAMED, "").split() if word in names] == []
