"""Ways for the portal to fail, for tests: POST /faults/ name=...&times=... where TWIN_DEMO_PORTAL_FAULTS=1.

One row of FAULTS is one fault: which requests it touches, and what it makes of them. `times` counts the requests
that are still to fail; without it the fault stays until another POST.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

from scraping.demo_portal import settings

Answer = Callable[[HttpRequest], HttpResponseBase]
Change = Callable[[HttpRequest, Answer], HttpResponseBase]
PAGES = r"^/(?!static/|faults/)"
FILES = r"\.csv$"


@dataclass(frozen=True)
class Fault:
    """`touches`: a pattern of paths. `change` gets the request and a way to ask the view itself."""

    touches: str
    change: Change


def _broken_table(_request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    return HttpResponse(b"\x00\xff<<< %PDF garbage\r\n" * 40, content_type="text/csv", headers=_attachment())


def _renamed_column(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    return _rewritten(answer(request), lambda text: text.replace("Energy (kWh)", "Consumption (kWh)"))


def _missing_column(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    return _rewritten(answer(request), lambda text: re.sub(r"(?m)^([^#,\r\n]*),[^,\r\n]*", r"\1", text))


def _short_file(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    return _rewritten(answer(request), lambda text: text[: len(text) * 2 // 3].rpartition("\r\n")[0] + "\r\n")


def _signed_out(request: HttpRequest, _answer: Answer) -> HttpResponseBase:
    request.session.flush()
    return redirect("sign_in")


def _answers(status: int, text: str = "", headers: dict[str, str] | None = None) -> Change:
    return lambda _request, _answer: HttpResponse(text, status=status, headers=headers)


FAULTS = {
    "down": Fault(PAGES, _answers(503, "Maintenance.", {"Retry-After": "120"})),
    "error_500": Fault(PAGES, _answers(500, "Server error.")),
    "error_500_on_file": Fault(FILES, _answers(500, "Server error.")),
    "too_many_requests": Fault(PAGES, _answers(429, "Slow down.")),
    "garbage_page": Fault(PAGES, _answers(200, "<p>lorem ipsum</p>")),
    "garbage_file": Fault(FILES, _broken_table),
    "renamed_column": Fault(FILES, _renamed_column),
    "missing_column": Fault(FILES, _missing_column),
    "short_file": Fault(FILES, _short_file),
    "signed_out": Fault(FILES, _signed_out),
}
_active: dict[str, int] = {}  # name to requests left; -1 is for ever


def middleware(get_response: Answer) -> Answer:
    """Let the active fault answer the requests that it touches."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        for name, left in list(_active.items()):
            if re.search(FAULTS[name].touches, request.path) and left != 0:
                _active[name] = left - 1 if left > 0 else left
                return FAULTS[name].change(request, get_response)
        return get_response(request)

    return answer


@csrf_exempt
def control(request: HttpRequest) -> HttpResponse:
    """Switch one fault on (POST name, times) or all off (POST without a name); tells what is active."""
    if not settings.FAULTS:
        raise Http404
    if request.method == "POST":
        _active.clear()
        name = request.POST.get("name", "")
        if name and name not in FAULTS:
            return JsonResponse({"error": f"Known faults: {', '.join(FAULTS)}."}, status=400)
        if name:
            _active[name] = int(request.POST.get("times", -1))
    return JsonResponse({"active": _active})


def _rewritten(response: HttpResponseBase, change: Callable[[str], str]) -> HttpResponseBase:
    if isinstance(response, HttpResponse) and response.status_code == 200:
        response.content = change(response.content.decode()).encode()
    return response


def _attachment() -> dict[str, str]:
    return {"Content-Disposition": 'attachment; filename="readings.csv"'}
