"""How all rows of a table are got: pages, a button for more, a box to scroll. Works on the Browser protocol alone."""

from dataclasses import dataclass

from scraping.domain.browsing import Browser

# Every table of the page, its same-site frames and open shadow roots, with what makes it grow beside it.
_TABLES = r"""const out = [];
const unique = (root, css) => { try { return root.querySelectorAll(css).length === 1; } catch (bad) { return false; } };
const passing = /\d|active|hover|focus|odd|even/;
const named = (root, node) => {
  if (node.id && !/\d{4,}/.test(node.id) && unique(root, '#' + CSS.escape(node.id))) return '#' + CSS.escape(node.id);
  const tag = node.tagName.toLowerCase(), classes = [...node.classList].filter(one => !passing.test(one));
  for (const one of classes) if (unique(root, tag + '.' + CSS.escape(one))) return tag + '.' + CSS.escape(one);
  for (const name of ['rel', 'role', 'aria-label', 'name', 'data-testid', 'title']) {
    const css = `${tag}[${name}="${CSS.escape(node.getAttribute(name) || '')}"]`;
    if (node.getAttribute(name) && unique(root, css)) return css;
  }
  if (unique(root, tag)) return tag;
  const parent = node.parentElement;
  if (!parent) return tag;
  const same = [...parent.children].filter(child => child.tagName === node.tagName);
  return named(root, parent) + ' > ' + tag + (same.length > 1 ? `:nth-of-type(${same.indexOf(node) + 1})` : '');
};
const seen = node => node.getClientRects().length > 0;
const label = node => node.getAttribute('aria-label') || '';
const words = node => (node.innerText || node.value || label(node) || node.title || '').trim();
const one = texts => new RegExp(texts.join('|'), 'i');
const NEXT = new RegExp(['^(next|next page|older|weiter|nächste( seite)?|(page )?suivante?|siguiente|successiv[ao]',
  '|avanti|volgende|seguinte|próxim[ao]|›|»|>|→)\\s*[›»>→]?$'].join(''), 'i');
const MORE = one(['^(show|load|see|view) (more|all)', '^more( rows| results)?$', '^mehr( anzeigen| laden)?$',
  '^alle anzeigen', '^(voir|afficher|charger) (plus|tout)', '^(ver|mostrar|cargar) (más|todo)',
  '^(mostra|carica) (altr|tutt)', '^(meer|toon|laad) (meer|alles|laden)', '^(ver|mostrar|carregar) mais']);
const scrolls = box => /auto|scroll/.test(getComputedStyle(box).overflowY)
  && box.scrollHeight > box.clientHeight * 1.5 && box.clientHeight > 60;
const look = (root, before) => {
  const path = node => before + named(root, node);
  for (const table of root.querySelectorAll('table, [role=grid], [role=treegrid], [role=table]')) {
    if (!seen(table) || table.querySelector('table')) continue;
    const rows = table.querySelectorAll('tr, [role=row]').length;
    const clicks = [...root.querySelectorAll('a, button, [role=button], input[type=button]')].filter(seen);
    const next = clicks.find(way => way.rel === 'next' || NEXT.test(words(way)) || /next/i.test(label(way)));
    const more = clicks.find(way => MORE.test(words(way)));
    const boxes = [...table.querySelectorAll('*'), table];
    for (let up = table.parentElement; up; up = up.parentElement) boxes.push(up);
    const claimed = +(table.getAttribute('aria-rowcount') || 0), box = claimed > rows + 2 && boxes.find(scrolls);
    out.push({select: path(table), rows, claimed, head: words(table).slice(0, 300), next: next ? path(next) : '',
      more: more ? path(more) : '', scroll: box ? path(box) : ''});
  }
  for (const node of root.querySelectorAll('*')) {
    if (node.shadowRoot) look(node.shadowRoot, path(node) + ' >>> ');
    if (node.tagName !== 'IFRAME') continue;
    try {
      if (node.contentDocument && node.contentDocument.body) look(node.contentDocument, path(node) + ' >>> ');
    } catch (refused) { continue; }
  }
};
look(document, '');
return out"""


@dataclass(frozen=True)
class Grown:
    """A table as it stands in a page: `select` finds it; `next`, `more` and `scroll` are "" where there is none."""

    select: str
    rows: int
    claimed: int
    head: str
    next: str
    more: str
    scroll: str

    def as_recipe(self) -> str | dict[str, str]:
        """What a recipe says under `table`."""
        ways = {name: value for name in ("next", "more", "scroll") if (value := getattr(self, name))}
        return {"select": self.select, **ways} if ways else self.select


def tables_of(browser: Browser) -> list[Grown]:
    """Every visible table of data, the longest first."""
    found = [Grown(**one) for one in browser.script(_TABLES)]
    return sorted(found, key=lambda one: -max(one.rows, one.claimed))
