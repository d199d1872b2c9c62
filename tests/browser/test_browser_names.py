"""Names of variants go on in the next line where a reader would break them, on a telephone too."""

from pathlib import Path
from typing import Any

from report.cards import card
from report.conftest import make_measurement, make_student, make_task
from screens import A4, PHONE

NAMES = ["rate_0.0003", "vae_20_no_kl", "learning_rate_0.0003_batch_128", "convolutional", "dropout"]
LINES = """() => [...document.querySelectorAll('tbody th[scope=row]')].flatMap(head => {
  const lines = [], range = document.createRange();
  const walker = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();)
    [...node.data].forEach((letter, i) => {
      range.setStart(node, i); range.setEnd(node, i + 1);
      const {top} = range.getBoundingClientRect(), last = lines.at(-1);
      if (last && Math.abs(last.top - top) < 2) last.text += letter; else lines.push({top, text: letter});
    });
  return [lines.map(line => line.text)];
})"""


def test_a_variants_name_is_broken_after_an_underscore_and_never_within_a_number(tmp_path: Path, visit: Any) -> None:
    runs = [make_measurement(variant=name, seed=seed) for name in NAMES for seed in (1, 2)]
    page = tmp_path / "card.html"
    opened = card(make_student(tasks=[make_task(measurements=runs)])).replace("<details>", "<details open>")
    page.write_text(opened)
    window = visit(page, size=PHONE).page
    for width, height in (PHONE, (320, 640), A4):
        window.set_viewport_size({"width": width, "height": height})
        heads = [lines for lines in window.evaluate(LINES) if "".join(lines) in NAMES]
        assert len(heads) == len(NAMES) * 4, "compared, under two seeds, and what they took"
        broken = [lines for lines in heads if not all(line.endswith("_") for line in lines[:-1])]
        assert broken == [], width
    assert "0.0003_batch" in opened.replace("<wbr>", ""), "and is copied as it is"
