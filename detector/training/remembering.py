"""Makes a bundle's memory of the pictures that it is fitted on."""

from __future__ import annotations

import numpy as np

from detector.ensemble.svm import Scaling
from detector.memory import Memory, Reference, Space
from detector.memory.memory import prefix_of
from detector.memory.space import Half
from detector.training.folds import Groups
from detector.training.measuring import MeasuredCorpus
from detector.vector import Values

_COMPONENTS = 32
_USUAL = 0.95
_ASKED = 2000
"""Pictures, evenly over the corpus, that the usual distance is measured from."""
_BLOCK = 256


def remember(corpus: MeasuredCorpus, *, seed: int) -> Memory:
    """The memory of a measured corpus; the same corpus and seed give the same.

    Args:
        corpus: every picture that the bundle is fitted on.
        seed: of the search for principal components.
    """
    examples = corpus.examples
    space = _fit_space(examples.rows, seed)
    coordinates = space.coordinates(examples.rows)
    groups, group = np.unique([_name(entry.group) for entry in corpus.entries], return_inverse=True)
    domains, domain = np.unique([_name(entry.domain) for entry in corpus.entries], return_inverse=True)
    return Memory(
        sha256=np.array([prefix_of(mark.sha256) for mark in corpus.marks], dtype=np.uint64),
        perceptual=np.array([mark.perceptual for mark in corpus.marks], dtype=np.int64),
        synthetic=examples.labels,
        group=group.astype(np.uint32),
        groups=tuple(map(str, groups)),
        domain=domain.astype(np.uint32),
        domains=tuple(map(str, domains)),
        space=space,
        coordinates=coordinates,
        reference=Reference.fitted(examples.rows[~examples.labels, : examples.handcrafted]),
        usual=_usual(coordinates, examples.groups),
    )


def _fit_space(rows: Values, seed: int) -> Space:
    from sklearn.decomposition import PCA  # noqa: PLC0415 - only training needs it

    scaling = Scaling.fitted(rows)
    mean, scale = scaling.mean.astype(np.float32), scaling.scale.astype(np.float32)
    plain = Space(mean=mean, scale=scale, components=np.zeros((1, len(mean)), dtype=np.float16))
    count = min(_COMPONENTS, *rows.shape)
    fitted = PCA(count, random_state=seed).fit(plain.standardised(rows))
    return Space(mean=mean, scale=scale, components=fitted.components_.astype(np.float16))


def _usual(coordinates: Half, groups: Groups) -> float:
    """The distance to the nearest picture of another group that all but a few pictures keep within."""
    points = coordinates.astype(np.float64)
    squares = np.einsum("ij,ij->i", points, points)
    asked = np.unique(np.linspace(0, len(points) - 1, _ASKED).astype(np.intp))
    nearest = []
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        distances = squares[block, None] + squares - 2 * points[block] @ points.T
        distances[groups[block, None] == groups] = np.inf
        nearest.append(distances.min(axis=1))
    return float(np.sqrt(np.quantile(np.maximum(np.concatenate(nearest), 0), _USUAL)))


def _name(text: str) -> str:
    """A name on one line: names are stored one a line."""
    return " ".join(text.split())
