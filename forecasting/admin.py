"""Forecasts in the Django admin: trained forecasters to retrain, promote and retire; care, decisions, runs, scores."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from forecasting.models import Backtest, Decision, ForecastCare, ForecastRun, ForecastScore, TrainedForecaster
from forecasting.services import CannotServe, promote, retire
from meters.selectors import get_meter
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(TrainedForecaster)
class TrainedForecasterAdmin(ReadOnlyAdmin):
    """What was trained on what, and how its trial went."""

    list_display = (
        "meter",
        "forecaster",
        "version",
        "trained_at",
        "readings_n",
        "data_through_at",
        "with_weather",
        "trial",
        "retired",
    )
    list_filter = ("forecaster", "retired", "meter")
    date_hierarchy = "trained_at"
    list_select_related = ("meter",)
    actions = ("retrain", "promote", "retire")

    @admin.display(description="trial, MAE kW")
    def trial(self, row: TrainedForecaster) -> str:
        """Its error on the last weeks beside that of its rival."""
        if row.trial_mae_kw is None or row.rival_mae_kw is None:
            return "—"
        return f"{row.trial_mae_kw:.3f} of {row.rival_mae_kw:.3f}"

    @admin.action(description="Retrain: train these forecasters anew", permissions=["view"])
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

    @admin.action(description="Promote: put these forecasters in charge of their meters", permissions=["view"])
    def promote(self, request: HttpRequest, queryset: QuerySet[TrainedForecaster]) -> None:
        """One forecaster for each meter."""
        self._each(request, queryset, promote, "is in charge now")

    @admin.action(description="Retire: these forecasters shall not serve their meters any more", permissions=["view"])
    def retire(self, request: HttpRequest, queryset: QuerySet[TrainedForecaster]) -> None:
        """Their past runs stay."""
        self._each(request, queryset, retire, "was retired")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[TrainedForecaster], do: Callable[..., Any], told: str
    ) -> None:
        for meter_id, forecaster in sorted(set(queryset.values_list("meter_id", "forecaster"))):
            meter = get_meter(meter_id)
            try:
                do(meter=meter, forecaster=forecaster, now=timezone.now(), by=request.user, why="In the admin.")
            except CannotServe as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{forecaster} {told} on {meter}.")


@admin.register(ForecastCare)
class ForecastCareAdmin(admin.ModelAdmin[ForecastCare]):
    """Who is in charge of each meter; the rules can be changed here too."""

    list_display = ("meter", "champion", "champion_since_at", "promotes_by_rule", "drifted_at", "next_training_at")
    list_filter = ("champion", "promotes_by_rule")
    list_select_related = ("meter",)
    fields = ("meter", "champion", "champion_since_at", "promotes_by_rule", "better_by_pct", "over_days", "drift_pct",
              "retrain_days", "next_training_at", "retired", "drifted_at", "drift_words")  # fmt: skip
    readonly_fields = ("meter", "champion", "champion_since_at", "retired", "next_training_at", "drifted_at",
                       "drift_words")  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The first forecast makes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ForecastCare | None = None) -> bool:
        """It goes with its meter."""
        return False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Who or which rule decided what, when and why."""

    list_display = ("at", "meter", "forecaster", "what", "instead_of", "by", "why")
    list_filter = ("what", "forecaster", "meter")
    date_hierarchy = "at"
    list_select_related = ("meter", "by")


@admin.register(Backtest)
class BacktestAdmin(ReadOnlyAdmin):
    """What was asked of the past."""

    list_display = ("meter", "first_day", "last_day", "weather", "created_at", "finished_at")
    list_filter = ("weather", "meter")
    list_select_related = ("meter",)


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

    list_display = ("meter", "forecaster", "issued_at", "data_cutoff_at", "ends_at", "weather", "rehearsed", "mae_kw",
                    "coverage80")  # fmt: skip
    list_filter = ("forecaster", "rehearsed", "meter", "weather")
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
