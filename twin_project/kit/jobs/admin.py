"""Jobs in the Django admin: to look at and to cancel. The queue's own tables stay out of it.

A django-q task or schedule names the function that it calls, so a form for it is code execution.
"""

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.jobs.services import request_cancel
from twin_project.kit.read_only_admin import ReadOnlyAdmin

for model in apps.get_app_config("django_q").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class JobLines(admin.TabularInline[JobLine, Job]):
    """The log under its job."""

    model = JobLine
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "level", "text")

    def has_add_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """The job writes its log."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, the newest first."""

    list_display = ("kind", "subject", "state", "step", "attempts", "created_at", "finished_at", "error_message")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("subject", "error_message")
    date_hierarchy = "created_at"
    inlines = (JobLines,)
    actions = ("cancel",)

    @admin.action(description="Cancel the chosen jobs", permissions=["view"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Ask each open one to stop."""
        jobs = [job for job in queryset if job.is_open]
        for job in jobs:
            request_cancel(job=job)
        self.message_user(request, f"{len(jobs)} jobs were asked to stop.")
