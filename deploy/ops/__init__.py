"""`./mall ops …`: what operations type. Each service brings its own commands; this folder joins them."""
