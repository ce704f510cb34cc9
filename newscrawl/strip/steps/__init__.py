"""Strip steps: each reads the evidence and the marks so far, and marks blocks."""
