"""The common shapes of coursework: a task of one of them is a page."""
