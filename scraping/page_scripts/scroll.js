// true where the box moved, null where there is none; answers once the page has drawn.
const done = arguments[arguments.length - 1], box = selector === 'html' ? document.scrollingElement : matches[0];
if (!box) return done(null);
const before = box.scrollTop;
box.scrollTop = before + Math.max(Math.floor(box.clientHeight * 0.8), 20);
const moved = box.scrollTop > before;
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(moved), 30)))
