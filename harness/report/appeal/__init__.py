"""What a student who appeals is given: everything about one result in one folder."""
