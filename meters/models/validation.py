"""What validation found, what people decided, and what happened to the meter itself."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from meters.models.readings import Source
from meters.models.sites import Meter


class ValidationFinding(models.Model):
    """A span of one meter that a validation rule doubts, and what was decided about it.

    `rule` is the key of a plug-in in meters/rules. A finding is made once for each meter, rule and start.
    """

    class State(models.TextChoices):
        """Open until a person decides: values accepted count again, rejected ones never do."""

        OPEN = "open"
        ACCEPTED = "accepted", "values accepted"
        REJECTED = "rejected", "values rejected"

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="findings", db_index=False)
    rule = models.CharField(max_length=60)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    value = models.FloatField(null=True)
    sentence = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-start_at"]
        constraints = [
            models.UniqueConstraint(fields=["meter", "start_at", "rule"], name="one_finding_for_each_rule_and_start"),
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="finding_ends_after_its_start"),
        ]
        indexes = [models.Index(fields=["meter", "state", "start_at"], name="finding_by_state")]

    def __str__(self) -> str:
        return f"{self.rule} at {self.start_at:%Y-%m-%d %H:%M} UTC"


class MeterExchange(models.Model):
    """One device was replaced by another: registers start anew at `at`, and may count in another unit."""

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="exchanges")
    at = models.DateTimeField()
    old_serial = models.CharField(max_length=60, blank=True)
    new_serial = models.CharField(max_length=60, blank=True)
    old_final_kwh = models.FloatField(null=True, blank=True, help_text="last value of the old register")
    new_initial_kwh = models.FloatField(default=0.0, help_text="first value of the new register")
    old_factor = models.FloatField(default=1.0, help_text="transformer factor of the old register")
    new_factor = models.FloatField(default=1.0, help_text="transformer factor of the new register")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["meter", "at"], name="one_exchange_of_a_meter_at_a_time")]

    def __str__(self) -> str:
        return f"{self.old_serial or '?'} to {self.new_serial or '?'} on {self.at:%Y-%m-%d}"


class RegisterRead(models.Model):
    """What the cumulative register showed at an instant, before any factor; to check the intervals against."""

    pk = models.CompositePrimaryKey("meter_id", "read_at")
    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField()
    register_kwh = models.FloatField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.register_kwh:g} kWh at {self.read_at:%Y-%m-%d %H:%M} UTC"
