"""An instructor's own wording and looks, and the template engine that applies them."""
