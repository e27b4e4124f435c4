"""Calls into plug-ins, whose files may be a stranger's: whatever goes wrong in them becomes a sentence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from forecasting.domain.errors import ForecastError

logger = logging.getLogger("twin.forecasting")


class ForecasterFailed(ForecastError):
    """A forecaster raised what its contract does not allow: a fault of its file."""


@contextmanager
def guarded(title: str, doing: str) -> Iterator[None]:
    """Turn an unexpected error inside into ForecasterFailed; the log keeps the traceback."""
    try:
        yield
    except ForecastError:
        raise
    except Exception as error:
        logger.exception("%s failed while %s", title, doing)
        raise ForecasterFailed(
            f"{title} failed while {doing} ({type(error).__name__}: {error}). The other forecasters serve meanwhile."
        ) from error
