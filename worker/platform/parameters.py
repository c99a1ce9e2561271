"""Query parameters that a route does not know are refused: a misspelt cursor would begin from the start."""

from __future__ import annotations

from fastapi import Request

from detector.reasons import Reason, Rejected


def refuse_unknown(request: Request) -> None:
    """A dependency of routes.

    Raises:
        Rejected: ``bad_request``, naming the parameter and those that there are.
    """
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            expected = f"expected {', '.join(sorted(known))}" if known else "there is none here"
            raise Rejected(Reason.BAD_REQUEST, f"the query parameter {name!r} is unknown; {expected}")
