const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const asGiven = [...body.rows];
  const value = (cell, numbers) => {
    if (!numbers) return cell.textContent.trim();
    const number = cell.dataset.v === undefined ? NaN : Number(cell.dataset.v);
    return Number.isNaN(number) ? null : number;
  };
  // Cells without a number come last whichever way it is sorted.
  const compare = (sign, numbers) => ([a], [b]) => {
    if (!numbers) return sign * words.compare(a, b);
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (a - b);
  };
  const sort = (column, way) => {
    const numbers = "number" in heads[column].dataset;
    const keyed = asGiven.map((row) => [value(row.cells[column], numbers), row]);
    keyed.sort(compare(way === "ascending" ? 1 : -1, numbers));
    body.append(...keyed.map(([, row]) => row));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", way);
  };
  heads.forEach((head, column) => {
    if ("plain" in head.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.id = `${table.id}-sort-${column}`;
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      // Marks start with the highest, words with A.
      const first = "number" in head.dataset ? head.dataset.number || "descending" : "ascending";
      const now = head.getAttribute("aria-sort");
      const way = now === null ? first : now === "ascending" ? "descending" : "ascending";
      sort(column, way);
      keep.set(`sort ${table.id}`, [column, way]);
    });
    head.append(button);
  });
  const [column, way] = keep.get(`sort ${table.id}`) ?? [];
  if (heads[column] && !("plain" in heads[column].dataset)) sort(column, way === "ascending" ? way : "descending");
}

for (const filter of document.querySelectorAll(".filter")) {
  const table = document.getElementById(filter.dataset.table);
  const [text, task, kind] = ["input", "[data-column]", "[data-kind]"].map((which) => filter.querySelector(which));
  const shown = filter.querySelector("[role=status]");
  const clear = filter.querySelector("[data-clear]");
  const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
  const fits = (place, wanted) => (wanted === "by-hand" ? "h" in place.dataset : place.dataset.k.split(" ").includes(wanted));
  let waiting = 0;
  const apply = () => {
    const find = text.value.trim().toLowerCase();
    const column = Number(task?.value || 0);
    const wanted = kind?.value || "";
    let n = 0;
    for (const [row, content] of rows) {
      const place = column ? row.cells[column] : row;
      const fit = content.includes(find) && !(column && !place.dataset.k) && (!wanted || fits(place, wanted));
      if (row.hidden === fit) row.hidden = !fit;
      n += fit && !row.matches(".reference"); // a line to compare with is nobody
    }
    const all = rows.filter(([row]) => !row.matches(".reference")).length;
    const said = shown.dataset.shown.replace("{shown}", n.toLocaleString()).replace("{n}", all.toLocaleString());
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (shown.textContent !== said) shown.textContent = said; }, 150);
    keep.set(`filter ${table.id}`, [text.value, task?.value ?? "", kind?.value ?? ""]);
  };
  const show = (values) => {
    [text, task, kind].forEach((control, i) => { if (control) control.value = values[i] ?? ""; });
    for (const select of [task, kind]) if (select && select.selectedIndex < 0) select.value = "";
  };
  filter.hidden = false;
  for (const control of [text, task, kind]) control?.addEventListener("input", apply);
  clear?.addEventListener("click", () => { show([]); apply(); text.focus(); });
  show(keep.get(`filter ${table.id}`) ?? []);
  apply();
}
