"""From an exception to a sentence in the student's terms: pure functions and tables, without any backend."""
