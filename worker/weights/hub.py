"""Weights from the hub that timm names, with bounds on every wait."""

from __future__ import annotations

from pathlib import Path

from detector.reasons import Fault, Reason

_FILE = "model.safetensors"
_ANSWER_SECONDS = 5.0


def download(backbone: str, folder: Path, *, endpoint: str | None = None) -> Path:
    """Download a backbone's safetensors file into a folder, and give its path.

    Args:
        backbone: ``architecture.tag``, as timm names it.
        folder: where the file and the hub's notes on it go.
        endpoint: address of the hub, by default the one that the hub's own library knows.

    Raises:
        Fault: ``weights_missing``: the hub does not answer, or has no such weights.
    """
    # The hub is asked before timm is loaded, so that a machine without network learns it at once.
    address = endpoint or _default_endpoint()
    _expect_answer(backbone, address)
    return _download(backbone, _repository(backbone), folder, address)


def _default_endpoint() -> str:
    from huggingface_hub import constants  # noqa: PLC0415 - a second to load

    return str(constants.ENDPOINT)


def _expect_answer(backbone: str, endpoint: str) -> None:
    import httpx  # noqa: PLC0415 - only the hub needs it

    try:
        httpx.head(endpoint, timeout=_ANSWER_SECONDS)
    except httpx.HTTPError as error:
        raise _unavailable(backbone, f"the hub does not answer ({type(error).__name__})") from None


def _repository(backbone: str) -> str:
    """Name of the hub's repository; a few backbones share another's weights.

    Raises:
        Fault: ``weights_missing``: timm knows no weights of this name.
    """
    from detector.embedding.timm_library import import_timm  # noqa: PLC0415 - seconds to load

    try:
        known = import_timm().models.get_pretrained_cfg(backbone)
    except RuntimeError:
        known = None
    if known is None or not known.hf_hub_id:
        raise Fault(
            Reason.WEIGHTS_MISSING,
            f"timm has no weights named {backbone}: name them as in convnext_tiny.fb_in22k",
        )
    return str(known.hf_hub_id)


def _download(backbone: str, repository: str, folder: Path, endpoint: str) -> Path:
    import httpx  # noqa: PLC0415 - see above
    from huggingface_hub import hf_hub_download  # noqa: PLC0415 - see above
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(
            hf_hub_download(
                repository, _FILE, local_dir=folder, etag_timeout=_ANSWER_SECONDS, endpoint=endpoint
            )
        )
    except HfHubHTTPError as error:
        raise _unavailable(backbone, f"the hub has no {_FILE} in {repository}") from error
    except (httpx.HTTPError, LocalEntryNotFoundError, OSError) as error:
        raise _unavailable(backbone, f"the download broke off ({type(error).__name__})") from error


def _unavailable(backbone: str, why: str) -> Fault:
    return Fault(
        Reason.WEIGHTS_MISSING,
        f"the weights of {backbone} can't be fetched: {why}; fetch them where there is a network and bring "
        "the file here with `artgate weights fetch --backbone NAME --file FILE --sha256 HASH`",
    )
