"""Portals in the Django admin: accounts to edit and start, visits and documents to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from scraping.forms import PortalAccountForm
from scraping.models import Backfill, CodeRequest, Evidence, PortalAccount, PortalMeter, ScrapeRun, StoredDocument
from scraping.services import ask_replay, check_sign_in, start_scraper, stop_scraper
from twin_project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(PortalAccount)
class PortalAccountAdmin(admin.ModelAdmin[PortalAccount]):
    """Accounts with their switch."""

    form = PortalAccountForm
    list_display = (
        "name",
        "portal",
        "username",
        "enabled",
        "interval_minutes",
        "next_visit_at",
        "failures",
        "stopped_because",
    )
    list_filter = ("enabled", "portal")
    search_fields = ("name", "username")
    actions = ("start", "stop", "check_sign_in", "replay")
    readonly_fields = ("session_kept_at", "terms_accepted_at", "terms_text", "stopped_class")

    @admin.action(description="Start: visit now and on schedule", permissions=["change"])
    def start(self, request: HttpRequest, queryset: QuerySet[PortalAccount]) -> None:
        """Start each."""
        for account in queryset:
            start_scraper(account=account, now=timezone.now(), by=request.user)  # type: ignore[arg-type]  # signed in
        self.message_user(request, f"{len(queryset)} scrapers were started.")

    @admin.action(description="Stop: cancel the visit that runs, no more visits", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[PortalAccount]) -> None:
        """Stop each."""
        for account in queryset:
            stop_scraper(account=account)
        self.message_user(request, f"{len(queryset)} scrapers were stopped.")

    @admin.action(description="Test the sign-in", permissions=["change"])
    def check_sign_in(self, request: HttpRequest, queryset: QuerySet[PortalAccount]) -> None:
        """Ask for each test."""
        for account in queryset:
            check_sign_in(account=account, by=request.user)  # type: ignore[arg-type]  # signed in
        self.message_user(request, f"{len(queryset)} sign-ins are being tested; the jobs tell how it went.")

    @admin.action(description="Read the kept documents again", permissions=["change"])
    def replay(self, request: HttpRequest, queryset: QuerySet[PortalAccount]) -> None:
        """Ask for each replay."""
        for account in queryset:
            ask_replay(account=account, by=request.user)  # type: ignore[arg-type]  # signed in
        self.message_user(request, f"The documents of {len(queryset)} accounts are being read again.")


@admin.register(PortalMeter)
class PortalMeterAdmin(ReadOnlyAdmin):
    """Which portal shows which meter."""

    list_display = ("account", "reference", "meter")
    list_select_related = ("account", "meter")


@admin.register(ScrapeRun)
class ScrapeRunAdmin(ReadOnlyAdmin):
    """Visits, the newest first."""

    list_display = (
        "account",
        "purpose",
        "started_at",
        "state",
        "documents_n",
        "new_n",
        "changed_n",
        "refused_n",
        "error_class",
        "error_message",
    )
    list_filter = ("state", "purpose", "account", "error_class")
    date_hierarchy = "started_at"
    list_select_related = ("account",)


@admin.register(StoredDocument)
class StoredDocumentAdmin(ReadOnlyAdmin):
    """Raw bytes with where they came from; the first 2,000 characters are shown."""

    list_display = (
        "meter_reference",
        "window_start_at",
        "window_end_at",
        "fetched_at",
        "size",
        "parsed_at",
        "parse_error",
    )
    list_filter = ("account", "parsed_at")
    search_fields = ("meter_reference", "sha256")
    exclude = ("body",)
    readonly_fields = ("beginning",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lists do not load the bytes."""
        return super().get_queryset(request).defer("body").extra(select={"size_bytes": "octet_length(body)"})

    @admin.display(description="bytes")
    def size(self, document: Any) -> int:
        """Length of the body."""
        return int(document.size_bytes)

    @admin.display(description="begins with")
    def beginning(self, document: StoredDocument) -> str:
        """As text."""
        return bytes(document.body)[:2000].decode(errors="replace")


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """What the browser showed when a visit failed."""

    list_display = ("run", "taken_at", "url")
    exclude = ("screenshot",)


@admin.register(CodeRequest)
class CodeRequestAdmin(ReadOnlyAdmin):
    """Codes that portals asked for; what was typed is not kept."""

    list_display = ("run", "question", "asked_at", "answered_at", "closed_at")


@admin.register(Backfill)
class BackfillAdmin(ReadOnlyAdmin):
    """What of the past was asked for, and how far it came."""

    list_display = ("account", "reference", "start_at", "end_at", "state", "created_at", "finished_at", "error_message")
    list_filter = ("state", "account")
    list_select_related = ("account",)
