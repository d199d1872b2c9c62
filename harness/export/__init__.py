"""Marks on their way out: into the worksheets of learning platforms, tables, data frames and zips of cards."""
