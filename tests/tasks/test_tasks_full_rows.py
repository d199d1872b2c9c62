"""The command that trains rows of reports at full size asks for what the tasks know."""

import pytest
from full_rows import ROWS, Row

from harness.tasks import find


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_changes_settings_of_its_variant_to_values_that_there_are(row: Row) -> None:
    task = find(row.task)
    variant = task.variant(row.variant)
    known = {s.name: s.choices for c in task.candidates for s in c.settings if s.name in variant.arguments}
    assert row.changed.keys() <= known.keys()
    assert all(value in known[name] for name, value in row.changed.items() if known[name])
