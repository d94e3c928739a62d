"""Configuration of gunicorn in production: ``gunicorn --config pinportal/gunicorn.py pinportal.wsgi``."""

import importlib
import multiprocessing
import os

from django.urls import get_resolver

bind = os.environ.get("BIND", "127.0.0.1:8000")
# Processes, not threads: WeasyPrint is not known to be thread-safe, and threads do not make PDFs faster.
worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", 2 * multiprocessing.cpu_count() + 1))
# Load the application once, before forking, so that workers share memory. New code needs a restart, not a HUP.
preload_app = True
# Seconds. The longest request is a full run of sheets (portal.desk.runs.MAX_FAMILIES): 14 s alone, 80 s if eight of
# them share two cores. Change both together. A run that is killed anyway can be continued from its page.
timeout = 180
# TRUSTED_PROXIES alone says whether there is a proxy. Gunicorn's default would accept X-Forwarded-Proto from any
# process on this machine.
forwarded_allow_ips = ""
# Gunicorn's control socket: one per home directory, and not used here.
control_socket_disable = True
# The application logs each request itself, with the page's name instead of its URL (R7). LOGGING in the settings
# also formats gunicorn's own messages.
accesslog = None


def when_ready(server: object) -> None:
    """Load the URLs, the views, and WeasyPrint now, or the first request would wait a second for them."""
    get_resolver().url_patterns  # noqa: B018  # reading it loads it
    importlib.import_module("weasyprint")
