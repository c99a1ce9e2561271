"""What each group of features looks at, in plain words."""

from __future__ import annotations

from types import MappingProxyType

GROUP_WORDS = MappingProxyType(
    {
        "brightness": "brightness",
        "colour": "distribution of colours",
        "texture": "coarseness of the texture",
        "shape": "directions and amount of edges",
        "noise": "level of the noise",
        "frequency": "share of coarse and fine detail",
        "enhanced_texture": "texture over several directions and distances",
        "midband": "detail of middle size",
        "patch_consistency": "evenness from patch to patch",
        "multiscale_lbp": "small patterns of three sizes",
        "gabor": "stripes by width and direction",
        "wavelet": "fine detail by direction",
        "edge_cooccurrence": "how edges continue each other",
        "fractal": "roughness of outlines",
        "residual_autocorrelation": "repetition in the noise",
        "stroke": "roughness and bends of strokes",
        "colour_gradient": "how colours blend",
        "self_similarity": "parts that repeat each other",
        "extended_hog": "sharp edges against soft ones",
        "jpeg_ghost": "traces of earlier compression",
        "colour_coherence": "bright areas that hang together",
        "cross_subband": "agreement of fine and coarse detail",
        "linework": "thickness and evenness of lines",
    }
)
"""Words by the group's name."""
EMBEDDING_WORDS = "what the backbone sees"
"""Words for the numbers that nobody has named."""
