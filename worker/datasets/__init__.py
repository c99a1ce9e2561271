"""Data sets to train and to evaluate on: from a manifest in YAML to pictures with labels in a folder.

::

    manifest.yaml ──▶ manifest, sources, fields     what is wanted: checked before anything is fetched
                        │
                        ▼
    reading             rows of each source         folder, CSV, parquet, hub, image API
                        │
                        ▼
    selection           which rows, under which label, group, split
                        │
                        ▼
    gather ──▶ journal  bytes fetched, decoded once and kept; killed at any moment, it goes on
                        │
                        ▼
    finish ──▶ FOLDER/manifest.csv, FOLDER/failures.csv
    check               near-duplicates, shared sources, contradicting labels

Nothing here runs in a worker that scans.
"""
