"""What `dev.py` does. Standard library only, except `docs`, which runs in the environment `dev`."""
