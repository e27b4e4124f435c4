"""What is known about the place where a table was seen: page, language, the period that was asked for. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Context:
    """`words` is what a person can read on the page, `source` its HTML, `site` the words of all pages of the portal,
    `asked` the days that were chosen, if any.

    `default_zone` is the zone of those who ask, for want of better.
    """

    address: str
    seen_at: datetime
    words: str = field(default="", repr=False)
    source: str = field(default="", repr=False)
    language: str = ""
    site: str = field(default="", repr=False)
    asked: tuple[date, date] | None = None
    default_zone: str = "UTC"

    @property
    def country(self) -> str:
        """The top-level domain, or the region of the language, in small letters; "" where neither names a country."""
        last = (urlsplit(self.address).hostname or "").rpartition(".")[2].lower()
        if len(last) == 2 and last.isalpha():
            return last
        region = self.language.replace("_", "-").partition("-")[2].lower()
        return region if len(region) == 2 else ""

    @property
    def month_first(self) -> bool | None:
        """Whether the month is usual before the day; None where nothing is known."""
        if self.country in ("us", "ph"):
            return True
        return False if self.country or self.language[:2] not in ("", "en") else None
