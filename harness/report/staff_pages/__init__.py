"""Pages for those who teach: what other rubrics would change, and what a rubric tells apart."""
