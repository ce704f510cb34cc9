"""Bytes of feeds, sitemaps and front pages to links. Nothing here fetches."""
