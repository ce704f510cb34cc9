"""Spiders: they turn sources into frontier rows, and due rows into visits."""
