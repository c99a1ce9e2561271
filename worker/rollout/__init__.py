"""Roll-outs: how another bundle comes to judge, watched at every step.

::

    candidate ──▶ shadow ──▶ canary ──▶ active ──▶ retired
                    ▲          │  │        │          ▲
                    └── hold ──┘  └────────┴ roll back┘

A shadow looks at a share of the uploads and its verdicts stand apart, where nothing acts on them. A canary
decides a share, and the bundle that decides the rest looks on. `states` says which steps there are and
`traffic` which uploads are whose; `steps` takes a step in the database, `lineup` loads what judges, `beside`
stores what the other one says, `comparison` tells where they differ, `watch` holds one that accuses too many.
"""
