"""Configuration of gunicorn in production: ``gunicorn --config pinportal/gunicorn.py pinportal.wsgi``."""

import importlib
import multiprocessing
import os

from django.urls import get_resolver

bind = os.environ.get("BIND", "127.0.0.1:8000")
# Slow clients cost no thread (pinportal.worker). A process draws one PDF at a time, in a thread of its own
# (portal.sheets.sheet), while its other threads answer pages.
worker_class = "pinportal.worker.Worker"
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count() + 1))
threads = 4  # of each process, each with a connection to the database
# Of each process. When there are more, it closes the oldest that is not being answered. Below 1024, the usual limit of
# open files.
worker_connections = 500
# Load the application once, before forking, so that workers share memory. New code needs a restart, not a HUP.
preload_app = True
# Seconds without a sign of life until a process is replaced. pinportal.worker has the limits of requests.
timeout = 60
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
