"use strict";
/* A line over time with gaps left open. drawChart(box, starts, values, unit, zone): values hold null where nothing was measured. */
(() => {
  const NS = "http://www.w3.org/2000/svg";
  const H = 240, LEFT = 46, RIGHT = 8, TOP = 14, BOTTOM = 26;

  function put(parent, name, attributes, text) {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  }

  function niceStep(span) {
    const rough = span / 4, power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 2.5, 5, 10].map((k) => k * power).find((step) => step >= rough);
  }

  function bounds(values) {
    const known = values.filter((v) => v !== null);
    if (!known.length) return null;
    let low = Math.min(...known), high = Math.max(...known);
    if (low >= 0 && low < high * 0.6) low = 0;
    if (high === low) high = low + 1;
    const step = niceStep(high - low);
    return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
  }

  window.drawChart = (box, starts, values, unit, zone) => {
    box.textContent = "";
    const width = Math.max(box.clientWidth, 280);
    const svg = put(box, "svg", { viewBox: `0 0 ${width} ${H}`, preserveAspectRatio: "none" });
    const range = bounds(values);
    if (!range) { put(svg, "text", { class: "chart-text", x: LEFT, y: H / 2 }, "No readings in this period."); return; }
    const times = starts.map((s) => Date.parse(s)), t0 = times[0], t1 = times[times.length - 1] || t0 + 1;
    const x = (t) => LEFT + ((t - t0) / Math.max(t1 - t0, 1)) * (width - LEFT - RIGHT);
    const y = (v) => TOP + (1 - (v - range.low) / (range.high - range.low)) * (H - TOP - BOTTOM);
    for (let v = range.low; v <= range.high + range.step / 2; v += range.step) {
      put(svg, "line", { class: "chart-grid", x1: LEFT, x2: width - RIGHT, y1: y(v), y2: y(v) });
      put(svg, "text", { class: "chart-text", x: LEFT - 6, y: y(v) + 4, "text-anchor": "end" }, +v.toFixed(3));
    }
    put(svg, "text", { class: "chart-text", x: 2, y: 11 }, unit);
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone });
    const ticks = Math.max(2, Math.floor(width / 150));
    for (let i = 0; i < ticks; i += 1) {
      const t = t0 + ((t1 - t0) * i) / ticks;
      put(svg, "text", { class: "chart-text", x: x(t), y: H - 7 }, day.format(t));
    }
    let line = "", open = false;
    values.forEach((v, i) => {
      if (v === null) { open = false; return; }
      line += `${open ? "L" : "M"}${x(times[i]).toFixed(1)},${y(v).toFixed(1)}`;
      open = true;
    });
    put(svg, "path", { class: "chart-line", d: line });
  };
})();
