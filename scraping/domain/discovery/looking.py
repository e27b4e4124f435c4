"""What a page shows: its words, its language, and when it has come to rest. Works on the Browser protocol alone."""

from dataclasses import dataclass

from scraping.domain.browsing import Browser
from scraping.domain.discovery import login_words
from scraping.domain.discovery.words import plain
from scraping.domain.errors import LayoutChanged

# Texts of the page, its frames of the same site and open shadow roots; and the language.
_WORDS = """const out = [];
const take = root => { for (const node of root.querySelectorAll('*')) {
  if (node.shadowRoot) { for (const child of node.shadowRoot.children)
    if (!['STYLE', 'SCRIPT', 'LINK'].includes(child.tagName)) out.push(child.innerText || '');
    take(node.shadowRoot); }
  if (node.tagName === 'IFRAME') { try { const inside = node.contentDocument;
    if (inside && inside.body) { out.push(inside.body.innerText || ''); take(inside); } }
    catch (refused) { continue; } } } };
out.push(document.title, document.body ? document.body.innerText : ''); take(document);
return [out.join('\\n').slice(0, 60000), document.documentElement.lang || '']"""
_TOLD = """const found = [...document.querySelectorAll(
  '[role=alert], .alert, [class*=error], [class*=fehler], [class*=erreur], [class*=invalid], [class*=msg],'
  + '[class*=message], [class*=notice], [aria-live], form p, form label, form span, main p')]
  .filter(node => node.offsetParent !== null).map(node => node.innerText.trim())
  .filter(text => text && text.length < 300);
return found"""
# Resolves when the page has stood still for a while; a spinner's word keeps it waiting.
_SETTLE = """const [quiet, longest] = arguments;
return new Promise(done => { const begun = performance.now(); let since = begun, before = '';
  const busy = /\\b(loading|wird geladen|chargement|cargando|caricamento|laden|carregando)\\b\\s*(\\u2026|\\.\\.\\.)/i;
  const look = () => { const now = performance.now(), text = document.body ? document.body.innerText : '';
    const seen = [document.readyState, text.length, document.getElementsByTagName('*').length,
      performance.getEntriesByType('resource').length, location.href].join();
    if (seen !== before || busy.test(text)) { before = seen; since = now; }
    if ((document.readyState === 'complete' && now - since >= quiet) || now - begun > longest) done(true);
    else setTimeout(look, 80); };
  look(); })"""
QUIET_MS, LONGEST_MS = 500, 8000


@dataclass(frozen=True)
class Looks:
    """Words that a person can read, and the language that the page names."""

    words: str
    language: str


def look(browser: Browser) -> Looks:
    """What is there now."""
    words, language = browser.script(_WORDS)
    return Looks(browser.redact(str(words)), str(language))


def words_of(browser: Browser) -> str:
    """The words alone."""
    return look(browser).words


def told_by_page(browser: Browser) -> str:
    """The sentence in which the page tells of a refusal or asks for something; "" where none stands out."""
    texts = [" ".join(str(text).split()) for text in browser.script(_TOLD)]
    wrong = [text for text in texts if login_words.WRONG.search(plain(text))]
    asks = [text for text in texts if login_words.CODE.search(plain(text))]
    return browser.redact((wrong or asks or [""])[0])


def settle(browser: Browser) -> None:
    """Wait until words and requests have stood still for half a second, at most eight."""
    for _ in range(3):
        try:
            browser.script(_SETTLE, QUIET_MS, LONGEST_MS)
        except LayoutChanged:  # the page gave way to the next one: wait for that
            continue
        return


def put_aside_banner(browser: Browser) -> None:
    """A notice about cookies covers many a sign-in form: take the answer that allows the least, if there is one."""
    if not login_words.COOKIES.search(plain(words_of(browser))):
        return
    for link in browser.links():
        leads_away = link.url and not link.url.endswith("#")
        if (
            link.kind != "tab"
            and not leads_away
            and not link.in_form
            and login_words.ONLY_NEEDED.match(plain(link.text))
        ):
            browser.click(link.selector)
            settle(browser)
            return
