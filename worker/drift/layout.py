"""Which number of a vector is what, by the name of its schema. Pure."""

from __future__ import annotations

from detector.features.catalogue import SCHEMAS, Feature


def handcrafted(schema_id: str) -> tuple[Feature, ...]:
    """The handcrafted features of vectors of a schema, in their order; an embedding's follow."""
    titles = (title.partition(".v")[0] for title in schema_id.split("+"))
    return tuple(feature for title in titles if title in SCHEMAS for feature in SCHEMAS[title].features)
