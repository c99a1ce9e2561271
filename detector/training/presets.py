"""Recipes with the embeddings that they were made for. Another one is one more entry."""

from __future__ import annotations

from dataclasses import dataclass

from detector.training.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """All that training needs to know besides the pictures."""

    what: str
    """In a few words, for whoever chooses."""
    recipe: Recipe
    backbone: str
    """Id of the embedding."""
    veto: str | None
    """Id of the veto's; None where there is none."""


_CLIP = "vit_base_patch16_clip_quickgelu_224.openai"

PRESETS = {
    "starter": Preset(
        what="what the shipped bundle is made by: middle blocks of CLIP, a veto of all domains",
        recipe=Recipe(veto_domains=()),
        backbone=f"{_CLIP}/6-9-m6/whole",
        veto=f"{_CLIP}/8/crop",
    ),
    "published": Preset(
        what="the published recipe: ConvNeXt-Tiny pooled, every tree sees every number, C = 1",
        recipe=Recipe(lightgbm_columns=1.0, svm_cost=1.0),
        backbone="convnext_tiny.fb_in22k/last/whole",
        veto="convnext_tiny.fb_in22k/last/whole",
    ),
    "cheap": Preset(
        what="EfficientNet-Lite0 and no veto, for the most pictures a second",
        recipe=Recipe(),
        backbone="tf_efficientnet_lite0.in1k/last/whole",
        veto=None,
    ),
}
"""By name. Each keeps the shape: handcrafted features and an embedding, three members, a calibration."""
