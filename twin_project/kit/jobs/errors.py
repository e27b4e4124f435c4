"""How a job ends when it does not end well."""

from datetime import timedelta


class JobError(Exception):
    """The work cannot be done, for a reason that a person can read.

    `advice` says what to do. With `retry_after` the job is queued again while it has attempts left;
    without it, it ends as failed at once.
    """

    def __init__(self, message: str, *, advice: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.advice = advice
        self.retry_after = retry_after


class Cancelled(BaseException):
    """Somebody asked for the job to stop. A BaseException, so that no `except Exception` swallows it."""


class Interrupted(BaseException):
    """The process was told to end (shutdown, lost worker): the job goes back into the queue."""
