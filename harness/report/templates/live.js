const boxes = [...document.querySelectorAll(".box[id]")];
const folds = [...document.querySelectorAll("details[id]")];
const place = keep.get("place");
if (place) {
  for (const fold of folds) if (place.open.includes(fold.id)) fold.open = true;
  for (const box of boxes) if (place.boxes[box.id]) [box.scrollLeft, box.scrollTop] = place.boxes[box.id];
  if (place.again) {
    const focused = document.getElementById(place.focus);
    focused?.focus({ preventScroll: true });
    if (place.caret && focused?.setSelectionRange) focused.setSelectionRange(...place.caret);
    scrollTo(...place.scroll);
  }
}
const remember = (again) => keep.set("place", {
  again,
  scroll: [scrollX, scrollY],
  open: folds.filter((fold) => fold.open).map((fold) => fold.id),
  boxes: Object.fromEntries(boxes.map((box) => [box.id, [box.scrollLeft, box.scrollTop]])),
  focus: document.activeElement?.id ?? "",
  caret: document.activeElement?.type === "search" ? [document.activeElement.selectionStart, document.activeElement.selectionEnd] : null,
});
let again = false;
addEventListener("pagehide", () => remember(again));

const live = document.querySelector("[data-live]");
if (live) {
  const every = 1000 * Number(live.dataset.every);
  const written = Date.parse(live.dataset.written);
  const [pause, now] = live.querySelectorAll("button");
  const loaded = Date.now();
  const stale = loaded - written > 5 * every + 60_000;
  let paused = keep.get("paused") === true;
  let touched = 0; // when something was last typed or scrolled
  let choosing = false; // a select may be open
  const say = () => {
    pause.setAttribute("aria-pressed", paused);
    live.querySelector("[data-plain]").hidden = true;
    live.querySelector("[data-refreshing]").hidden = paused || stale;
    live.querySelector("[data-paused]").hidden = !paused || stale;
    live.querySelector("[data-stale]").hidden = !stale;
  };
  const reload = () => { again = true; location.reload(); };
  const busy = () => Date.now() - touched < 4000 || choosing || !getSelection().isCollapsed || document.activeElement?.closest?.("svg");
  for (const what of ["keydown", "input", "wheel", "pointerdown", "touchmove"]) {
    addEventListener(what, () => { touched = Date.now(); }, { passive: true });
  }
  const isSelect = (event) => event.target instanceof HTMLSelectElement;
  for (const what of ["pointerdown", "keydown", "focusin"]) addEventListener(what, (event) => { if (isSelect(event)) choosing = true; });
  for (const what of ["change", "focusout"]) addEventListener(what, (event) => { if (isSelect(event)) choosing = false; });
  pause.addEventListener("click", () => { paused = !paused; keep.set("paused", paused); say(); });
  now.addEventListener("click", reload);
  live.querySelector(".buttons").hidden = false;
  say();
  // The next page is there one interval after this one was written; a little later it is sure to be.
  const due = Math.max(written + every + 2000, loaded + 5000);
  if (!stale) setInterval(() => { if (!paused && !document.hidden && !busy() && Date.now() >= due) reload(); }, 1000);
}
