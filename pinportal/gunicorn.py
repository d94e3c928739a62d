"""How gunicorn runs in production: ``gunicorn --config pinportal/gunicorn.py pinportal.wsgi``."""

import multiprocessing
import os

from django.urls import get_resolver

bind = os.environ.get("BIND", "127.0.0.1:8000")
# Processes, not threads: WeasyPrint is not known to be thread-safe, and threads do not draw faster.
worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", 2 * multiprocessing.cpu_count() + 1))
# Loaded once, before the processes part: they share the memory. New code needs a restart, not a HUP.
preload_app = True
# Seconds. The longest request is a full run of sheets (portal.desk.runs.MAX_FAMILIES): 14 s alone, 80 s
# where eight of them share two cores. Whoever raises the one must look at the other; a run that is killed
# all the same is continued from its page.
timeout = 180
# Whether a proxy stands in front is said once, by TRUSTED_PROXIES. Gunicorn's own default would
# believe X-Forwarded-Proto from anyone on this machine.
forwarded_allow_ips = ""
# Gunicorn's way of steering a running server: one socket per home directory, and nothing here uses it.
control_socket_disable = True
# The application writes the line of each request itself, by the page's name and not by its address (R7);
# gunicorn's own messages go the same way (LOGGING in the settings).
accesslog = None


def when_ready(server: object) -> None:
    """Load the pages too, which Django would do at the first request: a second for whoever comes first."""
    get_resolver().url_patterns  # noqa: B018  # looking at it loads it
