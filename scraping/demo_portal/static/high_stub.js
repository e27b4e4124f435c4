"use strict";
/* Our own small stand-in for a chart library: the objects have the shape that pages with the real one have. */
window.Highcharts = (() => {
  const charts = [];
  function point(raw, index, categories) {
    const [x, y] = Array.isArray(raw) ? raw : [index, raw];
    return { x, y, category: categories ? categories[index] : x, index };
  }
  function chart(target, options) {
    const box = document.getElementById(target), categories = options.xAxis && options.xAxis.categories;
    const axes = [].concat(options.yAxis || []).map((axis) => ({ options: axis, axisTitle: { textStr: axis.title && axis.title.text } }));
    const made = { index: charts.length, renderTo: box, options, userOptions: options, time: { options: options.time || {} }, title: { textStr: options.title && options.title.text }, xAxis: [{ options: options.xAxis || {}, categories }], yAxis: axes };
    made.series = options.series.map((given, index) => {
      const data = given.data.map((raw, i) => point(raw, i, categories));
      return { name: given.name, index, chart: made, options: given, userOptions: given, data, points: data, xData: data.map((p) => p.x), yData: data.map((p) => p.y), yAxis: axes[given.yAxis || 0], xAxis: made.xAxis[0], visible: true, type: (options.chart || {}).type };
    });
    box.classList.add("highcharts-container");
    box.innerHTML = `<svg class="highcharts-root" viewBox="0 0 1000 200" preserveAspectRatio="none" width="100%" height="100%">${made.series.map((s) => {
      const known = s.yData.filter((v) => v !== null), top = Math.max(...known, 1), low = Math.min(...known, 0);
      return `<polyline fill="none" stroke="currentColor" points="${s.yData.map((v, i) => v === null ? "" : `${(1000 * i) / Math.max(s.yData.length - 1, 1)},${190 - (180 * (v - low)) / (top - low || 1)}`).join(" ")}"/>`;
    }).join("")}</svg>`;
    charts.push(made);
    return made;
  }
  return { charts, chart, Chart: function Chart() {}, product: "Highcharts", version: "11.4.0-stub" };
})();
