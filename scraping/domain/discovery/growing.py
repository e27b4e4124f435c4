"""How the rows of a table are all got: pages, a button for more, a box to scroll. Works on the Browser protocol alone."""

from dataclasses import dataclass

from scraping.domain.browsing import Browser

# Every table of the page, its same-site frames and open shadow roots, with what makes it grow beside it.
_TABLES = r"""const out = [];
const unique = (root, css) => { try { return root.querySelectorAll(css).length === 1; } catch (bad) { return false; } };
const named = (root, node) => {
  if (node.id && !/\d{4,}/.test(node.id) && unique(root, '#' + CSS.escape(node.id))) return '#' + CSS.escape(node.id);
  const tag = node.tagName.toLowerCase(), classes = [...node.classList].filter(one => !/\d|active|hover|focus|odd|even/.test(one));
  for (const one of classes) if (unique(root, tag + '.' + CSS.escape(one))) return tag + '.' + CSS.escape(one);
  for (const name of ['rel', 'role', 'aria-label', 'name', 'data-testid', 'title'])
    if (node.getAttribute(name) && unique(root, `${tag}[${name}="${CSS.escape(node.getAttribute(name))}"]`))
      return `${tag}[${name}="${CSS.escape(node.getAttribute(name))}"]`;
  if (unique(root, tag)) return tag;
  const parent = node.parentElement;
  if (!parent) return tag;
  const same = [...parent.children].filter(child => child.tagName === node.tagName);
  return named(root, parent) + ' > ' + tag + (same.length > 1 ? `:nth-of-type(${same.indexOf(node) + 1})` : '');
};
const seen = node => node.getClientRects().length > 0;
const words = node => (node.innerText || node.value || node.getAttribute('aria-label') || node.title || '').trim();
const NEXT = /^(next|next page|weiter|nächste( seite)?|suivante?|page suivante|siguiente|successiv[ao]|avanti|volgende|seguinte|próxim[ao]|older|›|»|>|→)\s*[›»>→]?$/i;
const MORE = /^(show|load|see|view) (more|all)|^more( rows| results)?$|^mehr( anzeigen| laden)?$|^alle anzeigen|^(voir|afficher|charger) (plus|tout)|^(ver|mostrar|cargar) (más|todo)|^(mostra|carica) (altr|tutt)|^(meer|toon|laad) (meer|alles|laden)|^(ver|mostrar|carregar) mais/i;
const look = (root, before) => {
  const inside = css => [...root.querySelectorAll(css)];
  const path = node => before + named(root, node);
  for (const table of inside('table, [role=grid], [role=treegrid], [role=table]')) {
    if (!seen(table) || table.querySelector('table')) continue;
    const rows = table.querySelectorAll('tr, [role=row]').length;
    const clicks = inside('a, button, [role=button], input[type=button]').filter(seen);
    const next = clicks.find(one => one.rel === 'next' || NEXT.test(words(one)) || /next/i.test(one.getAttribute('aria-label') || ''));
    const more = clicks.find(one => MORE.test(words(one)));
    const boxes = [...table.querySelectorAll('*'), table]; for (let up = table.parentElement; up; up = up.parentElement) boxes.push(up);
    const box = boxes.find(one => /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight * 1.5 && one.clientHeight > 60);
    const claimed = +(table.getAttribute('aria-rowcount') || 0);
    out.push({select: path(table), rows, claimed, head: words(table).slice(0, 300),
      next: next && root.contains(next) ? path(next) : '', more: more ? path(more) : '',
      scroll: box && (claimed > rows + 2) ? path(box) : '', key: table.querySelector('[aria-rowindex]') ? 'aria-rowindex' : ''});
  }
  for (const node of root.querySelectorAll('*')) {
    if (node.shadowRoot) look(node.shadowRoot, path(node) + ' >>> ');
    if (node.tagName === 'IFRAME') { try { if (node.contentDocument && node.contentDocument.body) look(node.contentDocument, path(node) + ' >>> '); } catch (refused) { continue; } }
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
    key: str

    def as_recipe(self) -> str | dict[str, str]:
        """What a recipe says under `table`."""
        ways = {name: value for name in ("next", "more", "scroll") if (value := getattr(self, name))}
        return {"select": self.select, **ways} if ways else self.select


def tables_of(browser: Browser) -> list[Grown]:
    """Every visible table of data, the longest first."""
    found = [Grown(**one) for one in browser.script(_TABLES)]
    return sorted(found, key=lambda one: -max(one.rows, one.claimed))
