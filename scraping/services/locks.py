"""The one visit of an account at a time: the name of its advisory lock (kit.jobs.services.alone)."""


def lock_of(account_id: int) -> str:
    """Held by whoever visits the account, and gone with that process."""
    return f"portal account {account_id}"
