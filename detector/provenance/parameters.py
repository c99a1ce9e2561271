"""Texts that generators leave in their files, and names by which software says that it is one."""

from __future__ import annotations

import re
from collections.abc import Callable

from detector.provenance.claim import Claim, Kind

_NAMES = (
    *("adobe firefly", "automatic1111", "bing image creator", "chatgpt", "comfyui", "craiyon", "dall-e"),
    *("dall·e", "diffusionbee", "draw things", "dreamstudio", "easy diffusion", "fooocus"),
    *(
        "google generative ai",
        "google imagen",
        "gpt-4o",
        "gpt-image",
        "ideogram ai",
        "invokeai",
        "leonardo.ai",
    ),
    *("made with google ai", "midjourney", "nightcafe", "novelai", "openai", "recraft", "sd.next"),
    *("stability ai", "stable diffusion", "stable-diffusion", "swarmui"),
)
"""Words of any language are none of them: a picture may well be called *Imagen*, or be of an ideogram."""
_NAMED = re.compile(r"(?<![a-z])(?:" + "|".join(map(re.escape, _NAMES)) + r")(?![a-z])", re.IGNORECASE)
_SEARCHED = 20_000
"""Characters of a text that are looked at."""
_SETTING = re.compile(r"\b(steps|sampler|seed|cfg)[a-z_ ]{0,10}\"?\s{0,3}[:=]", re.IGNORECASE)
_SETTINGS = 3
"""A text that sets so many of these was written for a diffusion model. The words alone tell nothing: an
embroidery sampler has its seed stitches."""


def _has(*parts: str) -> Callable[[str], bool]:
    return lambda text: all(part in text for part in parts)


_FORMS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("ComfyUI's graph", _has('"class_type"', '"inputs"')),
    ("ComfyUI's workflow", _has('"nodes"', '"links"', '"type"')),
    ("SwarmUI's parameters", _has('"sui_image_params"')),
    ("Stable Diffusion web UI's parameters", _has("Steps: ", "Sampler: ")),
    ("Stable Diffusion web UI's parameters", _has("Steps: ", "Seed: ")),
    ("NovelAI's parameters", _has('"uc"', '"steps"')),
    ("Midjourney's description", _has("Job ID: ")),
)
_KEYWORDS = {
    "invokeai_metadata": "InvokeAI's parameters",
    "invokeai_graph": "InvokeAI's graph",
    "sd-metadata": "InvokeAI's parameters",
    "dream": "InvokeAI's prompt",
    "fooocus_scheme": "Fooocus's parameters",
}
"""PNG keywords that one program alone writes."""


def names_generator(text: str) -> bool:
    """Whether a text names a well-known generator."""
    return _NAMED.search(text[:_SEARCHED]) is not None


def parameters_claim(source: str, text: str, keyword: str = "") -> Claim | None:
    """The claim of a text that has the form of a generator's parameters; None for any other text.

    Args:
        source: where it stands.
        text: of any length.
        keyword: that a PNG file gives it.
    """
    known = _KEYWORDS.get(keyword.lower()) or _form(text[:_SEARCHED])
    return None if known is None else Claim.of(Kind.GENERATOR, source, f"{known}: {text[:_SEARCHED]}")


def software_claim(source: str, name: str) -> Claim:
    """The claim of a text that should name software."""
    return Claim.of(Kind.GENERATOR if names_generator(name) else Kind.TOOL, source, name)


def _form(text: str) -> str | None:
    known = next((name for name, fits in _FORMS if fits(text)), None)
    if known is None and len({word.lower() for word in _SETTING.findall(text)}) >= _SETTINGS:
        return "A diffusion model's parameters"
    return known
