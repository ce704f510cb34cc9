"""Builds one page when it is imported, by the fork server of the worker processes and by nobody else.

Patterns of boilerplate and tables of languages take a second to load at first use; so they are there before a process
is forked, and the deadline of its first page does not pay for them.
"""

from newscrawl.article import build
from newscrawl.workers import WARM_UP

build(WARM_UP)
