"""Words, numbers and links as pages write them."""
