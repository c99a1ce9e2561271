"""What files of every kind say of their making."""

from __future__ import annotations

import json
import zlib

import pytest

from detector.provenance import LONGEST, Claim, Kind, claims
from tests.detector.provenance.making import (
    HOLDER,
    ISSUER,
    app11,
    box,
    exif,
    jpeg_with,
    manifest,
    png_with,
    store,
    text_chunk,
    webp_with,
    xmp,
)
from tests.pictures import encode, flat, jpeg

_CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "softwareAgent": {"name": "GPT-4o", "version": "1"},
}
_STORE = store(manifest("OpenAI-API c2pa-rs/0.28", _CREATED))
_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})
_WEBUI = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"


def _kinds(found: tuple[Claim, ...]) -> set[Kind]:
    return {claim.kind for claim in found}


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with(*app11(_STORE)),
        jpeg_with(*app11(_STORE, piece=200)),
        png_with((b"caBX", _STORE)),
        webp_with((b"C2PA", _STORE)),
        box(b"ftyp", b"avif" + bytes(8)) + box(b"uuid", _UUID + bytes(4) + b"manifest\0" + bytes(8) + _STORE),
        box(b"ftyp", b"heic" + bytes(8)) + box(b"uuid", _UUID + bytes(4) + b"manifest\0" + bytes(8) + _STORE),
    ],
    ids=["jpeg", "jpeg in pieces", "png", "webp", "avif", "heic"],
)
def test_content_credentials_are_read_in_every_container(data: bytes) -> None:
    found = claims(data)
    says = "trainedAlgorithmicMedia (made by a trained model)"
    assert Claim.of(Kind.GENERATOR, "C2PA: digital source type", says) in found
    assert "created by GPT-4o 1" in {claim.says for claim in found}
    (credentials,) = [claim for claim in found if claim.kind is Kind.CREDENTIALS]
    assert credentials.says == (
        f"written by OpenAI-API c2pa-rs/0.28, signed for {HOLDER}, issued by {ISSUER} (not verified)"
    )
    assert "NOT verified" in credentials.means


def test_the_active_manifest_speaks_first_and_those_of_ingredients_as_such() -> None:
    edited = {"action": "c2pa.edited"}
    found = claims(png_with((b"caBX", store(manifest("Old 1", _CREATED), manifest("New 2", edited)))))
    sources = {claim.says.split(",")[0]: claim.source for claim in found if claim.kind is Kind.CREDENTIALS}
    assert sources == {
        "written by New 2": "C2PA: manifest",
        "written by Old 1": "C2PA of an ingredient: manifest",
    }


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("trainedAlgorithmicMedia", Kind.GENERATOR),
        ("compositeWithTrainedAlgorithmicMedia", Kind.COMPOSITE),
        ("digitalCapture", Kind.CAPTURE),
        ("humanEdits", Kind.HAND),
        ("somethingNew", Kind.TOOL),
    ],
)
@pytest.mark.parametrize(
    "form", ['<a:DigitalSourceType rdf:resource="{}"/>', 'a:DigitalSourceType="{}"', "<a>{}</a>"]
)
def test_a_digital_source_type_in_xmp_is_read(written: str, kind: Kind, form: str) -> None:
    packet = xmp(form.format(f"http://cv.iptc.org/newscodes/digitalsourcetype/{written}"))
    for data in (
        jpeg_with((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)),
        png_with((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)),
        webp_with((b"XMP ", packet)),
        encode(flat(70, 70), "GIF") + packet,
    ):
        (claim,) = claims(data)
        assert (claim.kind, claim.source) == (kind, "XMP: digital source type")
        assert claim.says.startswith(written)


@pytest.mark.parametrize(
    ("keyword", "text", "says"),
    [
        ("parameters", _WEBUI, "Stable Diffusion web UI's parameters: a cat"),
        ("prompt", _GRAPH, "ComfyUI's graph: {"),
        ("workflow", '{"nodes": [], "links": [], "type": 1}', "ComfyUI's workflow: {"),
        ("invokeai_metadata", "{}", "InvokeAI's parameters: {}"),
        ("Comment", '{"prompt": "cat", "steps": 28, "uc": ""}', "NovelAI's parameters: {"),
        ("Software", "NovelAI", "NovelAI"),
        ("Author", "Midjourney", "Midjourney"),
        ("Description", "a cat --v 6 Job ID: 1-2-3", "Midjourney's description: a cat"),
        ("Comment", '{"steps": 9, "cfg_scale": 7.5, "seed": 3}', "A diffusion model's parameters: {"),
        ("anything", "steps=5 sampler=x seed=1", "A diffusion model's parameters: steps=5"),
    ],
)
def test_generators_texts_in_png_are_recognised(keyword: str, text: str, says: str) -> None:
    (claim,) = claims(png_with(text_chunk(keyword, text)))
    assert claim.kind is Kind.GENERATOR
    assert claim.says.startswith(says)
    assert claim.source == f"PNG text: {keyword}"


def test_a_text_that_is_packed_is_unpacked() -> None:
    packed = b"parameters\0\0" + zlib.compress(_WEBUI.encode())
    assert _kinds(claims(png_with((b"zTXt", packed)))) == {Kind.GENERATOR}


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("Comment", "An embroidery sampler: seed stitch, in ten steps"),
        ("Title", "Imagen de un gato"),
        ("Description", "A study after seeing what Midjourney makes of roses"),
        ("Author", "Ann, who draws ideograms"),
    ],
)
def test_an_ordinary_text_says_nothing(keyword: str, text: str) -> None:
    assert claims(png_with(text_chunk(keyword, text))) == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + _WEBUI.encode("utf-16-be"),
        b"UNICODE\0" + _WEBUI.encode("utf-16-le"),
        b"ASCII\0\0\0" + _WEBUI.encode(),
    ],
    ids=["big-endian", "little-endian", "ascii"],
)
def test_a_generators_parameters_in_exif_are_recognised(order: str, comment: bytes) -> None:
    data = exif(order, comment=comment)
    for file in (jpeg_with((0xE1, data)), webp_with((b"EXIF", data)), png_with((b"eXIf", data[6:]))):
        (claim,) = claims(file)
        assert claim.says.startswith("Stable Diffusion web UI's parameters: a cat Negative prompt: dog")
        assert claim.source == "EXIF: UserComment"


def test_a_camera_and_software_are_claims_that_prove_nothing() -> None:
    data = jpeg_with((0xE1, exif(make=b"Canon", model=b"Canon EOS R5", software=b"Lightroom 7")))
    camera, software = claims(data)
    assert (camera.kind, camera.says) == (Kind.CAPTURE, "Canon EOS R5")
    assert "no proof" in camera.means
    assert (software.kind, software.says) == (Kind.TOOL, "Lightroom 7")


def test_software_that_names_a_generator_is_told_from_other_software() -> None:
    assert _kinds(claims(jpeg_with((0xE1, exif(software=b"Midjourney"))))) == {Kind.GENERATOR}
    assert _kinds(claims(jpeg_with((0xE1, exif(software=b"Imagenomic 3"))))) == {Kind.TOOL}


def test_the_most_telling_claim_stands_first_and_each_once() -> None:
    twice = text_chunk("parameters", _WEBUI)
    found = claims(png_with(text_chunk("Software", "GIMP"), twice, twice))
    assert [claim.kind for claim in found] == [Kind.GENERATOR, Kind.TOOL]


def test_texts_are_cut_and_have_no_hidden_characters() -> None:
    hidden = "Steps: 20, Sampler: \u202e\u200b\x07\x1b[31m Euler, Seed: 1" + 9_000 * "x"
    (claim,) = claims(png_with((b"iTXt", b"parameters\0\0\0\0\0" + hidden.encode())))
    assert len(claim.says) == LONGEST
    assert claim.says.isprintable()
    assert "\u202e" not in claim.says


def test_a_file_that_says_nothing_makes_no_claim() -> None:
    assert claims(jpeg()) == claims(b"") == claims(b"nothing") == ()
