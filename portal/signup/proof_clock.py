"""How long what a family has proven still stands, so that the page warns before the end (WCAG 2.2.1).

Only somebody at the page puts the end off, by pressing a button: a phone that is put down forgets within the hour.
"""

from django.http import HttpRequest
from django.utils import timezone

from portal.signup import proof

WARNING = 2 * 60  # seconds before the end; WCAG 2.2.1 asks for at least 20 to answer


def seconds_left(request: HttpRequest) -> float:
    """Seconds until it is forgotten; 0 where nothing is proven any more."""
    if not request.session.get(proof.KEY):
        return 0.0
    since: float = request.session[proof.SINCE]
    return max(0.0, since + proof.LASTS.total_seconds() - timezone.now().timestamp())


def put_off(request: HttpRequest) -> float:
    """Begin the hour anew; the seconds left then. What is over stays over."""
    if seconds_left(request):
        request.session[proof.SINCE] = timezone.now().timestamp()
    return seconds_left(request)
