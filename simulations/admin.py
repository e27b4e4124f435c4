"""Scenarios, runs and replays in the admin: to look at; a run is asked for again by an action."""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from simulations.models import Replay, Scenario, ScenarioEvent, Scorecard, SimulationPart, SimulationRun
from simulations.services import ask_simulation
from twin_project.kit.read_only_admin import ReadOnlyAdmin


class _Events(admin.TabularInline[ScenarioEvent, Scenario]):
    model = ScenarioEvent
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Scenario | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Scenario | None = None) -> bool:
        return False


@admin.register(Scenario)
class ScenarioAdmin(admin.ModelAdmin[Scenario]):
    """Events are changed in the builder, where they are checked."""

    list_display = ("name", "start_at", "end_at", "forecaster", "created_by", "changed_at")
    search_fields = ("name", "note")
    readonly_fields = ("meters", "start_at", "end_at", "forecaster", "created_by", "created_at", "changed_at")
    inlines = [_Events]
    actions = ["run_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The builder makes them."""
        return False

    @admin.action(description="Run the chosen scenarios")
    def run_again(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        """Ask for each."""
        assert isinstance(request.user, User)  # the admin lets nobody else pass
        for row in queryset:
            ask_simulation(scenario=row, now=timezone.now(), by=request.user)
        self.message_user(request, f"{queryset.count()} asked for.", messages.SUCCESS)


@admin.register(SimulationRun)
class SimulationRunAdmin(ReadOnlyAdmin):
    """What was asked and what came of it."""

    list_display = ("scenario", "state", "requested_at", "finished_at", "seconds", "requested_by")
    list_filter = ("state",)
    exclude = ("total",)


@admin.register(SimulationPart)
class SimulationPartAdmin(ReadOnlyAdmin):
    """By which training each meter was told."""

    list_display = ("run", "meter", "trained", "data_cutoff_at", "weather")


@admin.register(Replay)
class ReplayAdmin(ReadOnlyAdmin):
    """Past events told again."""

    list_display = ("meter", "kind", "start_at", "words", "told_mae_kw", "untold_mae_kw", "coverage80_pct")
    list_filter = ("kind",)
    exclude = ("series",)


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnlyAdmin):
    """What they add up to."""

    list_display = ("meter", "kind", "forecaster", "replays_n", "told_mae_kw", "untold_mae_kw", "spread")
