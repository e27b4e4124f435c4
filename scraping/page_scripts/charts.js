// What chart libraries hold, as JSON text: [{library, title, zone, series: [{name, unit, points: [[x, y]]}]}].
// Each function of `readers` knows one library; one that stumbles is left out.
const most = 400000, charts = [];
const when = x => x instanceof Date ? x.getTime() : x;
const plain = v => v === undefined || v !== v ? null : v instanceof Date ? v.getTime() : typeof v === 'bigint' ? Number(v) : v;
const list = v => v ? Array.from(v) : [];
const text = v => typeof v === 'string' ? v : v && typeof v.text === 'string' ? v.text : '';
const pair = (v, at, labels) => {
  const label = labels && labels.length ? plain(labels[at]) : at;
  if (Array.isArray(v)) return [when(v[0]), plain(v[v.length - 1])];
  if (v && typeof v === 'object' && !(v instanceof Date)) {
    if (Array.isArray(v.value)) return [when(v.value[0]), plain(v.value[v.value.length - 1])];
    return [when(v.x !== undefined ? v.x : label), plain(v.y !== undefined ? v.y : v.value)]; }
  return [label, plain(v)]; };
const readers = {
  highcharts() { return list((window.Highcharts || {}).charts).filter(Boolean).map(chart => ({
    title: text(chart.title && chart.title.textStr) || text(chart.options && chart.options.title),
    zone: chart.options && chart.options.time && chart.options.time.timezone || '',
    series: list(chart.series).map(one => {
      const column = name => one[name + 'Data'] && one[name + 'Data'].length ? one[name + 'Data']
        : one.getColumn ? one.getColumn(name) : null;
      const own = one.options || {}, raw = list(own.data && own.data.length ? own.data : one.data || one.points);
      let xs = list(column('x')), ys = list(column('y'));
      const labels = one.xAxis && one.xAxis.categories || [];
      if (ys.length === 0) { const start = own.pointStart || 0, step = own.pointInterval || 1;
        const points = raw.map((v, at) => pair(v, at, labels.length ? labels : null));
        points.forEach((p, at) => { if (p[0] === at && !labels.length) p[0] = start + at * step; });
        xs = points.map(p => p[0]); ys = points.map(p => p[1]); }
      const axis = one.yAxis && one.yAxis.options || {}, tip = one.tooltipOptions || own.tooltip || {};
      return {name: one.name || '', unit: (tip.valueSuffix || text(axis.title) || '').trim(),
        points: xs.map((x, at) => [labels.length && Number.isInteger(x) ? labels[x] : when(x), plain(ys[at])])}; })})); },
  echarts() { if (!window.echarts || !echarts.getInstanceByDom) return [];
    return inside(document, '[_echarts_instance_], div, canvas').map(found => echarts.getInstanceByDom(found)).filter(Boolean)
      .filter((one, at, all) => all.indexOf(one) === at).map(chart => {
        const option = chart.getOption(), axis = list([].concat(option.xAxis || []))[0] || {};
        const labels = axis.data ? list(axis.data).map(v => v && v.value !== undefined ? v.value : v) : null;
        const source = ([].concat(option.dataset || [])[0] || {}).source;
        const rows = !source ? [] : Array.isArray(source) ? list(source)
          : Object.keys(source).reduce((all, key) => list(source[key]).map((v, at) => ({...(all[at] || {}), [key]: v})), []);
        const series = [].concat(option.series || []).map((one, n) => {
          let data = list(one.data);
          if (!data.length && rows.length) {
            const head = Array.isArray(rows[0]) && rows[0].every(v => typeof v === 'string');
            const keys = Array.isArray(rows[0]) ? rows[0].map((_, at) => at) : Object.keys(rows[0]);
            const at = name => head && typeof name === 'string' ? rows[0].indexOf(name) : name;
            const x = at((one.encode || {}).x), y = at((one.encode || {}).y);
            data = rows.slice(head ? 1 : 0).map(row => [row[x !== undefined ? x : keys[0]], row[y !== undefined ? y : keys[n + 1]]]);
            return {name: one.name || (head ? rows[0][n + 1] : String(keys[n + 1])), unit: '', points: data.map((v, at) => pair(v, at)) }; }
          const y = [].concat(option.yAxis || [])[one.yAxisIndex || 0] || {};
          return {name: one.name || '', unit: y.name || '', points: data.map((v, at) => pair(v, at, labels))}; });
        return {title: text(([].concat(option.title || [])[0] || {}).text), series}; }); },
  chartjs() { const known = window.Chart ? Object.values(Chart.instances || {}) : [];
    if (window.Chart && Chart.getChart) for (const canvas of inside(document, 'canvas')) known.push(Chart.getChart(canvas));
    return known.filter(one => one && one.data).filter((one, at, all) => all.indexOf(one) === at).map(chart => {
      const options = chart.options || {}, scales = options.scales || {}, y = scales.y || (scales.yAxes || [])[0] || {};
      return {title: text((options.plugins || {}).title || options.title),
        series: list(chart.data.datasets).map(one => { const axis = scales[one.yAxisID] || y;
          return {name: one.label || '', unit: [].concat(text(axis.title), text((axis.scaleLabel || {}).labelString)).join(''),
            points: list(one.data).map((v, at) => pair(v, at, chart.data.labels))}; })}; }); },
  plotly() { return inside(document, '.js-plotly-plot').filter(gd => gd.data).map(gd => ({
    title: text((gd.layout || {}).title) || text(((gd.layout || {}).title || {}).text),
    series: list(gd.data).map((trace, n) => { const full = (gd._fullData || [])[n] || trace;
      const pick = name => list(full[name] && full[name].length ? full[name] : trace[name]);
      const ys = pick('y'), xs = pick('x'), axis = (gd.layout || {})[(trace.yaxis || 'y').replace('y', 'yaxis')] || {};
      return {name: trace.name || '', unit: text(axis.title) || '',
        points: ys.map((v, at) => [xs.length ? when(xs[at]) : (trace.x0 || 0) + at * (trace.dx || 1), plain(v)])}; })})); },
  apexcharts() { return [...list((window.Apex || {})._chartInstances).map(one => one.chart || one), ...list(window.__twinCharts)]
    .filter((one, at, all) => one && one.w && all.indexOf(one) === at)
    .map(({w}) => { const labels = list((w.config.xaxis || {}).categories).length ? w.config.xaxis.categories : w.config.labels;
      const y = [].concat(w.config.yaxis || [])[0] || {};
      return {title: text(w.config.title), series: list(w.config.series).map(one => ({name: one.name || '',
        unit: text(y.title), points: list(one.data).map((v, at) => pair(v, at, labels))}))}; }); },
  amcharts5() { return list(((window.am5 || {}).registry || {}).rootElements).flatMap(root => {
    const charts = []; const walk = node => { if (!node) return; if (node.series && Array.isArray(node.series.values)) charts.push(node);
      list(node.children && node.children.values).forEach(walk); }; walk(root.container);
    return charts.map(chart => ({title: '', zone: text(root.timezone && root.timezone.name), series: chart.series.values.map(one => {
      const x = one.get('valueXField') || one.get('categoryXField'), y = one.get('valueYField');
      return {name: one.get('name') || '', unit: '', points: list(one.data && one.data.values).map(v => [when(v[x]), plain(v[y])])};
    })})); }); },
  amcharts4() { return list(((window.am4core || {}).registry || {}).baseSprites).filter(one => one.series && Array.isArray(one.series.values))
    .map(chart => ({title: '', series: chart.series.values.map(one => { const field = one.dataFields || {};
      const x = field.dateX || field.categoryX || field.valueX, data = one.data && one.data.length ? one.data : chart.data;
      return {name: one.name || '', unit: '', points: list(data).map(v => [when(v[x]), plain(v[field.valueY])])}; })})); },
  amcharts3() { return list((window.AmCharts || {}).charts).filter(one => one.graphs).map(chart => ({title: '',
    series: chart.graphs.map(one => ({name: one.title || '', unit: '',
      points: list(chart.dataProvider).map(v => [when(v[chart.categoryField]), plain(v[one.valueField])])}))})); },
};
const inside = (start, wanted) => { const found = [...start.querySelectorAll(wanted)];
  for (const host of start.querySelectorAll('*')) if (host.shadowRoot) found.push(...inside(host.shadowRoot, wanted));
  return found; };
let points = 0;
for (const [library, read] of Object.entries(readers)) {
  let found = [];
  try { found = read(); } catch (error) { continue; }
  for (const chart of found) {
    points += chart.series.reduce((sum, one) => sum + one.points.length, 0);
    if (points < most && chart.series.length) charts.push({library, title: '', ...chart}); } }
return JSON.stringify(charts)
