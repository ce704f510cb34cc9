"""The core over lists of WARC files: on the cores of this machine, or on a Dask cluster."""
