"""Forecasts in the Django admin: trained forecasters to retire, runs and scores to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from forecasting.models import ForecastRun, ForecastScore, TrainedForecaster
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(TrainedForecaster)
class TrainedForecasterAdmin(ReadOnlyAdmin):
    """What was trained on what."""

    list_display = (
        "meter",
        "forecaster",
        "version",
        "trained_at",
        "readings_n",
        "data_through_at",
        "with_weather",
        "retired",
    )
    list_filter = ("forecaster", "retired", "meter")
    date_hierarchy = "trained_at"
    list_select_related = ("meter",)
    actions = ("retrain", "retire")

    @admin.action(description="Train these anew", permissions=["view"])
    def retrain(self, request: HttpRequest, queryset: QuerySet[TrainedForecaster]) -> None:
        """Enqueue a training for each meter and forecaster chosen."""
        wanted = set(queryset.values_list("meter_id", "forecaster"))
        for meter_id, forecaster in wanted:
            enqueue(
                kind="train_forecaster",
                params={"meter_id": meter_id, "forecaster": forecaster},
                by=request.user,  # type: ignore[arg-type]  # the admin is for signed-in users
            )
        self.message_user(request, f"{len(wanted)} trainings were asked for; see Jobs.")

    @admin.action(description="Retire: no new forecasts with these", permissions=["view"])
    def retire(self, request: HttpRequest, queryset: QuerySet[TrainedForecaster]) -> None:
        """Their past runs stay."""
        self.message_user(request, f"{queryset.update(retired=True)} were retired.")


class ScoreInline(admin.StackedInline[ForecastScore, ForecastRun]):
    """How the run turned out."""

    model = ForecastScore
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: ForecastRun | None = None) -> bool:
        """Scoring writes it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ForecastRun | None = None) -> bool:
        """Scoring writes it."""
        return False


@admin.register(ForecastRun)
class ForecastRunAdmin(ReadOnlyAdmin):
    """Every forecast as it was issued."""

    list_display = ("meter", "forecaster", "issued_at", "data_cutoff_at", "ends_at", "weather", "mae_kw", "coverage80")
    list_filter = ("forecaster", "meter", "weather")
    date_hierarchy = "issued_at"
    list_select_related = ("meter", "score")
    inlines = (ScoreInline,)

    @admin.display(description="MAE, kW")
    def mae_kw(self, run: ForecastRun) -> str:
        """Of the readings that have come."""
        return f"{run.score.mae_kw:.3f}" if hasattr(run, "score") else "—"

    @admin.display(description="in the 80 % band")
    def coverage80(self, run: ForecastRun) -> str:
        """Share of the readings that have come."""
        return f"{100 * run.score.coverage80:.0f} %" if hasattr(run, "score") else "—"
