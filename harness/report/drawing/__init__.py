"""Figures as data become pictures, words and tables."""
