"""Scrapy's settings for every newscrawl crawl, from the command and from `scrapy crawl` alike.

Settings of our own begin with NEWSCRAWL_; each can be given with `-s`, and those of the environment are read in
`spiders.base`. The reasons for the others: README, "Decisions".
"""

import os

from newscrawl import __version__

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
# Whom an outlet may write to: from the environment, or `crawl --contact`.
USER_AGENT = f"newscrawl/{__version__} ({os.environ.get('NEWSCRAWL_CONTACT') or 'news crawler'})"

# --- ours ---
NEWSCRAWL_DATABASE_URL = None  # default: the environment, else sqlite:///newscrawl.db
NEWSCRAWL_ARCHIVE = None  # folder of raw responses; default: the environment, else newscrawl-archive
NEWSCRAWL_OUTLETS = ""  # folders of outlet files, separated like PATH
NEWSCRAWL_PROXY = None  # an HTTP proxy, only ever used when it is named here
NEWSCRAWL_ALLOW_PRIVATE = False  # let requests reach addresses that are not public
NEWSCRAWL_DELAY = None  # seconds between two requests to a host; overrides the outlet files
NEWSCRAWL_MAX_PAGES = None  # pages of a run; the rest is the next run's
NEWSCRAWL_MAX_MINUTES = None  # minutes after which a run takes nothing more
NEWSCRAWL_WORKERS = 2  # extraction processes
NEWSCRAWL_PATIENCE = 60  # seconds that a database which is away is waited for
NEWSCRAWL_FAIL_LIMIT = 0.2  # share of failed pages above which a run is degraded
NEWSCRAWL_ON_PROGRESS = None  # called with a Progress about once a second

# --- politeness ---
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newscrawl"
CONCURRENT_REQUESTS = 512  # hosts at once; a request waiting for its host's delay counts too
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
DOWNLOADER = "newscrawl.guards.PatientDownloader"
DOWNLOAD_DELAY_JITTER = 0.25  # share by which a delay may be longer, never shorter
# AutoThrottle pulls a host's delay back towards DOWNLOAD_DELAY and so forgets its Crawl-delay.
AUTOTHROTTLE_ENABLED = False
RETRY_TIMES = 2
RETRY_EXCEPTIONS = [  # without CannotResolveHostError: neither a refused address nor a missing name gets better at once
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectionLost",
    "scrapy.core.downloader.handlers.http11.TunnelError",
]

# --- guards ---
TWISTED_DNS_RESOLVER = "newscrawl.guards.GuardedResolver"
DNS_TIMEOUT = 10
DOWNLOAD_HANDLERS = {
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
    "http": "newscrawl.guards.CappedHandler",
    "https": "newscrawl.guards.CappedHandler",
}
DOWNLOAD_MAXSIZE = 9_500_000  # keeps every text node under libxml2's limit of 10,000,000 bytes
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # of the whole response
DOWNLOAD_VERIFY_CERTIFICATES = True
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # it obeys the environment; our own middleware obeys NEWSCRAWL_PROXY alone
REDIRECT_MAX_TIMES = 8
METAREFRESH_MAXDELAY = 5
MEMUSAGE_LIMIT_MB = 2048
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5

# --- the way of the data ---
CONCURRENT_ITEMS = 8
HTTPERROR_ALLOW_ALL = True  # every status is an outcome that the spider counts
DOWNLOADER_MIDDLEWARES = {
    "newscrawl.middlewares.ProxyMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "newscrawl.rendering.RenderMiddleware": 540,  # of the whole page, unpacked, after its redirects
    "newscrawl.middlewares.RetryMiddleware": 550,
    "newscrawl.middlewares.OwnCookiesMiddleware": 700,
}
# The frontier decides which URLs are asked for, and how deep; these would drop requests without an outcome.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
}
ITEM_PIPELINES = {
    "newscrawl.pipelines.VisitPipeline": 100,
}
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,
    "newscrawl.extensions.ProgressReporter": 0,
}
LOG_FORMATTER = "newscrawl.extensions.BriefLogFormatter"
LOG_LEVEL = "INFO"
