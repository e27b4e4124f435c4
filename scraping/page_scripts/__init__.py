"""JavaScript that the browser runs inside a portal's page.

A script that looks for elements begins with FIND and gets `[root, selector, deep, ...its own arguments]`.
"""

from pathlib import Path


def _script(name: str) -> str:
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")


FIND = _script("find")
CHARTS = _script("charts")
LINKS = FIND + _script("links")
FORMS = FIND + _script("forms")
HIDE = _script("hide")
SCROLL = FIND.replace("= arguments", "= [...arguments].slice(0, -1)") + _script("scroll")

# [address, ready state, HTTP status or 0]
STATE = """const entry = performance.getEntriesByType('navigation')[0];
return [location.href, document.readyState, (entry && entry.responseStatus) || 0]"""

# Before a page's own scripts: a closed shadow root would hide what every visitor sees, and ApexCharts lists no chart
# that has no id.
AT_START = """(() => { const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { return attach.call(this, {...init, mode: 'open'}); };
let apex; Object.defineProperty(window, 'ApexCharts', {configurable: true, get: () => apex, set: found => {
  const render = found && found.prototype && found.prototype.render; apex = found;
  if (render) found.prototype.render = function (...given) {
    (window.__twinCharts = window.__twinCharts || []).push(this); return render.apply(this, given); }; } }); })()"""

MATCHES = FIND + "return matches"

FRAMES = FIND + "return matches.map(found => [found, pathOf(found)])"

ATTRIBUTES = FIND + "return matches.map(found => given[0].map(name => found.getAttribute(name)))"

MARKUP = FIND + "return matches.map(found => found.outerHTML).join('\\n')"

CELLS = (
    FIND
    + """const text = cell => tidy(cell.innerText || cell.textContent);
return matches.map(row => [...given[1] ? [row.getAttribute(given[1]) || ''] : [],
  ...[...row.querySelectorAll(given[0])].map(text)])"""
)

SET_VALUE = """const [field, value] = arguments;
const kind = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value');
if (kind && kind.set) kind.set.call(field, value); else field.value = value;
for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}))"""

# the value chosen, or null
CHOOSE = """const [field, wanted] = arguments, options = [...field.options];
const option = options.find(one => one.value === wanted) || options.find(one => one.text.trim() === wanted);
if (!option) return null;
field.value = option.value;
for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
return option.value"""

# [HTTP status, text, Retry-After]; status 0 where the portal could not be reached
FETCH = """const [url, done] = arguments;
fetch(url, {credentials: 'same-origin'}).then(
  async r => done([r.status, await r.text(), r.headers.get('Retry-After') || '']), e => done([0, String(e), '']))"""

PUT_BACK = "for (const [node, name, value] of window.__twinUndo || []) node[name] = value; delete window.__twinUndo"
