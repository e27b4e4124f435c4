// What a visitor could fill; see browsing.FormNote.
const known = new Map();
for (const field of matches) {
  if (!shown(field) || ['hidden', 'submit', 'button', 'image', 'reset'].includes(field.type)) continue;
  const form = field.form || field.closest('form');
  if (!known.has(form)) known.set(form, {selector: form ? pathOf(form) : '',
    method: form ? (form.getAttribute('method') || 'get').toLowerCase() : '', action: form ? form.action : '', fields: []});
  const label = field.labels && field.labels[0] ? field.labels[0].innerText : '';
  known.get(form).fields.push({name: field.name || field.id || '', kind: field.localName === 'input' ? field.type : field.localName,
    label: tidy(label || field.getAttribute('aria-label') || field.placeholder).slice(0, 120),
    value: field.type === 'password' ? '' : field.value, selector: pathOf(field),
    options: field.options ? [...field.options].map(one => [one.value, one.text.trim()]) : []}); }
return [...known.values()]
