"""What people read at a terminal: tables and lines."""
