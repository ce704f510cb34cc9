"""Outlets as data: one YAML file each, checked before anything is fetched."""
