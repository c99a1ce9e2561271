"""The one form of a picture's features that is ever scored: float32 numbers with a mask, by a named schema.

Training, live scoring, backfills and replays all score this vector, read back from these very bytes or made
a moment ago, so that they agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.features.catalogue import schemas

Values: TypeAlias = npt.NDArray[np.float32]
"""(N,) one vector, or (n, N) one a row."""
Flags: TypeAlias = npt.NDArray[np.bool_]
"""(N,) truth of something for each number."""

NO_EMBEDDING = "none"
"""Name of the embedding of vectors that have handcrafted features only."""

_STORED = np.dtype("<f4")


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSchema:
    """What the numbers of a vector are, in their order: handcrafted groups, then an embedding.

    Raises:
        ValueError: a group is unknown, or the embedding's length does not fit its name.
    """

    groups: tuple[str, ...] = ("hc148",)
    embedding: str = NO_EMBEDDING
    """Id of the embedding, or ``none``."""
    embedding_length: int = 0
    id: str = field(init=False)
    """``hc148.v1``, or ``hc148.v1+<id of the embedding>``: stands beside every stored vector."""
    names: tuple[str, ...] = field(init=False, repr=False)
    sha256: str = field(init=False)
    """Of the id and the names, one a line, UTF-8, in hexadecimal."""

    def __post_init__(self) -> None:
        parts = schemas(self.groups)
        if (self.embedding == NO_EMBEDDING) != (self.embedding_length == 0) or self.embedding_length < 0:
            raise ValueError(f"the embedding {self.embedding!r} can't have {self.embedding_length} numbers")
        titles = [f"{part.name}.v{part.version}" for part in parts]
        if self.embedding_length:
            titles.append(self.embedding)
        names = [name for part in parts for name in part.names]
        names += [f"embedding_{number}" for number in range(self.embedding_length)]
        object.__setattr__(self, "id", "+".join(titles))
        object.__setattr__(self, "names", tuple(names))
        object.__setattr__(self, "sha256", hashlib.sha256("\n".join([self.id, *names]).encode()).hexdigest())

    @property
    def length(self) -> int:
        """How many numbers a vector has."""
        return len(self.names)

    @property
    def handcrafted(self) -> int:
        """How many of them, the first ones, are handcrafted features."""
        return self.length - self.embedding_length


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vector:
    """The numbers of one picture. Finite, always.

    Raises:
        ValueError: a number is not finite, or there are more or fewer than the schema says.
    """

    schema: VectorSchema
    values: Values
    """(N,)"""
    replaced: Flags
    """(N,) True where the picture did not determine a number and 0 stands for it."""
    stage_ms: Mapping[str, float] = field(default_factory=dict, repr=False)
    """Milliseconds that measuring took, by stage, where a clock was given."""

    def __post_init__(self) -> None:
        wanted = (self.schema.length,)
        if self.values.shape != wanted or self.replaced.shape != wanted or self.values.dtype != np.float32:
            raise ValueError(
                f"a vector of {self.schema.id} has {wanted[0]} float32 numbers and as many flags"
            )
        if not np.isfinite(self.values).all():
            raise ValueError("a vector holds finite numbers only")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Vector) and self.schema == other.schema and self.to_bytes() == other.to_bytes()
        )

    def __hash__(self) -> int:
        return hash((self.schema, self.to_bytes()))

    @classmethod
    def of(
        cls,
        schema: VectorSchema,
        numbers: npt.NDArray[np.floating],
        stage_ms: Mapping[str, float] | None = None,
    ) -> Vector:
        """Make a vector of computed numbers, (N,), of any floating type; what isn't finite becomes 0."""
        with np.errstate(over="ignore"):  # beyond float32 is not finite either
            values = numbers.astype(np.float32)
        replaced = ~np.isfinite(values)
        values[replaced] = 0
        return cls(schema=schema, values=values, replaced=replaced, stage_ms=dict(stage_ms or {}))

    def to_bytes(self) -> tuple[bytes, bytes]:
        """The numbers as little-endian float32, and the flags packed eight to a byte."""
        return self.values.astype(_STORED).tobytes(), np.packbits(self.replaced).tobytes()

    @classmethod
    def from_bytes(cls, schema: VectorSchema, values: bytes, replaced: bytes) -> Vector:
        """Read a vector back.

        Raises:
            ValueError: these are not the bytes of a vector of this schema.
        """
        if len(values) != 4 * schema.length or len(replaced) != (schema.length + 7) // 8:
            raise ValueError(f"these are not the bytes of a vector of {schema.id}")
        flags = np.unpackbits(np.frombuffer(replaced, dtype=np.uint8), count=schema.length)
        numbers = np.frombuffer(values, dtype=_STORED).astype(np.float32)
        return cls(schema=schema, values=numbers, replaced=flags.astype(np.bool_))
