"""A course folder: the rooms of the house outside the package, found, checked and handed out."""
