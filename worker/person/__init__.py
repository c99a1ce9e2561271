"""All that is stored of one person, for that person: read kind by kind, or written into a folder.

::

    uploads ─▶ pictures ─▶ measurements, verdicts, trial_verdicts ─▶ statements
                   └─────▶ questions ─▶ decisions          appeals ─▶ evidence
"""
