"""The matrix of faults: one row each, from which tests, the benchmark and docs/scraping.md are made."""

from dataclasses import dataclass

from scraping.demo_portal import fault_answers as answers
from scraping.demo_portal import row_faults as rows
from scraping.demo_portal.fault_answers import Change, rewritten, says
from scraping.demo_portal.row_faults import RowChange

PAGES = r"^/(?!static/|faults/)"
FILES = r"(\.csv|exportar\.do|energy/download)$"
TABLES = r"^/(plain-table|paginated-table|session-expiry|cumulative-register)/.*(hourly|lastgang|readings|registers)"
FEEDS = r"/(usage|readings\.json|fragment|export/load)$"

ALL, GOOD, NONE = "everything", "the good rows", "nothing"


@dataclass(frozen=True)
class Fault:
    """`ends`: how the visit ends, an error class or "done". `stored`: what of the readings is stored by then.

    `touches`: a pattern of paths. `site`: the archetype on which the benchmark tries it. Without `change` and `rows`
    the fault is one of the machine, and the benchmark makes it.
    """

    what: str
    ends: str
    stored: str = NONE
    site: str = "csv_download"
    touches: str = PAGES
    change: Change | None = None
    rows: RowChange | None = None
    times: int = -1

    @property
    def is_their_word(self) -> bool:
        """Whether the readings differ because the portal says so: they are stored, and corrected later."""
        return self.rows is rows.revised_rows


FAULTS: dict[str, Fault] = {
    # The portal does not serve.
    "down": Fault(
        "503 on every page, with Retry-After",
        "PortalUnavailable",
        change=says(503, "Maintenance.", {"Retry-After": "120"}),
    ),
    "error_500": Fault("500 on every page", "PortalUnavailable", change=says(500, "Server error.")),
    "error_500_on_file": Fault(
        "500 instead of the file", "PortalUnavailable", touches=FILES, change=says(500, "Server error.")
    ),
    "too_many_requests": Fault("429", "Blocked", change=says(429, "Slow down.")),
    "forbidden": Fault("403", "Blocked", change=says(403, "Forbidden.")),
    "slow_drip": Fault("a byte a second without end", "PortalUnavailable", change=answers.slow_drip),
    "reset": Fault("the connection breaks", "PortalUnavailable", change=answers.reset),
    "redirect_loop": Fault(
        "a page that leads to itself", "PortalUnavailable", change=answers.inside(answers.redirect_loop)
    ),
    "foreign_host": Fault(
        "a redirect to a foreign host", "PortalUnavailable", change=answers.inside(answers.foreign_host)
    ),
    "maintenance": Fault(
        "a friendly maintenance page with status 200", "PortalUnavailable", change=says(200, answers.MAINTENANCE)
    ),
    # The portal does not let us in.
    "captcha": Fault("a captcha", "Blocked", change=says(200, answers.CAPTCHA)),
    "account_locked": Fault("the account is locked", "Blocked", change=answers.inside(says(200, answers.LOCKED))),
    "second_factor": Fault(
        "a code is asked for all of a sudden",
        "SecondFactorRequired",
        change=answers.inside(says(200, answers.SECOND_FACTOR)),
    ),
    "password_changed": Fault(
        "the password is wrong since today", "InvalidCredentials", change=answers.password_changed
    ),
    "signed_out": Fault(
        "the sign-in page instead of every file", "PortalUnavailable", touches=FILES, change=answers.signed_out
    ),
    "signed_out_once": Fault(
        "the sign-in page in mid-run, once", "done", ALL, touches=FILES, change=answers.signed_out, times=1
    ),
    # What comes is not what was asked for.
    "garbage_page": Fault("garbage for a page", "LayoutChanged", change=says(200, "<p>lorem ipsum</p>")),
    "garbage_file": Fault("garbage for a file", "LayoutChanged", touches=FILES, change=answers.garbage_file),
    "empty_file": Fault("a file of no bytes", "LayoutChanged", touches=FILES, change=answers.empty_file),
    "short_file": Fault(
        "a file whose last rows are missing", "LayoutChanged", touches=FILES, change=rewritten(answers.cut_rows)
    ),
    "truncated_file": Fault(
        "a file that breaks off in a line", "LayoutChanged", touches=FILES, change=rewritten(answers.cut_file)
    ),
    "truncated_json": Fault(
        "JSON that breaks off", "LayoutChanged", site="xhr_json", touches=FEEDS, change=rewritten(answers.cut_json)
    ),
    "html_as_file": Fault(
        "HTML under the name of a CSV file", "LayoutChanged", touches=FILES, change=answers.html_as_file
    ),
    "page_instead_of_file": Fault(
        "a page instead of the file",
        "NoDownload",
        site="xlsx_download",
        touches=FILES,
        change=answers.page_instead_of_file,
    ),
    "fewer_rows": Fault(
        "fewer rows than the answer claims",
        "LayoutChanged",
        site="xhr_json",
        touches=FEEDS,
        change=rewritten(answers.fewer_rows),
    ),
    "partial_page": Fault(
        "a table page without its last rows",
        "LayoutChanged",
        site="paginated_table",
        touches=TABLES,
        change=rewritten(answers.fewer_rows),
    ),
    "alert_box": Fault(
        "a box that wants to be clicked away on every page", "done", ALL, change=rewritten(answers.alert_box)
    ),
    # The layout moves.
    "renamed_column": Fault(
        "a column is renamed", "LayoutChanged", touches=FILES, change=rewritten(answers.renamed_column)
    ),
    "missing_column": Fault(
        "a column is gone", "LayoutChanged", touches=FILES, change=rewritten(answers.missing_column)
    ),
    "reordered_columns": Fault(
        "columns change places", "done", ALL, touches=FILES, change=rewritten(answers.reordered_columns)
    ),
    "unit_changed": Fault(
        "Wh instead of kWh, the heading says so", "LayoutChanged", touches=FILES, change=rewritten(answers.unit_changed)
    ),
    "layout_changed": Fault(
        "a relaunch: no tables, new ids and names",
        "LayoutChanged",
        site="plain_table",
        change=rewritten(answers.layout_changed),
    ),
    "no_number": Fault(
        "words where numbers stood", "LayoutChanged", touches=FILES, change=rewritten(answers.no_number)
    ),
    "stamps_without_zone": Fault(
        "stamps without their offset", "LayoutChanged", touches=FILES, change=rewritten(answers.stamps_without_zone)
    ),
    "utc_stamps": Fault(
        "stamps in another zone, with their offset", "done", ALL, touches=FILES, change=rewritten(answers.utc_stamps)
    ),
    "other_meter": Fault(
        "another customer's meter", "LayoutChanged", touches=FILES, change=rewritten(answers.other_meter)
    ),
    # The rows are odd.
    "duplicate_rows": Fault("rows of a day twice", "done", ALL, rows=rows.duplicate_rows),
    "out_of_order_rows": Fault("rows in no order", "done", ALL, rows=rows.out_of_order_rows),
    "revised_rows": Fault("a day corrected, then corrected back", "done", GOOD, rows=rows.revised_rows),
    "future_rows": Fault("rows of the day after tomorrow", "done", ALL, rows=rows.future_rows),
    "negative_rows": Fault("consumption below zero", "done", GOOD, rows=rows.negative_rows),
    "spike_rows": Fault("an hour of rubbish", "done", GOOD, rows=rows.spike_rows),
    "empty_day": Fault("a day without a row", "done", GOOD, rows=rows.empty_day),
    "wrong_period": Fault("other days than were asked for", "LayoutChanged", rows=rows.wrong_period),
    "slots_48": Fault(
        "a row for the hour that the clock skipped",
        "done",
        ALL,
        site="plain_table",
        touches=TABLES,
        change=rewritten(answers.slots_48),
    ),
    # The machine fails; the benchmark makes these.
    "browser_crash": Fault("Chromium is killed in mid-visit", "done", ALL),
    "full_dev_shm": Fault("shared memory is full", "done", ALL),
    "disk_full": Fault("no space where the visit works", "NoRoom"),
    "clock_jump": Fault("the machine's clock is two days fast", "done", ALL),
}
