"""Who is asked for the weather of a site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from meters.models import WeatherFeed
from meters.registry import weather_providers
from meters.services.weather_feeds import check_feed
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.params import describe


class WeatherFeedForm(forms.ModelForm[WeatherFeed]):
    """Parameters that the provider knows, addresses that may be asked."""

    class Meta:
        """All that a person may change."""

        model = WeatherFeed
        fields = ("site", "provider", "params", "enabled", "every_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = "; ".join(
            f"{provider.title}: {', '.join(info.name for info in describe(provider.Params)) or 'none'}"
            for provider in weather_providers.all().values()
        )
        self.fields["params"].help_text = f"JSON; {{}} for the usual. Known are: {about}."
        self.fields["params"].required = False

    def clean(self) -> dict[str, Any] | None:
        """Check it as the service does."""
        cleaned = super().clean()
        if cleaned and not self.errors:
            cleaned["params"] = cleaned.get("params") or {}
            check_feed(WeatherFeed(site=cleaned["site"], provider=cleaned["provider"], params=cleaned["params"]))
        return cleaned


@admin.register(WeatherFeed)
class WeatherFeedAdmin(admin.ModelAdmin[WeatherFeed]):
    """Weather sources, with how the last try went."""

    form = WeatherFeedForm
    list_display = ("site", "provider", "enabled", "fetched_at", "next_fetch_at", "failures", "problem")
    list_filter = ("enabled", "provider")
    list_select_related = ("site",)
    readonly_fields = ("tried_at", "fetched_at", "next_fetch_at", "failures", "problem", "advice")
    actions = ("fetch_now",)

    def save_model(self, request: HttpRequest, obj: WeatherFeed, form: Any, change: bool) -> None:
        """What was changed is tried at once."""
        obj.next_fetch_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.action(description="Fetch now", permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[WeatherFeed]) -> None:
        """A job for each."""
        for feed in queryset:
            enqueue(kind="fetch_weather", params={"feed_id": feed.pk}, by=request.user)  # type: ignore[arg-type]  # signed in
        self.message_user(request, f"{len(queryset)} fetches were asked for.")
