"""How long the readings of a meter usually take to come."""

from datetime import timedelta

from django.db import models

from meters.domain.lag import Lag
from meters.models.sites import Meter


class UsualLag(models.Model):
    """Learned after each ingest from the visits of the last weeks; seconds."""

    meter = models.OneToOneField(Meter, on_delete=models.CASCADE, primary_key=True, related_name="lag_row")
    usual_s = models.PositiveIntegerField()
    longest_s = models.PositiveIntegerField()
    visits_n = models.PositiveIntegerField()
    learned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.meter}: {self.usual_s / 3600:.1f} h"

    @property
    def lag(self) -> Lag:
        """As the domain has it."""
        return Lag(timedelta(seconds=self.usual_s), timedelta(seconds=self.longest_s), self.visits_n)
