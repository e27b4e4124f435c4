// Blanks every field and text that holds a secret, and remembers what to put back.
const secrets = arguments[0], undo = [], holds = text => secrets.some(secret => text.includes(secret));
const blank = (node, name, by) => { undo.push([node, name, node[name]]); node[name] = by; };
const hide = root => {
  for (const field of root.querySelectorAll('input, textarea'))
    if (field.type === 'password' || holds(field.value)) blank(field, 'value', '');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (holds(walker.currentNode.nodeValue)) blank(walker.currentNode, 'nodeValue', '…');
  for (const host of root.querySelectorAll('*')) if (host.shadowRoot) hide(host.shadowRoot); };
hide(document.documentElement);
window.__twinUndo = undo
