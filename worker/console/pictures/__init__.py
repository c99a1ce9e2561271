"""Pictures for browsers: decoded apart, encoded anew without metadata, behind short-lived signed links.

::

    item is opened ──▶ links.mint ──▶ /console/pictures/image/ID/fit?until=...&sign=...
                                            │ links.check: same viewer, same picture, in time
    storage ──▶ files ──▶ decoder process ──▶ renditions ──▶ browser
                  │ kept for a while, so that claims, thumbnail and full size need one fetch
"""
