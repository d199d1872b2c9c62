const measures = document.getElementById("measures-data");
if (measures) {
  const { box, students, axes } = JSON.parse(measures.textContent);
  const [width, height, left, top, right, bottom, radius, line, lastUp] = box;
  const explore = document.querySelector(".explore");
  const plots = document.querySelectorAll(".plots figure");
  const plot = document.getElementById("measure-plot");
  const said = document.getElementById("measure-said");
  const numbers = document.getElementById("measure-numbers");
  const chosen = ["x", "y"].map((name) => document.getElementById(`measure-${name}`));
  const draw = (name, attributes, content) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (content !== undefined) made.textContent = content;
    return made;
  };
  const share = (axis, value) => Math.min(1, Math.max(0, (value - axis.low) / (axis.high - axis.low)));
  const across = (axis, value) => left + share(axis, value) * (right - left);
  const up = (axis, value) => bottom - share(axis, value) * (bottom - top);
  const inside = (axis, value) => axis.low <= value && value <= axis.high;
  const lines = (axis) => ["target", "reference"].filter((k) => axis[k] !== null && inside(axis, axis[k])).map((k) => [k, axis[k]]);
  const title = (transform, text) => draw("text", { class: "title", transform, "text-anchor": "middle" }, text);
  const frame = (x, y) => [
    ...x.ticks.flatMap(([v, label]) => [
      draw("path", { class: "grid", d: `M${across(x, v)} ${top}V${bottom}` }),
      draw("text", { x: across(x, v), y: bottom + 16, "text-anchor": "middle" }, label),
    ]),
    ...y.ticks.flatMap(([v, label]) => [
      draw("path", { class: "grid", d: `M${left} ${up(y, v)}H${right}` }),
      draw("text", { x: left - 6, y: up(y, v) + 4, "text-anchor": "end" }, label),
    ]),
    draw("path", { class: "frame", d: `M${left} ${top}V${bottom}H${right}` }),
    ...lines(x).map(([kind, v]) => draw("path", { class: kind, d: `M${across(x, v)} ${top}V${bottom}` })),
    ...lines(y).map(([kind, v]) => draw("path", { class: kind, d: `M${left} ${up(y, v)}H${right}` })),
    ...x.lines.map((text, i) => title(`translate(${(left + right) / 2} ${bottom + 38 + line * i})`, text)),
    ...y.lines.map((text, i) => title(`translate(${lastUp - line * (y.lines.length - 1 - i)} ${(top + bottom) / 2}) rotate(-90)`, text)),
  ];
  const dot = ([[name, href], a, b], x, y) => {
    const link = draw("a", { tabindex: -1, role: "link", "aria-label": `${name}: ${a}, ${b}` });
    if (href) link.setAttribute("href", href);
    const out = inside(x, a) && inside(y, b) ? {} : { class: "out" };
    link.append(draw("circle", { cx: across(x, a), cy: up(y, b), r: radius, ...out }), draw("title", {}, `${name}: ${a}, ${b}`));
    return link;
  };
  const fill = (points, x, y) => {
    const [, first, second] = numbers.querySelectorAll("th");
    [first.textContent, second.textContent] = [x.title, y.title];
    numbers.querySelector("tbody").replaceChildren(...points.map(([[name, href], ...values]) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      const who = document.createElement(href ? "a" : "bdi");
      if (href) who.href = href;
      who.textContent = name;
      head.append(who);
      row.append(head, ...values.map((value) => {
        const cell = document.createElement("td");
        cell.className = "n";
        cell.textContent = value;
        return cell;
      }));
      return row;
    }));
  };
  const show = () => {
    const [x, y] = chosen.map((select) => axes[select.value]);
    const points = students.map((who, i) => [who, x.values[i], y.values[i]]).filter(([, a, b]) => a !== null && b !== null);
    points.sort((a, b) => a[1] - b[1] || a[2] - b[2]);
    const fillIn = (text) => text.replace("{x}", x.title).replace("{y}", y.title).replace("{n}", points.length.toLocaleString());
    const svg = draw("svg", { class: "scatter", role: "group", "aria-label": fillIn(plot.dataset.label), viewBox: `0 0 ${width} ${height}` });
    const dots = points.map((point) => dot(point, x, y));
    if (dots.length) dots[0].setAttribute("tabindex", 0);
    const quiet = draw("g", { "aria-hidden": "true" });
    quiet.append(...frame(x, y));
    svg.append(quiet, ...dots);
    const tell = (link) => { said.textContent = link.getAttribute("aria-label"); };
    const step = { ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, ArrowLeft: -1 };
    svg.addEventListener("keydown", (event) => {
      const at = dots.indexOf(event.target.closest("a"));
      const to = event.key === "Home" ? 0 : event.key === "End" ? dots.length - 1 : at + (step[event.key] ?? NaN);
      if (at < 0 || !dots[to]) return;
      event.preventDefault();
      dots[at].setAttribute("tabindex", -1);
      dots[to].setAttribute("tabindex", 0);
      dots[to].focus();
    });
    svg.addEventListener("focusin", (event) => tell(event.target));
    svg.addEventListener("pointerover", (event) => { const link = event.target.closest("a"); if (link) tell(link); });
    plot.replaceChildren(svg);
    said.textContent = points.length ? fillIn(said.dataset.all) : said.dataset.none;
    numbers.ontoggle = () => { if (numbers.open) fill(points, x, y); };
    if (numbers.open) fill(points, x, y);
    keep.set("measures", chosen.map((select) => axes[select.value].task + "|" + axes[select.value].title));
  };
  const place = (name) => axes.findIndex((axis) => `${axis.task}|${axis.title}` === name);
  const first = plots.length ? [plots[0].dataset.x, plots[0].dataset.y] : [0, axes.length - 1];
  const before = (keep.get("measures") ?? []).map(place);
  chosen.forEach((select, i) => {
    select.value = before[i] >= 0 ? before[i] : first[i];
    select.addEventListener("change", show);
  });
  explore.hidden = false;
  if (plots.length === 1) plots[0].parentElement.hidden = true; // the same picture, without choice
  show();
}
