"""Fits bundles. A running worker never imports this."""
