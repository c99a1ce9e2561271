"""``/console/pictures``: pictures behind the links that an item's page has."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from detector.reasons import ArtgateError
from worker.access.guard import name_of
from worker.console.console import Console
from worker.console.pictures.links import PATH
from worker.console.pictures.placeholder import placeholder
from worker.console.pictures.subject import Subject, SubjectKind, Variant
from worker.hook.problems import status_of


def router_for(console: Console) -> APIRouter:
    """The route of pictures."""
    router = APIRouter(prefix=PATH, dependencies=[Depends(console.guard)])
    known = Depends(name_of)

    @router.get("/{kind}/{subject_id}/{variant}")
    def show(
        *,
        kind: SubjectKind,
        subject_id: UUID,
        variant: Variant,
        until: Annotated[int, Query(ge=0, lt=2**62)] = 0,
        sign: Annotated[str, Query(max_length=64)] = "",
        viewer: str = known,
    ) -> Response:
        """One picture in one form, as a file that artgate has written; a drawing where there is none."""
        subject = Subject(kind=kind, id=subject_id)
        try:
            left = console.sources.links.check(subject, variant, viewer, until=until, sign=sign)
            shown = console.sources.pictures.rendition(subject, variant)
        except ArtgateError as error:
            drawn = placeholder(error.message)
            return Response(drawn.data, status_of(error), media_type=drawn.media_type)
        kept = {"Cache-Control": f"private, max-age={left}"}
        return Response(shown.data, headers=kept, media_type=shown.media_type)

    return router
