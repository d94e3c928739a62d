"""The practice's terms: a public page, and the page where families accept a new version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import family_page_before_terms, public_page
from audit.trail import Actor
from practice import terms


@require_safe
@public_page
def read(request: HttpRequest) -> HttpResponse:
    """The newest version in the language of the page, or a note that there are no terms."""
    newest = terms.current()
    return render(
        request, "portal/family/terms.html", {"terms": newest, "text": terms.text_of(newest) if newest else None}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@family_page_before_terms
def accept(request: HttpRequest) -> HttpResponse:
    """Ask a family to accept the newest terms or sign out."""
    user = Actor.of(request).signed_in
    waiting = terms.must_accept(user)
    if waiting is None:
        return redirect("home")
    if request.method == "POST" and request.POST.get("version") == str(waiting.number):
        terms.accept(user=user, terms=waiting, by=Actor.of(request))
        return redirect("home")
    return render(request, "portal/family/accept_terms.html", {"terms": waiting, "text": terms.text_of(waiting)})
