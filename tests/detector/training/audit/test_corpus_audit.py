"""A shortcut that was put in is found, and chance is not taken for one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detector.reasons import Reason, Rejected
from detector.training.audit.catalogue import FACTS, FILE_GROUPS, NAMES
from detector.training.audit.corpus_audit import ALL, CorpusAudit, audit_corpus
from detector.training.audit.facts import table_of
from detector.training.audit.gate import pass_gate, shortcuts
from detector.training.audit.separability import separate
from detector.training.corpus import Origin
from detector.training.folds import number_groups
from tests.detector.training.audit.corpora import EACH, GROUPS, entry, harmless, with_shortcut

LIMIT = 0.75


def found(audit: CorpusAudit) -> list[str]:
    return [each.name for each in shortcuts(audit, LIMIT)]


@cache
def audit_of_harmless() -> CorpusAudit:
    return audit_corpus(*harmless())


def test_a_fact_that_tells_the_classes_apart_is_named_by_its_group() -> None:
    audit = audit_corpus(*with_shortcut("jpeg_quality"))
    assert found(audit) == ["compression", ALL]
    with pytest.raises(Rejected, match=r"apart by compression alone \(AUC 1.00") as refused:
        pass_gate(audit, limit=LIMIT, accept=False)
    assert refused.value.reason is Reason.CORPUS_SHORTCUT
    assert pass_gate(audit, limit=LIMIT, accept=True) == ("compression", ALL)


@pytest.mark.parametrize("group", FILE_GROUPS)
def test_each_group_of_facts_has_its_separation(group: str) -> None:
    entries, facts = with_shortcut(next(iter(FACTS[group])))
    labels = np.array([each.origin is Origin.AI for each in entries])
    groups = number_groups([each.group for each in entries])
    assert separate(group, table_of(facts, list(FACTS[group])), labels, groups, seed=0).low > 0.9


def test_all_shortcuts_are_named_in_one_sentence_the_surest_first() -> None:
    audit = audit_of_harmless()
    size, aspect, *rest = audit.files
    leaking = replace(
        audit, files=(replace(size, auc=0.9, low=0.8), replace(aspect, auc=0.95, low=0.9), *rest)
    )
    with pytest.raises(Rejected) as refused:
        pass_gate(leaking, limit=LIMIT, accept=False)
    assert refused.value.message.startswith(
        "the classes can be told apart by aspect alone (AUC 0.95, at least 0.90)"
        " and by size alone (AUC 0.90, at least 0.80), where no more than 0.75 is allowed"
    )
    assert pass_gate(leaking, limit=0.9, accept=False) == ()


def test_facts_that_tell_only_together_are_named_so() -> None:
    audit = audit_of_harmless()
    *single, together = audit.files
    leaking = replace(audit, files=(*single, replace(together, auc=0.9, low=0.8)))
    with pytest.raises(Rejected, match="apart by all facts of the files together"):
        pass_gate(leaking, limit=LIMIT, accept=False)


def test_what_pictures_show_may_differ() -> None:
    audit = audit_corpus(*with_shortcut("brightness"))
    assert audit.look.low > 0.9
    assert pass_gate(audit, limit=LIMIT, accept=False) == ()


def test_sources_that_differ_in_everything_are_no_shortcut() -> None:
    """The table of each group is its own; a split of single pictures would take that for a leak."""
    assert found(audit_of_harmless()) == []


def test_the_interval_of_chance_holds_one_half_nearly_always() -> None:
    missed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(GROUPS), EACH)
        columns = np.repeat(rng.normal(size=(GROUPS, 3)), EACH, axis=0) + rng.normal(size=(GROUPS * EACH, 3))
        missed += separate("chance", columns, groups % 2 == 1, groups, seed=seed).low > 0.5
    assert missed <= 3


def test_facts_that_are_alike_everywhere_tell_nothing() -> None:
    entries, facts = harmless()
    for each in facts:
        each.update(dict.fromkeys(FACTS["format"], 1.0))
    audit = audit_corpus(entries, facts)
    told = {each.name: each for each in audit.files}["format"]
    assert (told.auc, told.low, told.high) == (0.5, 0.5, 0.5)
    assert not {each.name for each in audit.contrasts} & set(FACTS["format"])


def test_a_fact_that_few_files_have_is_no_obstacle() -> None:
    entries, facts = harmless()
    for each in facts[3:]:
        each["jpeg_quality"] = float("nan")
    assert found(audit_corpus(entries, facts)) == []


def test_domains_that_only_one_class_has_are_a_shortcut() -> None:
    """The published trap: paintings by people, anime by generators."""
    entries, facts = harmless()
    trap = [
        replace(each, domain="anime" if int(each.group.partition("-")[2]) % 2 else "painting")
        for each in entries
    ]
    audit = audit_corpus(trap, facts)
    assert found(audit) == ["domain"]
    assert all(kind.single for kind in audit.domains)
    with pytest.raises(Rejected, match="add pictures of the class that a domain lacks"):
        pass_gate(audit, limit=LIMIT, accept=False)


def test_sources_and_dates_are_told_where_the_manifest_has_them() -> None:
    _, facts = harmless()
    bare = audit_of_harmless()
    assert (bare.source, bare.sources, bare.date) == (None, (), None)
    entries = [
        entry(number, picture, source=f"museum {number % 4}", date=f"{2010 + 10 * (number % 2)}-05-01")
        for number in range(GROUPS)
        for picture in range(EACH)
    ]
    audit = audit_corpus(entries, facts)
    assert audit.source is not None
    assert audit.date is not None
    assert audit.source.auc == audit.date.auc == 1
    assert [(kind.name, kind.human, kind.generated) for kind in audit.sources] == [
        (f"museum {number}", 30 * (1 - number % 2), 30 * (number % 2)) for number in range(4)
    ]
    assert found(audit) == []


def test_pictures_without_facts_are_left_out_and_named() -> None:
    entries, facts = harmless()
    audit = audit_corpus(entries, [Reason.CORRUPT, *facts[1:]])
    assert audit.refused == (("0-0", Reason.CORRUPT),)
    assert audit.human + audit.generated == GROUPS * EACH - 1


def test_a_corpus_of_which_too_little_can_be_read_is_refused() -> None:
    entries, facts = harmless()
    unread = [
        Reason.CORRUPT if int(each.group[6:]) in range(9, GROUPS, 2) else known
        for each, known in zip(entries, facts, strict=True)
    ]
    with pytest.raises(Rejected, match="only 4 groups of ai pictures") as refused:
        audit_corpus(entries, unread)
    assert refused.value.reason is Reason.CORPUS_INVALID


def test_the_fact_that_differs_most_comes_first() -> None:
    first = audit_corpus(*with_shortcut("kilobytes")).contrasts[0]
    assert (first.name, first.group) == ("kilobytes", "compression")
    assert first.auc > 0.99
    assert first.generated[2] - first.human[2] == pytest.approx(6, abs=1)
    assert list(first.human) == sorted(first.human)


def test_the_same_corpus_gives_the_same_figures() -> None:
    one, other = audit_of_harmless().figures(), audit_corpus(*harmless()).figures()
    assert one == other
    assert set(one) == {*FILE_GROUPS, ALL, "look", "domain"}


def test_every_fact_belongs_to_one_group() -> None:
    assert len(NAMES) == len(set(NAMES)) == sum(len(names) for names in FACTS.values())
