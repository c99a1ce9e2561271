"""Reports as pages: one file each, with nothing to load, for the screen, the phone and paper.

Charts are drawn by matplotlib and pages filled in by Jinja: only commands that write reports import this.
"""
