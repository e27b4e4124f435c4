// Draws the figures that lie in the page as JSON, in the colours of the theme that is on.
(() => {
  const CONFIG = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false, scrollZoom: false };
  const mode = () => (document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light");
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  let theme = null;

  const paint = (part, tokens) => {
    if (typeof part === "string") return part.startsWith("@") ? tokens[part.slice(1)] : part;
    if (Array.isArray(part)) return part.map((item) => paint(item, tokens));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, paint(value, tokens)]));
  };

  const floats = (packed) => {
    const bytes = Uint8Array.from(atob(packed.bdata), (letter) => letter.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };

  // Plotly knows no zones: the clock of the site is written beside each point for the hover.
  const clocks = (figure) => {
    const meta = figure.layout.meta || {};
    if (!meta.zone) return;
    const form = { timeZone: meta.zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    const clock = new Intl.DateTimeFormat("en-GB", { ...form, hourCycle: "h23" });
    for (const trace of figure.data.filter((item) => item.meta === "clock")) {
      trace.customdata = Array.from(floats(trace.x), (minute) => clock.format(meta.start_ms + minute * 60000));
    }
  };

  const narrow = (layout, place) => {
    const axis = layout.xaxis || {};
    const longest = Math.max(1, ...(axis.ticktext || []).map((word) => word.length));
    const room = Math.max(3, Math.floor((place.clientWidth - 60) / (longest * 7 + 14)));
    if ((axis.tickvals || []).length <= room) return layout;
    const few = (list) => list && list.filter((_, i) => i % Math.ceil(axis.tickvals.length / room) === 0);
    return { ...layout, xaxis: { ...axis, tickvals: few(axis.tickvals), ticktext: few(axis.ticktext) } };
  };

  const shown = new WeakMap(); // what stands in a place instead of the page's own figure: a part zoomed into

  const draw = (place) => {
    if (!window.Plotly) return;
    theme = theme || read("figure-theme");
    const figure = shown.get(place) || read(place.dataset.figure);
    clocks(figure);
    const tokens = theme.tokens[mode()];
    const layout = { ...narrow(figure.layout, place), template: theme.template, autosize: true };
    if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false; // a finger scrolls the page; the buttons zoom
    Plotly.react(place, paint(figure.data, tokens), paint(layout, tokens), CONFIG).then(() => {
      const first = !place.classList.contains("drawn");
      place.classList.add("drawn");
      if (first) opens(place, figure.layout.meta || {});
      place.dispatchEvent(new CustomEvent("twin:drawn", { bubbles: true, detail: { figure, first } }));
    });
  };

  // A day of the heatmap is a door to that day; its table holds the same doors as links.
  const opens = (place, meta) => {
    if (!meta.day_address) return;
    place.classList.add("opens");
    place.on("plotly_click", (event) => location.assign(meta.day_address + event.points[0].x.slice(0, 10)));
  };

  const places = (root) => root.querySelectorAll("[data-figure]");
  const drawAll = (root) => places(root).forEach(draw);

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("twin:show", (event) => {
    if (event.detail) shown.set(event.target, event.detail);
    else shown.delete(event.target);
    draw(event.target);
  });
  document.addEventListener("twin:theme", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.target));
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (event.target.matches("[data-figure].drawn")) Plotly.purge(event.target);
  });
})();
