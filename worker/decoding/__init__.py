"""Decoding in a small process of its own: no file can take the loaded models with it.

::

    DecoderProcess (process)                                    python -m worker.decoding.child
          │                                        ◀── ready ──         │
          │  decode + a memory file with the bytes  ───────────▶        │
          │                                        ◀── begun ──         │  detector.decode
          │  facts + a memory file with the pixels,                     │
          │  or a reason                           ◀───────────         │

Packets are JSON (packets); files are anonymous memory handed over as descriptors (memory_files), so the
pixels are written once, by the decoder, and read where they lie. The child limits its own memory and
processor time; wall time is the parent's to watch. Each ends when the other does.
"""

from worker.decoding.process import DecoderProcess

__all__ = ["DecoderProcess"]
