"""Evaluates a bundle on labelled pictures that it has not seen, and tells what was found as one report.

::

    evaluate (run)          from an order to a report, in the order in which it is told
        ├── pictures        manifest -> measured pictures, what was refused, what was trained on
        ├── judging         verdicts by the bundle itself, or by its recipe refitted without the picture
        ├── studying        what the studies work on
        └── offenders       the worst errors, with thumbnails and reasons
"""
