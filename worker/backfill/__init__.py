"""Backfills: another bundle over the stored vectors, beside the verdicts that stand.

A run is a row; its cursor moves in the transaction that writes a page's verdicts, so a run that was killed
goes on where it stopped and no image is judged twice. What a run writes acts on nothing: no message is
sent, no review item is opened or closed, no decision is touched. Activating the bundle is another step.
"""
