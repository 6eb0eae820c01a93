"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const charts = [...document.querySelectorAll(".chart")];
  const drawn = new Set();
  // Plotly offers to upload charts unless it is told not to; a report never leaves the reader's machine.
  const config = (chart) => ({
    showSendToCloud: false,
    plotlyServerURL: "",
    displaylogo: false,
    displayModeBar: chart.clientWidth > 640 ? "hover" : false,
    responsive: true,
    modeBarButtons: [["toImage"], ["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
  });

  // Colours are written var:name; they come from the page, so that charts follow its theme.
  const coloured = (value, style) => {
    if (typeof value === "string") {
      return value.startsWith("var:") ? style.getPropertyValue("--" + value.slice(4)).trim() : value;
    }
    if (Array.isArray(value)) return value.map((item) => coloured(item, style));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(item, style)]));
    }
    return value;
  };

  const draw = (chart) => {
    const figure = coloured(figures[chart.dataset.figure], getComputedStyle(document.documentElement));
    if (chart.dataset.scale) figure.layout.yaxis.type = chart.dataset.scale;
    Plotly.react(chart, figure.data, figure.layout, config(chart));
    drawn.add(chart);
  };

  if (typeof Plotly === "undefined") {
    for (const chart of charts) {
      chart.classList.add("failed");
      chart.textContent = "The charts need the file plotly.min.js beside this page.";
    }
  } else {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) {
          seen.unobserve(entry.target);
          draw(entry.target);
        }
      }
    }, { rootMargin: "400px" });
    charts.forEach((chart) => seen.observe(chart));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(draw));
    addEventListener("beforeprint", () => charts.filter((chart) => !drawn.has(chart)).forEach(draw));
    for (const button of document.querySelectorAll("[data-scale]")) {
      button.addEventListener("click", () => {
        const chart = document.querySelector("[data-figure=equity]");
        for (const other of button.parentElement.children) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        chart.dataset.scale = button.dataset.scale;
        draw(chart);
      });
    }
  }

  const sortBy = (heading) => {
    const table = heading.closest("table");
    const column = heading.cellIndex;
    const descending = heading.getAttribute("aria-sort") !== "descending";
    const body = table.tBodies[0];
    const keyOf = (row) => {
      const cell = row.cells[column];
      return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
    };
    const rows = [...body.rows].map((row) => [keyOf(row), row]);
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1));
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    body.append(...rows.map(([, row]) => row));
  };
  for (const button of document.querySelectorAll(".sortable th button")) {
    button.addEventListener("click", () => sortBy(button.closest("th")));
  }
})();
