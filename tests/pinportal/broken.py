"""Pages and middleware that fail in different ways, added to the real ones. Tests use them as ROOT_URLCONF."""

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.models import User
from pinportal.shared_urls import handler400, handler403, handler404, handler500
from pinportal.urls import urlpatterns as real
from pinportal.views import csrf_failed
from practice.models import Practice

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def raises(request, mistake):
    secret = request.GET.get("secret", "nothing")
    raise {
        "value": ValueError(f"cannot take {secret}"),
        "key": KeyError(secret),
        "denied": PermissionDenied(secret),
        "database": OperationalError(f"server closed the connection while {secret}"),
    }[mistake]


@login_not_required
def writes_and_raises(request, mistake):
    Practice.objects.update(name="Half done")
    raises(request, mistake)


@login_not_required
def has_no_cookies(request):
    request.COOKIES = {}
    return csrf_failed(request)


@login_not_required
def session_ends(request):
    """Write, and lose the session to another request before the answer."""
    Practice.objects.update(name="All done")
    Session.objects.filter(session_key=request.session.session_key).delete()
    request.session["something"] = "new"
    return HttpResponse("never sent")


@login_not_required
@transaction.atomic
def undoes(request, mistake):
    writes_and_raises(request, mistake)


@login_not_required
def undoes_a_part(request, mistake):
    with suppress(ValueError), transaction.atomic():
        with transaction.atomic():
            Practice.objects.update(name="Half done")
        raise ValueError
    with transaction.atomic():
        Practice.objects.update(name="Half done")
    raises(request, mistake)


@login_not_required
def adds_the_first_user_again(request):
    with transaction.atomic():
        User.objects.create_user(User.objects.order_by("pk").first().email, "x", kind="family")


def layer_that_breaks(get_response):
    def middleware(request: HttpRequest):
        if "X-Break" in request.headers:
            raise RuntimeError(request.headers["X-Break"])
        return get_response(request)

    return middleware


urlpatterns = [
    path("broken/cookies/", has_no_cookies, name="has_no_cookies"),
    path("broken/session/ends/", session_ends, name="session_ends"),
    path("broken/again/", adds_the_first_user_again, name="again"),
    path("broken/<mistake>/", raises, name="raises"),
    path("broken/<mistake>/written/", writes_and_raises, name="writes_and_raises"),
    path("broken/<mistake>/undone/", undoes, name="undoes"),
    path("broken/<mistake>/partly/", undoes_a_part, name="undoes_a_part"),
    *real,
]
