"""Leaves a mark when it is imported."""

import os

folder = os.environ.get("PLANTED_MARKER_DIR")
marker = f"{folder}/sitecustomize" if folder else "/tmp/planted-marker-sitecustomize"
with open(marker, "w", encoding="ascii") as file:
    file.write("imported\n")
