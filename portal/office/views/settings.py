"""**Settings** of the Practice Portal: practice, logo, PIN sheet, ages, terms. For administrators."""

from typing import Any

from django.conf import settings as project
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, staff_page
from audit.trail import Actor
from patients.forms import add_differences, add_errors
from portal.office import age_effects
from portal.office.settings_forms import FORMS, LogoForm, TermsForm
from practice import change_settings, logo
from practice import terms as practice_terms
from practice.edit_conflicts import Stale
from practice.models import Practice, Terms

PAGE, TERMS_PAGE = "office:settings", "office:terms_settings"
SAVED = {
    "practice": "Saved. Shown on family pages and new PIN sheets from now on.",
    "sheet": "Saved. Applies to new sheets and PINs.",
    "ages": "Saved. The new ages are in effect.",
}
LOGO_CHANGED = "A colleague changed the logo after you opened this page. Check the logo below, then try again."


@require_safe
@staff_page(Permission.CHANGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """All settings. Each part is saved separately."""
    return _page(request)


@require_POST
@staff_page(Permission.CHANGE_SETTINGS)
def change(request: HttpRequest, part: str) -> HttpResponse:
    """Save one part. New ages need a confirmation first because they take effect immediately."""
    form = FORMS[part](request.POST, instance=Practice.current())
    if not form.is_valid():
        return _page(request, form=form, part=part)
    if part == "ages" and form.changed_data and request.POST.get("confirm") != _ages_code(form.instance):
        effects = age_effects.compare(before=Practice.current(), after=form.instance)
        return _page(request, form=form, part=part, effects=effects, confirm=_ages_code(form.instance))
    try:
        values, seen, by = form.cleaned_data, request.POST.get("seen", ""), Actor.of(request)
        if part == "ages":
            changed = age_effects.save(values=values, seen=seen, by=by)
        else:
            changed = change_settings.change(part=part, values=values, seen=seen, by=by)
    except Stale:
        form = FORMS[part](request.POST, instance=Practice.current())
        form.is_valid()
        add_differences(form)
        return _page(request, form=form, part=part)
    except ValidationError as error:
        add_errors(error, form)
        return _page(request, form=form, part=part)
    messages.success(request, SAVED[part] if changed else "Nothing changed: the values are the same as before.")
    return redirect(PAGE)


@require_POST
@staff_page(Permission.CHANGE_SETTINGS)
def change_logo(request: HttpRequest) -> HttpResponse:
    """Upload a logo, or **Remove** the current one."""
    seen, form = request.POST.get("seen", ""), LogoForm(request.POST, request.FILES)
    try:
        if "remove" in request.POST:
            logo.remove(seen=seen, by=Actor.of(request))
            messages.success(request, "Logo removed.")
            return redirect(PAGE)
        if form.is_valid():
            logo.save(content=form.cleaned_data["logo"].read(), seen=seen, by=Actor.of(request))
            messages.success(request, "Saved. The logo is shown on family pages and new PIN sheets.")
            return redirect(PAGE)
    except logo.NoLogo as refused:
        form.add_error("logo", str(refused))
    except Stale:
        form.add_error(None, LOGO_CHANGED)
    return _page(request, logo_form=form, summary=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.CHANGE_SETTINGS)
def terms(request: HttpRequest) -> HttpResponse:
    """The terms for families: their versions, and the next text with **Preview** and **Publish**."""
    newest = practice_terms.current()
    form = TermsForm(request.POST or None, initial=_texts(newest))
    preview = None
    if request.method == "POST" and form.is_valid():
        if "publish" in request.POST:
            try:
                made = practice_terms.publish(texts=form.texts, seen=_number(request), by=Actor.of(request))
            except practice_terms.NotPublished as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"Version {made.number} published. Families accept it on their next page.")
                return redirect(TERMS_PAGE)
        else:
            preview = [(code, name, form.texts[code]) for code, name in project.LANGUAGES if form.texts[code].strip()]
    versions = Terms.objects.annotate(accepted=Count("acceptances")).select_related("published_by__staff_record")
    context = {"form": form, "newest": newest, "preview": preview, "versions": versions}
    return render(request, "portal/office/settings/terms.html", context)


@require_safe
@staff_page(Permission.CHANGE_SETTINGS)
def terms_version(request: HttpRequest, number: int) -> HttpResponse:
    """One published version."""
    found = get_object_or_404(Terms, number=number)
    names = dict(project.LANGUAGES)
    texts = [(each.language, names.get(each.language, each.language), each.text) for each in found.texts.order_by("pk")]
    return render(request, "portal/office/settings/terms_version.html", {"version": found, "texts": texts})


# --- The page ------------------------------------------------------------------------------------


def _page(request: HttpRequest, *, form: Any = None, part: str = "", **context: Any) -> HttpResponse:
    """The page, with one part's form as the user filled it in. ``context``: logo_form, summary, effects, confirm."""
    stored = Practice.current()
    forms = {each: FORMS[each](instance=stored) for each in FORMS} | ({part: form} if form else {})
    parts = {each: {"form": forms[each], "seen": change_settings.fingerprint_of(stored, each)} for each in FORMS}
    page = {
        "parts": parts,
        "part": part,
        "stored": stored,
        "summary": form,
        "logo_form": LogoForm(),
        "logo_on_sheet": logo.data_url(stored),
        "newest": practice_terms.current(),
        **context,
    }
    return render(request, "portal/office/settings/settings.html", page)


def _ages_code(practice: Practice) -> str:
    """The ages as one value, so that a confirmation applies only to the ages that were shown."""
    return f"{practice.own_account_from}-{practice.teen_from}-{practice.teen_to}-{practice.adult_age}"


def _texts(newest: Terms | None) -> dict[str, str]:
    return {each.language: each.text for each in newest.texts.all()} if newest else {}


def _number(request: HttpRequest) -> int:
    """The newest version when the page was opened: 0 for none, -1 if the value is invalid."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else -1  # noqa: PLR2004  # far more digits than there are versions
