"""A good package in a folder full of traps."""
