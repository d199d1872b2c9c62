"""Grades deep-learning coursework: trains, measures, marks and reports. Importing it loads no backend."""

__version__ = "0.1.0"
