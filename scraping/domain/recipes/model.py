"""A recipe as Python holds it, each part as docs/how-to/add-a-portal.md tells it."""

from dataclasses import dataclass, field

from scraping.domain.recipes.templates import has_dates

LOGIN_VERBS = ("code",)
VERBS = ("open", "fill", "choose", "set", "click", "press", "wait", "pick", "scroll")


@dataclass(frozen=True)
class Calendar:
    """A calendar to click through: how its month is shown, and what turns it."""

    title: str
    title_format: str
    back: str
    on: str
    day: str


@dataclass(frozen=True)
class Step:
    """One action. `target`: a selector, or an address for `open`; `value`: what is typed, chosen or asked."""

    verb: str
    target: str
    value: str = ""
    only_if: str = ""
    calendar: Calendar | None = None
    where: str = ""

    @property
    def selector(self) -> str:
        """What must be in the page for this step, "" for an address."""
        return {"open": "", "press": self.value, "scroll": ""}.get(self.verb, self.target)


@dataclass(frozen=True)
class Login:
    """How to get in. `done` shows that we are in, `wrong` that the portal does not know us."""

    page: str
    steps: tuple[Step, ...]
    done: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Signs:
    """What shows that the portal will not go on, beside what the engine knows by itself: selectors."""

    signed_out: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A meter that the recipe itself names."""

    reference: str
    name: str = ""
    place: str = ""
    country: str = ""


@dataclass(frozen=True)
class MeterPage:
    """Where the portal lists its meters: one for each match of `each`, or the page itself is one."""

    page: str
    each: str
    reference: str
    reference_pattern: str
    name: str
    link: str
    place: str


@dataclass(frozen=True)
class TableSpec:
    """How the rows of a table are got: pages, a button for more, a box to scroll."""

    select: str
    next: str = ""
    more: str = ""
    scroll: str = ""
    row: str = "tr, [role=row]"
    cell: str = "td, [role=gridcell], [role=cell]"
    heading: str = "th, [role=columnheader]"
    key: str = "aria-rowindex"


@dataclass(frozen=True)
class Claim:
    """How many rows there are, said by a text of the page (`pattern` finds the number) or by a fact of the document."""

    text: str = ""
    pattern: str = ""
    fact: str = ""
    less: int = 0


@dataclass(frozen=True)
class Check:
    """A text of the page or a fact of the document that must hold `contains` or be `equals`."""

    text: str = ""
    fact: str = ""
    equals: str = ""
    contains: str = ""


@dataclass(frozen=True)
class Readings:
    """How the readings of some days are brought: at most `days` of them, and of one month where it is `by_month`.

    `via`: response, download, chart or table; `target` its selector."""

    page: str
    steps: tuple[Step, ...]
    days: int
    ready: str
    empty: str
    refused: str
    via: str
    target: str
    keep: str = "last"
    table: TableSpec | None = None
    claim: Claim | None = None
    checks: tuple[Check, ...] = ()
    reopen: bool = False
    by_month: bool = False

    @property
    def has_dates(self) -> bool:
        """Whether the portal is asked for days at all."""
        return any(has_dates(text) for step in self.steps for text in (step.target, step.value)) or has_dates(self.page)


@dataclass(frozen=True)
class Value:
    """One quantity: its column, the unit that stands there, whether it is a register that only counts up.

    An `optional` one may be missing, as long as the table has no column that the recipe does not know.
    """

    quantity: str
    column: str
    unit: str
    register: bool = False
    optional: bool = False


@dataclass(frozen=True)
class MeterColumn:
    """The column that says of which meter a row is; `pattern` takes the number out of its text."""

    column: str
    pattern: str = ""


@dataclass(frozen=True)
class Across:
    """One row is a day, with a column for each hour (or each interval): `columns` is what these are called.

    `{n}` stands for their number, counted from `first` at midnight, `{time}` for a time of day.
    """

    columns: str
    first: int = 1

    @property
    def is_counted(self) -> bool:
        """Whether columns are numbered."""
        return "{n}" in self.columns


@dataclass(frozen=True)
class Series:
    """How a row is read. `stamp`: the columns that make a time; `zone`: an IANA name, "utc" or "offset"."""

    table: str
    stamp: tuple[str, ...]
    stamp_format: str
    stamp_at: str
    stamp_zone: str
    decimal: str
    thousands: str
    missing: tuple[str, ...]
    values: tuple[Value, ...]
    ignore: tuple[str, ...] = ()
    meter: MeterColumn | None = None
    across: Across | None = None


@dataclass(frozen=True)
class Recipe:
    """The whole of it."""

    title: str
    summary: str
    base_url: str
    zone: str
    interval_s: int
    login: Login
    readings: Readings
    series: Series
    meters: tuple[Declared, ...] = ()
    meter_page: MeterPage | None = None
    signs: Signs = field(default_factory=Signs)
    hosts: tuple[str, ...] = ()

    @property
    def quantities(self) -> tuple[str, ...]:
        """What it brings."""
        return tuple(value.quantity for value in self.series.values)

    @property
    def has_register(self) -> bool:
        """Whether a value counts up: its step needs the value before, so the day or month before is asked for, too."""
        return any(value.register for value in self.series.values)

    @property
    def overlap_days(self) -> int:
        """Days asked for before those wanted."""
        return 1 if self.has_register and not self.readings.by_month else 0
