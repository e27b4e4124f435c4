"""Files that came in: to look at only. The page Data stores, undoes and drops them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meters.models import ImportBatch
from twin_project.kit.read_only_admin import ReadOnlyAdmin

_LARGE = ("rejects", "preview", "report")  # up to ten thousand bad rows: the page Data shows them


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """What each file is and what it wrote."""

    list_display = ("name", "state", "meter", "site", "new_n", "changed_n", "same_n", "refused_n", "created_at", "page")
    list_filter = ("state", "format")
    list_select_related = ("meter", "site")
    search_fields = ("name", "sha256")
    date_hierarchy = "created_at"
    exclude = (*_LARGE, "path")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without what may be large."""
        return super().get_queryset(request).defer(*_LARGE)

    @admin.display(description="")
    def page(self, batch: ImportBatch) -> SafeString:
        """The way to its page."""
        return format_html('<a href="{}">Open</a>', reverse("data:batch", args=[batch.pk]))
