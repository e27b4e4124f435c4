"""Which files came in, and how far each is."""

from django.db.models import QuerySet

from meters.models import ImportBatch, Site

RECENT = 30


def recent_imports() -> QuerySet[ImportBatch]:
    """The latest files, without what was refused of them."""
    rows = ImportBatch.objects.select_related("meter", "site", "created_by", "undone_by")
    return rows.defer("rejects", "preview", "options")[:RECENT]


def import_with(pk: int) -> ImportBatch | None:
    """One file with its target."""
    return ImportBatch.objects.select_related("meter__site", "site", "source").filter(pk=pk).first()


def all_sites() -> QuerySet[Site]:
    """Every site, by name."""
    return Site.objects.all()
