"""Which meter the rows of a file belong to."""

from collections.abc import Iterable

from django.db import transaction

from meters.domain.files import BadTable
from meters.models import ImportBatch, Meter
from meters.services.register import ensure_meter

_NAMED = 10


class Targets:
    """The meters of one batch by the names that its file has for them; raises BadTable for a name without a meter."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self._known: dict[str, Meter] = {}
        self._alone = ""

    def meters(self, names: Iterable[str], *, interval_s: int, make: bool) -> dict[str, Meter | None]:
        """Name to meter; None for one that is made when the file is stored, unless it is to be made now."""
        wanted = [name for name in names if name not in self._known]
        if self.batch.meter is not None:
            self._one_only(wanted)
            self._known |= dict.fromkeys(wanted, self.batch.meter)
            return dict(self._known)
        if self.batch.site is None:
            raise BadTable("Choose the meter of this file, or the site of its meters.")
        if "" in wanted:
            raise BadTable("The file names no meter. Choose the meter that its readings belong to.")
        missing = [name for name in wanted if not self._find(name)]
        if missing and not self.batch.make_meters:
            listed = ", ".join(missing[:_NAMED]) + (
                f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            )
            raise BadTable(
                f"{self.batch.site} has no meter called {listed}. Have new meters made, or correct the names."
            )
        if make:
            with transaction.atomic():
                for name in missing:
                    self._known[name] = ensure_meter(site=self.batch.site, reference=name, interval_s=interval_s or 900)
            return dict(self._known)
        return {**self._known, **dict.fromkeys(missing)}

    def _find(self, name: str) -> bool:
        meters = Meter.objects.select_related("site").filter(site=self.batch.site)
        found = meters.filter(reference=name).first() or meters.filter(slug=name).first()
        found = found or meters.filter(name=name).first()
        if found is not None:
            self._known[name] = found
        return found is not None

    def _one_only(self, names: list[str]) -> None:
        for name in names:
            if self._alone and name != self._alone:
                raise BadTable(
                    f"The file has readings of several meters ({self._alone}, {name}, ...). Choose their site instead."
                )
            self._alone = name
