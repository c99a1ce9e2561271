"""From the bytes of a picture file to 8-bit sRGB pixels, or to a refusal with its reason.

One rule for each question that a file can raise. A change of any rule raises DECODE_VERSION, which rides in
every bundle: the numbers that a model was trained on depend on these rules.

=====================  ==================================================================  =================
question               rule                                                                module
=====================  ==================================================================  =================
bytes                  none: ``empty``; more than the limit: ``too_many_bytes``            container
format                 told by the first bytes, never by a name: JPEG (with MPO), PNG,     container
                       WebP, GIF, BMP, TIFF, AVIF; all else is ``unsupported_format``
pixels                 columns x rows as the header says, before anything is decoded;      headers, opening
                       so are a TIFF's tile and the passes of a progressive JPEG:
                       ``too_many_pixels``
several pictures       the first: frame of an animation, page of a TIFF, picture of an     opening, frames
                       MPO, default picture of an APNG; what a GIF's first frame leaves
                       open is its transparent colour, or colour 0
truncated data         no part of a picture is taken for the whole, and no TIFF whose      failures, opening
                       strips have more bytes than the file: ``truncated``
corrupt data           whatever else a decoder stumbles over: ``corrupt``; what the        failures
                       format's own decoder passes over (a bad checksum of PNG data,
                       bytes after the end, a broken EXIF block) is passed over
more than 8 bits       the high byte of 16; 32-bit numbers and floats by the ladder of     depth
                       full scales
palette                each index becomes its colour                                       depth
CMYK, YCCK             JPEG's inks are inverted, as Adobe writes them; by the profile, or  depth, profile
                       without one (1 - ink) x (1 - black)
Lab, YCbCr             CIE Lab (D50) and full-range YCbCr (BT.601) become sRGB             depth, profile
ICC profile            converted to sRGB, perceptual intent; one that is sRGB itself,      profile
                       broken, or of another kind of pixels is ignored; never applied
                       to Lab
gAMA, cHRM, cICP       ignored                                                             --
transparency           alpha, transparent palette entries and colour keys: composited on   transparency
                       white, after the conversion to sRGB
orientation            EXIF tag 274 of the first directory (TIFF: its own; AVIF: irot and  orientation
                       imir first), 1 to 8; broken or absent is 1; XMP is not asked
=====================  ==================================================================  =================

A picture of any size decodes; that one with a side under MIN_SIDE gets no verdict is the detector's rule.

Time and memory are bounded by the limits as far as the formats' decoders allow. Against the rest (a decoder
that crashes or crawls) decode files in a process of their own, as a worker does.
"""

from detector.decode.decoding import decode
from detector.decode.limits import DECODE_VERSION, MIN_SIDE, DecodeLimits

__all__ = ["DECODE_VERSION", "MIN_SIDE", "DecodeLimits", "decode"]
