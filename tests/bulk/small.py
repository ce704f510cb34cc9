"""For `dask worker --preload`: short stretches, so that a worker can be killed between two of them."""

from newscrawl.bulk import reading

reading.STRETCH, reading.AHEAD = 4, 2
