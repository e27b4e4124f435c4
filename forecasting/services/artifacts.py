"""Files of trained forecasters, under `var/artifacts/`. Their hash is in the database and checked before use."""

import hashlib
import shutil
from pathlib import Path

from forecasting.domain.contract import Forecaster
from forecasting.domain.errors import ForecastError
from forecasting.models import TrainedForecaster
from forecasting.registry import forecasters
from twin_project.kit.env import VAR

FOLDER = VAR / "artifacts"


class CorruptArtifact(ForecastError):
    """The files are missing or not the ones that were saved."""


def folder_of(trained: TrainedForecaster) -> Path:
    """Where its files are."""
    return FOLDER / f"meter-{trained.meter_id}" / f"{trained.forecaster}-v{trained.version}"


def save_files(*, forecaster: Forecaster, trained: TrainedForecaster) -> str:
    """Write the files beside their place, move them there at once, and return their hash."""
    place = folder_of(trained)
    draft = place.with_name(f".{place.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    forecaster.save(draft)
    shutil.rmtree(place, ignore_errors=True)  # of a training that was killed before its row was committed
    draft.rename(place)
    return _hash(place)


def open_trained(trained: TrainedForecaster) -> Forecaster:
    """The forecaster out of its files; raises CorruptArtifact, CannotLoad."""
    place = folder_of(trained)
    if not place.is_dir() or _hash(place) != trained.sha256:
        raise CorruptArtifact(
            f"The files of {trained} are missing or were changed, so they are not opened. Train it again."
        )
    return forecasters.get(trained.forecaster).load(place)


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()
