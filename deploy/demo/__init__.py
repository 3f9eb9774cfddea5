"""`./mall demo`: plays the main job over HTTP against a running mall and tells it as a story."""
