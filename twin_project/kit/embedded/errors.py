"""The one error of the embedded server."""

ELSEWHERE = "Or name a PostgreSQL of your own in DATABASE_URL."


class EmbeddedError(RuntimeError):
    """The embedded server cannot serve; the message says what happened and what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} {ELSEWHERE}")
