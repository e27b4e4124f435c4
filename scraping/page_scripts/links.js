// What a visitor could click to go on; see browsing.Link.
const file = /\.(csv|xlsx?|xml|json|zip)([?#]|$)/i, words = /download|export|herunterladen|télécharger|descargar/i;
return matches.filter(shown).map(found => {
  const role = found.getAttribute('role') || '', anchor = found.localName === 'a';
  const text = tidy(found.innerText || found.value || found.getAttribute('aria-label') || found.title).slice(0, 120);
  const kind = role === 'tab' || found.hasAttribute('aria-pressed') ? 'tab' : anchor || role === 'link' ? 'link' : 'button';
  const url = anchor && !(found.getAttribute('href') || '').startsWith('javascript:') ? found.href : '';
  const submits = !anchor && found.closest('form') !== null && (found.type || 'submit') !== 'button';
  return {text, url, kind, selector: pathOf(found), in_form: submits,
    download: found.hasAttribute('download') || file.test(url) || words.test(text)}; })
