"""What our browser sees beyond its top page: frames, shadow roots, answers, charts, links and forms."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from plotly.offline import get_plotlyjs

from scraping.browser import open_browser
from scraping.domain.browsing import Browser
from scraping.domain.errors import LayoutChanged, PortalUnavailable
from scraping.domain.tables import CHARTS_TYPE, tables_in

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

TOP = """<!doctype html><title>Top</title><a href="/other?token=abc">Other</a><a href="/file.csv" download>Get it</a>
<form action="/go" method="post"><label>Name <input name="n" value="x"></label>
<select id="s"><option value="1">One</option><option value="2">Two</option></select><button>Send</button></form>
<button role="tab">Week</button><iframe id="f" src="/frame"></iframe><my-app></my-app>
<div id="box" style="height:100px;overflow:auto"><div style="height:300px"></div></div>
<input id="pw" type="password"><script>
customElements.define('my-app', class extends HTMLElement { connectedCallback() {
  const root = this.attachShadow({mode: 'closed'});
  root.innerHTML = '<table><tr><th>A<th>B</tr><tr id="r1"><td>1<td>2</tr></table><button id="in">Inner</button>';
  root.querySelector('#in').onclick = () => fetch('/data.json').then(r => r.json()); } });
window.Highcharts = {charts: [undefined, {title: {textStr: 'Load'}, options: {}, series: [{name: 'E', options: {},
  xData: [1, 2], yData: [3, null], yAxis: {options: {title: {text: 'kWh'}}}}]}]};
window.Chart = {instances: {0: {options: {scales: {y: {title: {text: 'V'}}}},
  data: {labels: ['a', 'b'], datasets: [{label: 'U', data: [230, 231]}]}}}};
</script>"""
FRAME = """<p class="inner">Inside</p><table><tr><td>7<td>8</tr></table><input id="day" readonly>
<div id="p"></div><script src="/plotly.js"></script>
<script>Plotly.newPlot('p', [{name: 'Import', x: ['2026-01-01 00:00', '2026-01-01 01:00'], y: [1.5, null]}],
  {yaxis: {title: {text: 'kWh'}}})</script>"""
ANSWERS = {
    "/": (200, "text/html", TOP),
    "/frame": (200, "text/html", FRAME),
    "/data.json": (200, "application/json", '{"a": [1, 2], "said": "pass-word-9"}'),
    "/file.csv": (200, "text/csv", "a,b\r\n1,2\r\n"),
    "/plotly.js": (200, "text/javascript", get_plotlyjs()),
    "/busy": (503, "text/html", "busy"),
}


class Site(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        status, kind, text = ANSWERS.get(self.path.partition("?")[0], (404, "text/plain", "no"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Retry-After", "77")
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("sight"), hosts=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def browser(shared: Browser, site: str) -> Browser:
    shared.open(site)
    shared.responses()
    return shared


def test_selectors_step_into_frames_and_closed_shadow_roots(browser: Browser) -> None:
    assert browser.text("iframe#f >>> .inner") == "Inside"
    assert browser.text("my-app >>> button::text(Inner)") == "Inner"
    assert browser.cells(">>> tr") == [["A", "B"], ["1", "2"], ["7", "8"]] or browser.cells(">>> tr")[-1] == ["7", "8"]
    assert browser.cells("my-app >>> tr", "td", key="id")[1] == ["r1", "1", "2"]
    assert [browser.exists(one) for one in ("#nope >>> p", "my-app >>> nav", "button::text(Sen)")] == [False] * 3
    assert browser.markup("my-app >>> table").startswith("<table>")
    browser.set_value("iframe#f >>> #day", "2026-01-01")
    with pytest.raises(LayoutChanged, match="selector cannot be read"):
        browser.exists("a[[")


def test_the_answers_that_a_page_loads_are_seen_without_typed_secrets(browser: Browser) -> None:
    browser.fill("#pw", "pass-word-9", secret=True)
    browser.click("my-app >>> #in")
    browser.settle()
    (answer,) = [one for one in browser.responses() if one.kind == "fetch"]
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == {"a": [1, 2], "said": "[removed]"}
    assert browser.responses() == []


def test_requests_are_listed_without_what_may_be_secret(browser: Browser, site: str) -> None:
    browser.open(f"{site}data.json?token=abc&day=1")
    note = browser.requests()[-1] if "data.json" in browser.requests()[-1].url else browser.requests()[-2]
    assert note.url == f"{site}data.json?day=1"
    assert (note.method, note.status, note.content_type) == ("GET", 200, "application/json")
    assert note.size > 30


def test_charts_of_libraries_are_read_in_every_frame(browser: Browser) -> None:
    browser.wait_for("iframe#f >>> .js-plotly-plot .main-svg")
    found = {table.name.partition(" ")[0]: table for table in tables_in(browser.charts(), CHARTS_TYPE)}
    assert found["highcharts"].rows == ((1, 3), (2, None))
    assert found["highcharts"].fact("unit of E") == "kWh"
    assert found["chartjs"].rows == (("a", 230), ("b", 231))
    assert found["plotly"].rows == (("2026-01-01 00:00", 1.5), ("2026-01-01 01:00", None))
    assert found["plotly"].fact("unit of Import") == "kWh"


def test_links_and_forms_are_described_for_a_walk_that_changes_nothing(browser: Browser, site: str) -> None:
    links = {link.text: link for link in browser.links()}
    assert (links["Other"].url, links["Other"].kind, links["Other"].in_form) == (
        f"{site}other?token=abc",
        "link",
        False,
    )
    assert links["Get it"].download
    assert links["Send"].in_form
    assert links["Week"].kind == "tab"
    assert browser.text(links["Inner"].selector) == "Inner"
    form = next(form for form in browser.forms() if form.method == "post")
    assert [(one.label, one.kind) for one in form.fields] == [("Name", "text"), ("", "select")]
    assert form.fields[1].options == (("1", "One"), ("2", "Two"))


def test_a_dropdown_is_chosen_by_its_text_and_a_box_scrolls_to_its_end(browser: Browser) -> None:
    browser.choose("#s", "Two")
    assert browser.script("return document.querySelector('#s').value") == "2"
    with pytest.raises(LayoutChanged, match="no option 'Three'"):
        browser.choose("#s", "Three")
    moves = [browser.scroll("#box") for _ in range(6)]
    assert moves[0]
    assert not moves[-1]


def test_a_file_is_an_answer_too(browser: Browser) -> None:
    assert browser.download("a[download]").body == b"a,b\r\n1,2\r\n"
    assert [one.kind for one in browser.responses() if one.kind == "download"] == ["download"]


def test_cookies_go_from_one_browser_to_the_next(browser: Browser) -> None:
    browser.script("document.cookie = 'kept=yes; max-age=60'")
    cookies = browser.cookies()
    browser.script("document.cookie = 'kept=; max-age=0'")
    browser.restore_cookies(cookies)
    assert "kept=yes" in browser.script("return document.cookie")


def test_the_wait_that_a_portal_asks_for_travels_with_its_refusal(browser: Browser, site: str) -> None:
    with pytest.raises(PortalUnavailable) as caught:
        browser.open(f"{site}busy")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 77


def test_settling_ends_on_a_page_that_rests_long_before_its_patience(browser: Browser) -> None:
    begin = time.monotonic()
    browser.settle(timeout_s=200)
    assert time.monotonic() - begin < 100
