"""The pages of long work: what runs, how far it is, what went wrong, and the button that stops it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from twin_project.kit.access import operators_only
from twin_project.kit.htmx import render_page
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.selectors import JobView, job_view, recent_jobs
from twin_project.kit.jobs.services import enqueue, request_cancel


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs, of one state where `?state=` names it."""
    now, state = timezone.now(), request.GET.get("state", "")
    jobs = recent_jobs(now=now, state=state)
    live = any(view.job.is_open for view in jobs)
    context = {"jobs": jobs, "state": state, "states": Job.State.choices, "now": now, "live": live}
    return render_page(request, "jobs/job_list.html", context, partials=("job-rows",))


@require_GET
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job; asks again by itself while the job is open."""
    return _show(request, _find(pk))


@require_POST
@operators_only
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the job to stop."""
    request_cancel(job=_find(pk).job)
    return _show(request, _find(pk)) if request.headers.get("HX-Request") else redirect("jobs:job", pk)


@require_POST
@operators_only
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the same work once more."""
    old = _find(pk).job
    key = old.dedup_key  # the same work keeps its key: one open job
    new = enqueue(kind=old.kind, params=old.params, by=request.user, dedup_key=key)  # type: ignore[arg-type]  # signed in
    return redirect("jobs:job", new.pk)


def _find(pk: UUID) -> JobView:
    view = job_view(pk, now=timezone.now())
    if view is None:
        raise Http404
    return view


def _show(request: HttpRequest, view: JobView) -> HttpResponse:
    context = {"view": view, "job": view.job, "now": view.now}
    return render_page(request, "jobs/job.html", context, partials=("job-state",))
