"""Renamed with the folder above."""
