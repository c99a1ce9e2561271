"""The manifests that come with artgate name the published sources, and keep training and testing apart."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from detector.training.corpus import Origin
from worker.datasets.describe import describe
from worker.datasets.fields import Condition
from worker.datasets.manifest import DataManifest, load_manifest, published_names
from worker.datasets.sources import HubSource, ImagesApiSource

BOTH = {
    "tellif/ai_vs_real_image_semantically_similar",
    "Hemg/AI-Generated-vs-Real-Images-Datasets",
    "latentcat/animesfw",
}
TRAINING = BOTH | {
    "ash12321/seedream-4.5-generated-2k",
    "exdysa/nano-banana-pro-generated-1k-clone",
    "LukasT9/Flux-1-Dev-Images-1k",
    "LukasT9/Flux-1-Schnell-Images-1k",
    "bitmind/nano-banana",
}
TESTING = BOTH | {
    "ComplexDataLab/OpenFake",
    "Rapidata/Recraft-v3-24-7-25_t2i_human_preference",
    "Rajarshi-Roy-research/Defactify_Image_Dataset",
}


def manifest(name: str) -> DataManifest:
    return load_manifest(name).manifest


@pytest.mark.parametrize(
    ("name", "datasets"), [("published-training", TRAINING), ("published-test", TESTING)]
)
def test_the_published_data_sets_are_named(name: str, datasets: set[str]) -> None:
    assert {source.dataset for source in manifest(name).sources if isinstance(source, HubSource)} == datasets


def test_the_training_mix_adds_up_to_what_was_published() -> None:
    totals: Counter[str] = Counter()
    for entry in describe(load_manifest("published-training"), max_bytes=1):
        totals[entry.label] += entry.pictures or 0
    assert totals == {Origin.HUMAN: 3172, Origin.AI: 3172}
    assert manifest("published-training").expected == {"train": {Origin.HUMAN: 3172, Origin.AI: 3172}}


def test_civitai_is_asked_for_each_of_its_generators() -> None:
    sources = [
        source for source in manifest("published-training").sources if isinstance(source, ImagesApiSource)
    ]
    assert [source.name for source in sources] == [
        "civitai-flux",
        "civitai-sdxl",
        "civitai-pony",
        "civitai-illustrious",
    ]


def test_what_is_trained_on_is_not_tested_on() -> None:
    """As one manifest they would be refused, were their parts not apart."""
    sources = [
        source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for name in published_names()
        for source in manifest(name).sources
    ]
    together = DataManifest.model_validate(yaml.safe_load(yaml.safe_dump({"title": "t", "sources": sources})))
    shared = {source.dataset for source in together.sources if isinstance(source, HubSource) and source.part}
    assert shared == BOTH


def test_generated_rows_of_animesfw_are_dropped() -> None:
    for name in published_names():
        (source,) = [each for each in manifest(name).sources if each.name.startswith("animesfw")]
        (condition,) = source.where
        assert isinstance(condition, Condition)
        assert condition.holds({"tags": "1girl, long hair, airplane"})
        assert not condition.holds({"tags": "1girl, ai-generated"})
        assert not condition.holds({"tags": ["AI_assisted", "1girl"]})
