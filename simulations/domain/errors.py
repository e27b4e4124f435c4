"""What can be wrong with a scenario: always by the field that is wrong."""


class SimulationError(Exception):
    """Base: the message is a sentence for a person."""


class BadScenario(SimulationError):
    """One field of a scenario cannot be; `field` names it as the form does."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(sentence)


class CannotSimulate(SimulationError):
    """There is not enough to go on: no readings, no weather, no forecaster; the message says what to do."""
