"""JavaScript that the browser runs inside a portal's page."""

# [address, ready state, HTTP status or 0]
STATE = """const entry = performance.getEntriesByType('navigation')[0];
return [location.href, document.readyState, (entry && entry.responseStatus) || 0]"""

SET_VALUE = """const [field, value] = arguments; field.value = value;
for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}))"""

ATTRIBUTES = """const [selector, names] = arguments;
return [...document.querySelectorAll(selector)].map(found => names.map(name => found.getAttribute(name)))"""

# [HTTP status, text]; status 0 where the portal could not be reached
FETCH = """const [url, done] = arguments;
fetch(url, {credentials: 'same-origin'}).then(async r => done([r.status, await r.text()]), e => done([0, String(e)]))"""

# Blanks every field and text that holds a secret, and remembers what to put back.
HIDE = """const secrets = arguments[0], undo = [], holds = text => secrets.some(secret => text.includes(secret));
const blank = (node, name, by) => { undo.push([node, name, node[name]]); node[name] = by; };
for (const field of document.querySelectorAll('input, textarea'))
  if (field.type === 'password' || holds(field.value)) blank(field, 'value', '');
const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) if (holds(walker.currentNode.nodeValue)) blank(walker.currentNode, 'nodeValue', '…');
window.__twinUndo = undo"""

PUT_BACK = "for (const [node, name, value] of window.__twinUndo || []) node[name] = value; delete window.__twinUndo"
