"""A student's card, part by part."""
