"""An audit in words, for whoever is about to fit a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from detector.evaluation.metrics import Share
from detector.training.audit.catalogue import FACTS
from detector.training.audit.categories import Kind
from detector.training.audit.corpus_audit import ALL, Contrast, CorpusAudit
from detector.training.audit.gate import shortcuts
from detector.training.audit.separability import Separation
from detector.training.audit.shifts import Figure, Moved
from detector.warranty import FEW

_MOST_CONTRASTS = 8
_MOST_REFUSED = 10
TITLES = {
    ALL: "all of these",
    "look": "look of the picture",
    "source": "source",
    "date": "date of publication",
}


def audit_in_words(audit: CorpusAudit, limit: float) -> str:
    """Every figure of a corpus's audit, as lines for a terminal."""
    lines = [
        f"{audit.human + audit.generated} pictures of {audit.groups} groups: {audit.human} by people,"
        f" {audit.generated} by generators",
        *_refused(audit),
        "",
        "How well a small model tells the classes apart on groups that it has not seen",
        "(AUC, 95 % interval; 0.5 is chance), by facts of the files:",
        *(_separation(each, limit) for each in audit.files),
        "by what the pictures show, which may differ:",
        _separation(audit.look, None),
        "",
        "How far a picture's class is known in this corpus (the same figures) by its:",
        _separation(audit.domain, limit),
        *(_separation(each, None) for each in (audit.source, audit.date) if each is not None),
        *_remarks(audit),
        "",
        *_domains(audit.domains),
        *_contrasts(audit.contrasts),
    ]
    return "\n".join(lines)


def shifts_in_words(moved: Moved) -> str:
    """How verdicts move, as lines for a terminal."""
    wide = max((len(shift.variant.what) for shift in moved.shifts), default=0)
    lines = [
        f"Verdicts of bundle {moved.bundle[:12]} on {moved.pictures} pictures and their changed copies,",
        "with 95 % intervals:",
        f"  {'':<{wide}}{'n':>6}  {'other verdict':<25}{'human, now SYNTHETIC':<25}{'AI, now GENUINE':<25}"
        "AI, SYNTHETIC no more",
    ]
    lines += [
        f"  {shift.variant.what:<{wide}}{shift.changed.total:>6}  {percent(shift.changed):<25}"
        f"{percent(shift.accused):<25}{percent(shift.cleared):<25}{percent(shift.lost)}"
        for shift in moved.shifts
    ]
    lines += ["By how much the probability moves, up or down:"]
    lines += [f"  {'':<{wide}}{'median':>10}{'95 % point':>31}"]
    lines += [
        f"  {shift.variant.what:<{wide}}    {number(shift.median):<25}{number(shift.p95)}"
        for shift in moved.shifts
    ]
    return "\n".join([*lines, *notes_on(moved)])


def notes_on(moved: Moved) -> tuple[str, ...]:
    """What a reader must know of the figures of changed copies, in sentences."""
    return (*few_in_words(moved), *impossible_in_words(moved), known_in_words(moved))


def few_in_words(moved: Moved) -> tuple[str, ...]:
    """That too few pictures were judged to prove anything, in a sentence; nothing where they were enough."""
    if moved.pictures >= FEW:
        return ()
    return (
        f"Fewer than {FEW} pictures: these figures point somewhere and prove nothing. Name a corpus with more"
        " pictures that the bundle has not seen.",
    )


def impossible_in_words(moved: Moved) -> tuple[str, ...]:
    """Which changes were not tried, in a sentence; nothing where all were."""
    if not moved.impossible:
        return ()
    return (f"Not tried, since no picture could be changed so: {', '.join(moved.impossible)}.",)


def known_in_words(moved: Moved) -> str:
    """What became of pictures that the bundle was trained on, in one sentence."""
    if moved.known is None:
        return (
            "The bundle does not say which pictures it was trained on; on those, this tells little of others."
        )
    return f"{moved.known} pictures that the bundle was trained on were left out."


def outcome(audit: CorpusAudit, limit: float) -> str:
    """What the gate says, in one sentence."""
    found = [each.name for each in shortcuts(audit, limit)]
    if found:
        return f"Shortcut: {', '.join(TITLES.get(name, name) for name in found)}."
    return f"No shortcut: nothing tells the classes apart for sure better than AUC {limit:.2f}."


def remarks(audit: CorpusAudit) -> tuple[str, ...]:
    """What the figures of domains, sources and dates mean."""
    return tuple(line.strip() for line in _remarks(audit))


def percent(share: Share) -> str:
    """A share with its interval in percent; a dash of nothing."""
    if not share.total:
        return "\N{EN DASH}"
    low, high = share.interval
    return f"{100 * share.rate:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def number(figure: Figure) -> str:
    """A figure with its interval."""
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def _refused(audit: CorpusAudit) -> Iterator[str]:
    for name, reason in audit.refused[:_MOST_REFUSED]:
        yield f"left out {name}: {reason}"
    if len(audit.refused) > _MOST_REFUSED:
        yield f"left out {len(audit.refused) - _MOST_REFUSED} more"


def _separation(each: Separation, limit: float | None) -> str:
    title = TITLES.get(each.name, each.name)
    mark = "  SHORTCUT" if limit is not None and each.low > limit else ""
    return f"  {title:<22}{each.auc:.3f}  ({each.low:.3f} to {each.high:.3f}){mark}"


def _remarks(audit: CorpusAudit) -> Iterator[str]:
    yield from _single("domain", audit.domains)
    yield from _single("source", audit.sources)
    if audit.date is not None and audit.date.low > 0.9:
        yield "  Dates part the classes: what changed with the years can't be told from who made a picture."


def _single(name: str, kinds: Iterable[Kind]) -> Iterator[str]:
    every = tuple(kinds)
    single = sum(kind.single for kind in every)
    if single:
        pictures = sum(kind.human + kind.generated for kind in every if kind.single)
        yield f"  Of one class only: {single} of {len(every)} {name}s, with {pictures} pictures."


def _domains(domains: Iterable[Kind]) -> Iterator[str]:
    yield f"  {'domain':<22}{'human':>7}{'generated':>11}"
    for kind in domains:
        mark = "  one class only" if kind.single else "  one-sided" if kind.one_sided else ""
        yield f"  {kind.name:<22}{kind.human:>7}{kind.generated:>11}{mark}"
    yield ""


def _contrasts(contrasts: Sequence[Contrast]) -> Iterator[str]:
    if not contrasts:
        return
    yield "Facts in which the classes differ most (AUC of the fact by itself; medians):"
    yield f"  {'fact':<18}{'AUC':>6}{'human':>11}{'generated':>11}"
    for each in contrasts[:_MOST_CONTRASTS]:
        yield (
            f"  {each.name:<18}{each.auc:>6.3f}{_short(each.human[2]):>11}{_short(each.generated[2]):>11}"
            f"  {FACTS[each.group][each.name]}"
        )


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
