"""The portal's own style sheet, scripts and mark, served by its own process."""

import mimetypes

from django.http import FileResponse, Http404, HttpRequest

from scraping.demo_portal.settings import HERE

FOLDER = HERE / "static"


def asset(_request: HttpRequest, name: str) -> FileResponse:
    """One file of the static folder; the names are few, so the folder is the list."""
    if name not in {path.name for path in FOLDER.iterdir()}:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse((FOLDER / name).open("rb"), content_type=kind, headers={"Cache-Control": "max-age=300"})
