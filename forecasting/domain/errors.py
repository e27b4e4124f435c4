"""What can go wrong with a forecast. Each message is a sentence for the person who asked."""


class ForecastError(Exception):
    """Base of all that a caller may show."""


class BadSeries(ForecastError, ValueError):
    """A load, weather or list of starts that the contract does not allow."""


class NotEnoughHistory(ForecastError):
    """Too few days to learn from; `have` and `need` are days."""

    def __init__(self, title: str, have: int, need: int) -> None:
        self.have, self.need = have, need
        super().__init__(f"{title} has {have} of {need} days of readings; it can be trained when the rest has come.")


class NotFitted(ForecastError):
    """A forecast was asked of a forecaster that was not trained."""


class CannotLoad(ForecastError):
    """A saved forecaster is missing, damaged or of another format."""
