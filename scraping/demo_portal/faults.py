"""Ways for the portal to fail, for tests: POST /faults/ name=...&times=... where TWIN_DEMO_PORTAL_FAULTS=1.

One row of FAULTS (fault_table.py) is one fault: which requests it touches, what it makes of them, and how a visit must
end. `times` counts the requests that are still to fail; without it the fault stays until another POST.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from scraping.demo_portal import archetype, row_faults, settings
from scraping.demo_portal.fault_answers import Answer
from scraping.demo_portal.fault_table import FAULTS

_active: dict[str, int] = {}  # name to requests left; -1 is for ever


def middleware(get_response: Answer) -> Answer:
    """Let the active fault answer the requests that it touches."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        for name, left in list(_active.items()):
            change = FAULTS[name].change
            if change is not None and re.search(FAULTS[name].touches, request.path) and left != 0:
                _active[name] = left - 1 if left > 0 else left
                return change(request, get_response)
        return get_response(request)

    return answer


@csrf_exempt
def control(request: HttpRequest) -> HttpResponse:
    """Switch one fault on (POST name, times) or all off (POST without a name); tells what is active, and what harm
    visitors did since."""
    if not settings.FAULTS:
        raise Http404
    if request.method == "POST":
        _active.clear()
        name = request.POST.get("name", "")
        row_faults.set_active(None)
        if name and name not in FAULTS:
            return JsonResponse({"error": f"Known faults: {', '.join(FAULTS)}."}, status=400)
        if name:
            _active[name] = int(request.POST.get("times", -1))
            row_faults.set_active(FAULTS[name].rows)
    return JsonResponse({"active": _active, "harm": archetype.harm})
