"""Renamed with its folder."""
