"""What a page's console holds against it."""

from selenium.webdriver import Chrome

#: htmx calls a request an error that it gave up itself, for a newer one or because the page was left: two lines. Any
#: other end of a request has a line of its own beside the first of them.
GIVEN_UP = ("htmx:afterRequest,", "htmx:sendAbort,")


def complaints(page: Chrome) -> list[str]:
    """The errors since the last look."""
    log = page.get_log("browser")  # type: ignore[no-untyped-call]  # selenium left it untyped
    said = [line["message"] for line in log if line["level"] == "SEVERE"]
    return [line for line in said if not any(event in line for event in GIVEN_UP)]
