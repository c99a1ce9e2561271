"""Which rows of a source are taken, and what is said of each. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin
from detector.warranty import ALL
from worker.datasets.fields import Columns, FromColumn, LabelColumn, MissingColumnError
from worker.datasets.sources import CsvSource, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one picture."""

    label: Origin
    group: str
    domain: str
    generator: str
    source: str
    licence: str
    first_published: str


def is_wanted(source: Source, columns: Columns) -> bool:
    """Whether the source's conditions hold for a row.

    Raises:
        Rejected: ``dataset_invalid``: a condition names a column that is not there.
    """
    try:
        return all(condition.holds(columns) for condition in source.where)
    except MissingColumnError as error:
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: where: {error}") from None


def is_in_part(source: Source, said: Said) -> bool:
    """Whether a row lies in the source's part, as far as its group tells."""
    part = source.part
    return part is None or part.by != "group" or part.holds_group(said.group)


def said_of(source: Source, columns: Columns) -> Said:
    """What the source says of a row.

    Raises:
        Rejected: ``label_unknown``: its label is under none of the listed values, or it has no group;
            ``dataset_invalid``: the source names a column that is not there.
    """
    label = _label(source, columns)
    domain = _text(source, "domain", columns) or "other"
    if domain == ALL:
        raise Rejected(
            Reason.DATASET_INVALID,
            f"source {source.name}: domain: {ALL} stands for all of them; name another",
        )
    fallback = source.name if source.group is None else ""
    return Said(
        label=label,
        group=_needed(_text(source, "group", columns) or fallback),
        domain=domain,
        generator=_text(source, "generator", columns),
        source=_text(source, "source", columns) or source.name,
        licence=_text(source, "licence", columns) or "unstated",
        first_published=_text(source, "first_published", columns),
    )


class Quota:
    """How many pictures a source may still give, as a whole or for each value of a field."""

    def __init__(self, source: Source) -> None:
        """Begin with nothing taken."""
        self._limit = source.limit
        self._per = source.per
        self._values = 1 if source.per is None else source.known_values
        self._taken: Counter[str] = Counter()

    @property
    def has_taken(self) -> bool:
        """Whether any row was taken."""
        return bool(self._taken)

    @property
    def is_full(self) -> bool:
        """Whether no further row can be taken; never known where nobody knows how many values there are."""
        full = sum(self._limit is not None and taken >= self._limit for taken in self._taken.values())
        return self._values is not None and full >= self._values

    def has_room(self, said: Said) -> bool:
        """Whether a row may be taken."""
        return self._limit is None or self._taken[self._value(said)] < self._limit

    def take(self, said: Said) -> None:
        """Count a row."""
        self._taken[self._value(said)] += 1

    def _value(self, said: Said) -> str:
        return "" if self._per is None else str(asdict(said)[self._per])


def _label(source: Source, columns: Columns) -> Origin:
    if not isinstance(source.label, LabelColumn):
        return source.label
    try:
        label = source.label.of(columns)
    except MissingColumnError as error:
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: label: {error}") from None
    if label is None:
        value = columns[source.label.column]
        raise Rejected(
            Reason.LABEL_UNKNOWN,
            f"The column {source.label.column} has {value!r}, which the manifest lists under neither label.",
        )
    return label


def _needed(group: str) -> str:
    if not group:
        raise Rejected(Reason.LABEL_UNKNOWN, "The row names no group; name one, or leave such rows out.")
    return group


def _text(source: Source, field: str, columns: Columns) -> str:
    value = getattr(source, field)
    if isinstance(source, CsvSource) and field not in source.model_fields_set and field in columns:
        value = FromColumn(column=field)
    if not isinstance(value, FromColumn):
        return value or ""
    try:
        return value.of(columns)
    except MissingColumnError as error:
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: {field}: {error}") from None
