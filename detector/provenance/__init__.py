"""What a file says of its own making: claims, which anyone can write, copy or remove. They prove nothing.

==========================  =========================================================  ===========
what is read                where it stands                                            module
==========================  =========================================================  ===========
Content Credentials (C2PA)  JPEG APP11, PNG ``caBX``, WebP ``C2PA``, AVIF ``uuid``      credentials
digital source type (IPTC)  XMP of any of the formats, actions of a C2PA manifest      sources
generators' parameters      PNG text chunks, EXIF UserComment and ImageDescription     parameters
camera and software         EXIF Make, Model, Software; XMP CreatorTool, Credit        exif, xmp
==========================  =========================================================  ===========

Signatures are not verified. Everything is bounded in bytes, pieces and depth, and no file raises an error:
what can't be read says nothing.
"""

from detector.provenance.claim import LONGEST, Claim, Kind
from detector.provenance.claims import claims

__all__ = ["LONGEST", "Claim", "Kind", "claims"]
