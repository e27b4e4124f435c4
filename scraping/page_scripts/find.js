// A script that looks for elements begins with this and gets [root, selector, deep, ...its own arguments]: `root` is a
// shadow root or null, `deep` asks for matches in every open shadow root.
const [root, selector, deep, ...given] = arguments;
const inside = (start, wanted) => { const found = [...start.querySelectorAll(wanted)];
  for (const host of start.querySelectorAll('*')) if (host.shadowRoot) found.push(...inside(host.shadowRoot, wanted));
  return found; };
const [, css, wanted] = selector.match(/^(.*?)::text\((.*)\)$/s) || [null, selector, null];
const tidy = text => (text || '').replace(/\s+/g, ' ').trim();
const matches = (deep ? inside(root || document, css) : [...(root || document).querySelectorAll(css)])
  .filter(found => wanted === null || tidy(found.innerText || found.value || found.textContent) === wanted);
const shown = found => found.getClientRects().length > 0 && getComputedStyle(found).visibility !== 'hidden';
const pathOf = found => { const top = found.getRootNode(), parts = [];
  for (let node = found; node; node = node.parentElement) {
    if (node.id && top.querySelectorAll('#' + CSS.escape(node.id)).length === 1) {
      parts.unshift('#' + CSS.escape(node.id)); break; }
    const alike = node.parentNode ? [...node.parentNode.children].filter(one => one.localName === node.localName) : [];
    parts.unshift(node.localName + (alike.length > 1 ? `:nth-of-type(${alike.indexOf(node) + 1})` : '')); }
  return (top instanceof ShadowRoot ? pathOf(top.host) + ' >>> ' : '') + parts.join(' > '); };
