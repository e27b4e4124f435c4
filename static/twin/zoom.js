// Zoom: drag over a chart, over the strip below it, or use its buttons; the part is fetched again from the
// server in full detail and takes the chart's place. A double click shows the whole period again.
(() => {
  const MINUTE = 60000;
  const views = new Map(); // figure id -> { place, whole, from, to, asked }, instants in ms

  const part = (figure) => {
    const [a, b] = figure.layout.xaxis.range;
    const start = figure.layout.meta.start_ms;
    return { from: start + a * MINUTE, to: start + b * MINUTE };
  };

  const put = (view, figure, words) => {
    Object.assign(view, part(figure || view.whole), { zoomed: Boolean(figure) });
    view.place.dispatchEvent(new CustomEvent("twin:show", { bubbles: true, detail: figure }));
    const tools = document.querySelector(`[data-zoom-of="${view.place.dataset.figure}"]`);
    tools.querySelector(".note").textContent = words;
    for (const name of ["out", "left", "right", "whole"]) tools.querySelector(`[data-zoom="${name}"]`).disabled = !figure;
    mark(view);
  };

  // The strip shows which part is seen above it.
  const mark = (view) => {
    const strip = document.querySelector(`[data-strip-of="${view.place.dataset.figure}"].drawn`);
    if (!strip) return;
    const start = part(view.whole).from;
    const [x0, x1] = [(view.from - start) / MINUTE, (view.to - start) / MINUTE];
    const edge = { width: 1, color: getComputedStyle(strip).getPropertyValue("--twin-twin") || "#38bdf8" };
    const shape = { type: "rect", xref: "x", yref: "paper", x0, x1, y0: 0, y1: 1, line: edge, fillcolor: "rgba(56,189,248,0.16)" };
    const whole = part(view.whole);
    Plotly.relayout(strip, { shapes: view.zoomed ? [shape] : [], "xaxis.range": [0, (whole.to - whole.from) / MINUTE] });
  };

  // A strip drawn anew (the theme changed) has lost its mark.
  const repaint = (view) => view?.zoomed && mark(view);

  const words = (figure) => {
    const form = { timeZone: figure.layout.meta.zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const clock = new Intl.DateTimeFormat("en-GB", form);
    const { from, to } = part(figure);
    return `${clock.format(from)} to ${clock.format(to)}`;
  };

  const whole = (view) => {
    view.asked?.abort();
    view.place.removeAttribute("aria-busy");
    put(view, null, "");
  };

  const show = async (view, from, to) => {
    const all = part(view.whole);
    from = Math.max(from, all.from);
    to = Math.min(to, all.to);
    if (to - from >= all.to - all.from) return whole(view);
    view.asked?.abort();
    const asked = (view.asked = new AbortController());
    view.place.setAttribute("aria-busy", "true");
    try {
      const query = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
      const answer = await fetch(`${view.whole.layout.meta.zoom}?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const figure = await answer.json();
      view.place.removeAttribute("aria-busy");
      put(view, figure, words(figure));
    } catch (error) {
      if (error.name === "AbortError") return;
      whole(view);
      const sentence = "That part could not be fetched; this is the whole period again. Reload the page, and sign in where it asks.";
      document.querySelector(`[data-zoom-of="${view.place.dataset.figure}"] .note`).textContent = sentence;
    }
  };

  const press = (view, what) => {
    const width = view.to - view.from;
    const middle = view.from + width / 2;
    const all = part(view.whole);
    if (what === "whole") return whole(view);
    if (what === "in") return show(view, middle - width / 4, middle + width / 4);
    if (what === "out") return show(view, middle - width, middle + width);
    const by = what === "left" ? Math.max(-width / 2, all.from - view.from) : Math.min(width / 2, all.to - view.to);
    return by ? show(view, view.from + by, view.to + by) : null;
  };

  const dragged = (change) => {
    const [a, b] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    return a === undefined || b === undefined ? null : [a, b];
  };

  const follow = (place, figure) => {
    const id = place.dataset.figure;
    const view = { place, whole: figure, ...part(figure) };
    views.set(id, view);
    place.on("plotly_relayout", (change) => {
      const range = dragged(change);
      const start = place.layout.meta.start_ms;
      if (range) show(view, start + range[0] * MINUTE, start + range[1] * MINUTE);
    });
    place.on("plotly_doubleclick", () => whole(view));
    const tools = document.querySelector(`[data-zoom-of="${id}"]`);
    tools.hidden = false;
    for (const name of ["out", "left", "right", "whole"]) tools.querySelector(`[data-zoom="${name}"]`).disabled = true;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom]");
      if (button) press(view, button.dataset.zoom);
    });
  };

  const brush = (strip, figure) => {
    const start = figure.layout.meta.start_ms;
    const view = () => views.get(strip.dataset.stripOf);
    strip.on("plotly_relayout", (change) => {
      const range = dragged(change);
      if (range) show(view(), start + range[0] * MINUTE, start + range[1] * MINUTE);
    });
    strip.on("plotly_doubleclick", () => whole(view()));
  };

  // A card that asks for itself would throw the part away that a person looks at: it waits for the whole again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const card = event.detail.elt;
    if ([...views.values()].some((view) => view.zoomed && card.contains(view.place))) event.preventDefault();
  });

  document.addEventListener("twin:drawn", (event) => {
    const { figure, first } = event.detail;
    const place = event.target;
    const view = views.get(place.dataset.figure);
    if (first && place.dataset.stripOf) brush(place, figure);
    else if (first && figure.layout.meta?.zoom) follow(place, figure);
    else if (place.dataset.stripOf) repaint(views.get(place.dataset.stripOf));
    else if (view && !place.layout.meta.zoom) views.delete(place.dataset.figure);
  });
})();
