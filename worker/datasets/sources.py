"""The kinds of sources that a manifest may name, and what each must say."""

from __future__ import annotations

import datetime as dt
from os.path import normpath
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from detector.training.corpus import Origin
from worker.datasets.fields import Condition, LabelColumn, Part, Strict, Text, Value

_MOST_PER_PAGE = 200


def _date_text(value: object) -> object:
    """YAML reads 2024-05-01 as a date."""
    return value.isoformat() if isinstance(value, dt.date) else value


class SourceBase(Strict):
    """What every source says, whatever its kind."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
    """Of this entry; it goes with every picture."""
    split: Annotated[str, Field(pattern=r"^[a-z]+$", max_length=20)] = "train"
    """What the pictures are for: ``train``, ``test`` or another word."""
    label: Origin | LabelColumn
    """Who made the pictures: ``human``, ``ai``, or the column that says so."""
    group: Text | None = None
    """What hangs together beyond the label (an artist, a generator of one source) and is never split by
    cross-validation; the entry's name without it."""
    domain: Text = "other"
    """Kind of picture: photo, painting, anime, illustration and so on."""
    generator: Text = ""
    """What made the picture, where it is no person."""
    source: Text | None = None
    """Where the picture comes from, for figures by source; the entry's name without it."""
    licence: Text = "unstated"
    """Under which the pictures may be used."""
    first_published: Annotated[Text, BeforeValidator(_date_text)] = ""
    """Date, as ISO 8601 writes it, of a picture or of the whole source."""
    limit: Annotated[int, Field(gt=0)] | None = None
    """How many pictures are taken at most; all without it."""
    per: Literal["label", "group", "domain", "generator"] | None = None
    """What the limit is counted for: each value of this gets as many. Without it, the source as a whole."""
    values: Annotated[int, Field(gt=0)] | None = None
    """How many values ``per`` has, where that is known: reading stops when each has reached the limit."""
    order: Literal["given", "shuffled"] = "given"
    """In which order rows are tried until the limit is reached: the source's own, or one drawn from the
    manifest's seed."""
    part: Part | None = None
    """The share of the data set that this entry takes; needed where two splits take from one data set."""
    where: tuple[Condition, ...] = ()
    """What a row must be, to be taken; all must hold."""
    obtain: str = ""
    """How to get what must be brought here by hand; printed where it is missing."""

    @model_validator(mode="after")
    def _check_limit(self) -> Self:
        if self.per is not None and self.limit is None:
            raise ValueError("per needs a limit; say how many pictures each value gets")
        if self.values is not None and self.per is None:
            raise ValueError("values needs per; say what has so many values")
        return self

    @property
    def most(self) -> int | None:
        """How many pictures it gives at most; None where nobody knows."""
        if self.per is None or self.limit is None:
            return self.limit
        return None if self.known_values is None else self.limit * self.known_values

    @property
    def share(self) -> float:
        """Which share of its rows lies in its part, 0 to 1; of a part by groups the rows tell."""
        return (
            1.0 if self.part is None or self.part.by == "group" else (self.part.end - self.part.start) / 100
        )

    @property
    def known_values(self) -> int | None:
        """How many values have a limit of their own; there are two labels."""
        if self.values is None and self.per == "label":
            return 2 if isinstance(self.label, LabelColumn) else 1
        return self.values

    @property
    def place(self) -> str:
        """Where the rows come from: two entries of one place may meet the same pictures."""
        raise NotImplementedError

    @property
    def local(self) -> bool:
        """Whether its rows can be listed without a network."""
        return True


class FolderSource(SourceBase):
    """Every file below a folder. Columns: path, file, folder (the first one below) and folders (all)."""

    kind: Literal["folder"]
    path: str
    """The folder; relative to the manifest's own."""

    @property
    def place(self) -> str:
        """The folder."""
        return f"folder {normpath(self.path)}"


class CsvSource(SourceBase):
    """Files that a CSV manifest lists, such as the one that ``artgate train --corpus`` reads."""

    kind: Literal["csv"]
    path: str
    """The CSV file; relative to the manifest's folder."""
    picture: str = "path"
    """The column with each picture's path, relative to the CSV file's folder."""
    label: Origin | LabelColumn = LabelColumn(column="label", human=("human",), ai=("ai",))
    """As of every source; without it, a column of that name with human and ai. So are group, domain,
    generator, source, licence and first_published, where the file has such columns."""

    @property
    def place(self) -> str:
        """The file."""
        return f"csv {normpath(self.path)}"


class ParquetSource(SourceBase):
    """Parquet files with embedded images. Needs the extra ``data``."""

    kind: Literal["parquet"]
    path: str
    """A file, or a folder with files that end in .parquet; relative to the manifest's folder."""
    picture: str = "image"
    """The column with the images: bytes, or a structure with bytes."""

    @property
    def place(self) -> str:
        """The file or folder."""
        return f"parquet {normpath(self.path)}"


class HubSource(SourceBase):
    """A data set of the Hugging Face hub, streamed. Needs the extra ``data``."""

    kind: Literal["huggingface"]
    dataset: str
    """Its name, or a local folder that is laid out like one; a path that begins with a dot is relative to
    the manifest's folder."""
    config: str | None = None
    """Its configuration, where it has several."""
    hub_split: str = "train"
    """Which of its own splits is read."""
    revision: str | None = None
    """Tag or commit, so that it stays the same data set."""
    files: tuple[str, ...] | None = None
    """Which of its files are read (patterns), where not all of the split are."""
    picture: str = "image"
    """The column with the images."""

    @property
    def place(self) -> str:
        """The data set and which of its own splits."""
        return " ".join(("huggingface", self.dataset, self.config or "default", self.hub_split))

    @property
    def local(self) -> bool:
        """It is asked over the network."""
        return False


class ImagesApiSource(SourceBase):
    """A paged JSON API in CivitAI's form: ``items`` with an ``url`` each, ``metadata`` with the next page."""

    kind: Literal["images_api"]
    url: Annotated[str, Field(pattern=r"^https?://[^/]+/")]
    """Its address, such as https://civitai.com/api/v1/images."""
    query: dict[str, Value] = Field(default_factory=dict)
    """Further parameters: tags, baseModels, nsfw and so on."""
    page_size: Annotated[int, Field(gt=0, le=_MOST_PER_PAGE)] = 100
    """Pictures on a page."""
    per_second: Annotated[float, Field(gt=0, le=20)] = 1.0
    """Requests a second at most, pages and pictures alike."""
    picture: str = "url"
    """The member with the picture's address."""
    order: Literal["given"] = "given"
    """The newest first: there is no other."""

    @property
    def place(self) -> str:
        """The address with its parameters."""
        asked = "&".join(f"{name}={value}" for name, value in sorted(self.query.items()))
        return f"images_api {self.url} {asked}".strip()

    @property
    def local(self) -> bool:
        """It is asked over the network."""
        return False


Source = Annotated[
    FolderSource | CsvSource | ParquetSource | HubSource | ImagesApiSource, Field(discriminator="kind")
]
