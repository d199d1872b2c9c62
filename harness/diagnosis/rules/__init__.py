"""The rules: every module in this folder has some, listed in its `RULES` (see `harness.diagnosis`)."""
