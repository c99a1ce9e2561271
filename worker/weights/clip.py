"""CLIP's image tower out of an int8 ONNX file, back into floating point and into timm's names.

The file holds the weights of 73 matrix products as int8, one scale for each output channel, and everything
else in float32. Running it quantises the activations too, which costs accuracy; reading the weights back
costs only what was lost when they were rounded: ``w = scale * (q - zero_point)``.

The file names its parts as Hugging Face's ``CLIPVisionModelWithProjection`` does. In timm's
``vit_base_patch16_clip_quickgelu_224`` ``pre_layrnorm`` (spelt so) is ``norm_pre``, ``post_layernorm`` is
``norm``, the projections of query, key and value are rows of one matrix, and ``visual_projection`` is the
head.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.reasons import Fault, Reason

Weights = dict[str, npt.NDArray[np.float32]]

_TOWER = "vision_model"
_BLOCKS = 12
_BLOCK_PARTS = {
    "norm1": "layer_norm1",
    "attn.proj": "self_attn/out_proj",
    "norm2": "layer_norm2",
    "mlp.fc1": "mlp/fc1",
    "mlp.fc2": "mlp/fc2",
}
_ATTENTION = ("q_proj", "k_proj", "v_proj")


def convert(onnx_file: bytes) -> Weights:
    """The tower's weights, float32, by timm's names.

    Raises:
        Fault: ``weights_hash_mismatch``: the file is not such a tower.
    """
    try:
        return _converted(_read(onnx_file))
    except (KeyError, ValueError) as error:
        raise Fault(
            Reason.WEIGHTS_HASH_MISMATCH, "the file is not the ONNX file of CLIP's image tower"
        ) from error


def _read(onnx_file: bytes) -> Weights:
    """Every weight by the name of its module: float parts as they are, int8 matrices dequantised."""
    import onnx  # noqa: PLC0415 - only this conversion needs it
    from onnx import numpy_helper  # noqa: PLC0415

    graph = onnx.load_from_string(onnx_file).graph
    stored = {part.name: numpy_helper.to_array(part) for part in graph.initializer}
    found: Weights = {}
    for name, value in stored.items():
        if value.dtype == np.float32 and name.startswith(_TOWER):
            found[name.replace(".", "/")] = value
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            module = node.name.removeprefix("/").removesuffix("/MatMul_quant").replace("layers.", "layers/")
            found[f"{module}/weight"] = _dequantised(stored, node.input[1].removesuffix("_quantized"))
    return found


def _dequantised(stored: dict[str, npt.NDArray[np.generic]], name: str) -> npt.NDArray[np.float32]:
    """(outputs, inputs), as PyTorch keeps a linear layer; ONNX has it transposed."""
    levels = stored[f"{name}_quantized"].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)
    return np.ascontiguousarray((levels * stored[f"{name}_scale"].astype(np.float32)).T)


def _converted(found: Weights) -> Weights:
    embeddings = f"{_TOWER}/embeddings"
    weights = {
        "cls_token": found[f"{embeddings}/class_embedding"].reshape(1, 1, -1),
        "pos_embed": found[f"{embeddings}/position_embedding/weight"][None],
        "patch_embed.proj.weight": found[f"{embeddings}/patch_embedding/weight"],
        "head.weight": found["visual_projection/weight"],
    }
    for ours, theirs in (("norm_pre", "pre_layrnorm"), ("norm", "post_layernorm")):
        weights |= _module(found, f"{_TOWER}/{theirs}", ours)
    for number in range(_BLOCKS):
        weights |= _block(found, f"{_TOWER}/encoder/layers/{number}", f"blocks.{number}")
    return weights


def _block(found: Weights, theirs: str, ours: str) -> Weights:
    weights: Weights = {}
    for name, part in _BLOCK_PARTS.items():
        weights |= _module(found, f"{theirs}/{part}", f"{ours}.{name}")
    for kind in ("weight", "bias"):
        parts = [found[f"{theirs}/self_attn/{name}/{kind}"] for name in _ATTENTION]
        weights[f"{ours}.attn.qkv.{kind}"] = np.concatenate(parts)
    return weights


def _module(found: Weights, theirs: str, ours: str) -> Weights:
    return {f"{ours}.{kind}": found[f"{theirs}/{kind}"] for kind in ("weight", "bias")}
