"use strict";
/* Our own small stand-ins for two canvas chart libraries: the objects have the shape that pages with the real ones have. */
(() => {
  function line(canvas, values) {
    const pen = canvas.getContext("2d"), known = values.filter((v) => v !== null), top = Math.max(...known, 1), low = Math.min(...known, top);
    pen.beginPath();
    values.forEach((v, i) => { if (v !== null) pen.lineTo((canvas.width * i) / Math.max(values.length - 1, 1), canvas.height - 8 - ((canvas.height - 16) * (v - low)) / (top - low || 1)); });
    pen.strokeStyle = "#456"; pen.stroke();
  }
  const byDom = new Map();
  window.echarts = {
    version: "5.5.0-stub",
    init(dom) {
      let option = {};
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(dom.clientWidth, 300); canvas.height = Math.max(dom.clientHeight, 120);
      dom.setAttribute("_echarts_instance_", `ec_${Date.now()}${byDom.size}`);
      dom.append(canvas);
      const made = {
        id: dom.getAttribute("_echarts_instance_"),
        getDom: () => dom,
        getOption: () => option,
        setOption(given) {
          const many = (x) => (x === undefined ? [] : [].concat(x));
          option = { ...given, title: many(given.title), xAxis: many(given.xAxis), yAxis: many(given.yAxis), series: many(given.series) };
          if (option.series.length) line(canvas, option.series[0].data.map((v) => (Array.isArray(v) ? v[1] : v)));
        },
      };
      byDom.set(dom, made);
      return made;
    },
    getInstanceByDom: (dom) => byDom.get(dom),
  };
  window.Chart = class Chart {
    constructor(canvas, config) {
      this.id = Object.keys(Chart.instances).length; this.canvas = canvas; this.ctx = canvas.getContext("2d");
      this.config = config; this.data = config.data; this.options = config.options || {};
      Chart.instances[this.id] = this;
      line(canvas, config.data.datasets[0].data);
    }
    static getChart(canvas) { return Object.values(Chart.instances).find((c) => c.canvas === canvas || c.canvas.id === canvas); }
  };
  window.Chart.instances = {}; window.Chart.version = "4.4.0-stub";
})();
