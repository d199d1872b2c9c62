"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const number = (cell) => (cell.dataset.v === undefined ? -Infinity : Number(cell.dataset.v));
  const sort = (column) => {
    const head = heads[column];
    const numbers = "number" in head.dataset;
    const order = head.getAttribute("aria-sort") === (numbers ? "descending" : "ascending") ? -1 : 1;
    const sign = numbers ? -order : order; // marks start with the highest
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[column];
      return [numbers ? number(cell) : cell.textContent.trim(), row];
    });
    keyed.sort(([a], [b]) => sign * (numbers ? (a > b) - (a < b) : words.compare(a, b)));
    body.append(...keyed.map(([, row]) => row));
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
}
for (const filter of document.querySelectorAll(".filter")) {
  const rows = [...filter.parentElement.querySelectorAll("tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  filter.hidden = false;
  filter.querySelector("input").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    rows.forEach((row, i) => { row.hidden = !texts[i].includes(wanted); });
  });
}
