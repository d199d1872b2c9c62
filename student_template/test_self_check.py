"""Run `pytest` in this folder: it checks and trains every task that has a file here, as the grader does.

`pytest -k contract` checks in seconds, before any training. `pytest --harness-report card.html` writes the card.
"""

harness_self_check = True  # tells the harness that this folder is a student's; there is nothing to change here
