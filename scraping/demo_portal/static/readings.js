"use strict";
/* Fills the meter page: the table a page at a time, the chart once. data-state tells loading, ready or failed. */
(() => {
  const section = document.getElementById("readings");
  if (!section) return;
  const { from, to, table, chart, signIn, zone } = section.dataset;
  const at = (id) => document.getElementById(id);
  let page = 1, plotted = null;

  async function ask(url, more = {}) {
    const answer = await fetch(`${url}?${new URLSearchParams({ from, to, ...more })}`);
    if (answer.status === 401) {
      location.assign(`${signIn}?${new URLSearchParams({ next: location.pathname + location.search })}`);
      return new Promise(() => {});
    }
    if (!answer.ok) throw new Error(`The readings could not be loaded (${answer.status}).`);
    return answer.json();
  }

  function row(cells) {
    const line = document.createElement("tr");
    cells.forEach((text, i) => {
      const cell = line.insertCell();
      cell.textContent = text || "no reading";
      if (i && !text) cell.className = "missing";
    });
    return line;
  }

  async function showPage(wanted) {
    section.dataset.state = "loading";
    const found = await ask(table, { page: wanted });
    page = found.page;
    at("rows").replaceChildren(...found.rows.map(row));
    at("count").textContent = `${found.total.toLocaleString("en")} intervals, ${(found.total - found.measured).toLocaleString("en")} without a reading`;
    at("page").textContent = `Page ${found.page} of ${found.pages}`;
    at("previous").disabled = page <= 1;
    at("next").disabled = page >= found.pages;
    section.dataset.total = found.total;
    section.dataset.state = "ready";
  }

  function plot() {
    const chosen = section.querySelector(".tab[aria-pressed=true]");
    if (plotted) window.drawChart(at("chart"), plotted.starts, plotted.series[chosen.dataset.field], chosen.dataset.unit, zone);
  }

  function fail(error) {
    section.dataset.state = "failed";
    at("count").textContent = error.message;
  }

  section.querySelectorAll(".tab").forEach((tab) => tab.addEventListener("click", () => {
    section.querySelectorAll(".tab").forEach((other) => other.setAttribute("aria-pressed", other === tab));
    plot();
  }));
  at("previous").addEventListener("click", () => showPage(page - 1).catch(fail));
  at("next").addEventListener("click", () => showPage(page + 1).catch(fail));
  window.addEventListener("resize", plot);
  showPage(1).catch(fail);
  ask(chart).then((found) => { plotted = found; plot(); }).catch(fail);
})();
