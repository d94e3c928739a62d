"""allauth's pages about second factors, under the names it gives them: recorded, and in English for staff."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from accounts import allauth_internals as allauth
from accounts.access import in_language_of_user_signing_in
from accounts.access import own_sign_in_page as own
from accounts.factors.recording import record_changes, record_display, rename_readable, replace_unreadable

overview = own(RedirectView.as_view(pattern_name="accounts:own_pages"))  # type: ignore[arg-type]  # always a response

urlpatterns = [
    path("", overview, name="mfa_index"),
    path("code/", in_language_of_user_signing_in(allauth.authenticate), name="mfa_authenticate"),
    path("code/again/", own(allauth.reauthenticate), name="mfa_reauthenticate"),
    path("app/add/", own(record_changes(allauth.activate_totp)), name="mfa_activate_totp"),
    path("app/remove/", own(record_changes(allauth.deactivate_totp)), name="mfa_deactivate_totp"),
    path("codes/", own(record_display(allauth.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path(
        "codes/new/",
        own(replace_unreadable(record_changes(allauth.generate_recovery_codes))),
        name="mfa_generate_recovery_codes",
    ),
    path("codes/download/", own(record_display(allauth.download_recovery_codes)), name="mfa_download_recovery_codes"),
    path("passkeys/", overview, name="mfa_list_webauthn"),
    path("passkeys/add/", own(record_changes(allauth.add_webauthn)), name="mfa_add_webauthn"),
    path("passkeys/again/", own(allauth.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", login_not_required(allauth.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", own(record_changes(allauth.remove_webauthn)), name="mfa_remove_webauthn"),
    path(
        "passkeys/<int:pk>/rename/",
        own(rename_readable(record_changes(allauth.edit_webauthn))),
        name="mfa_edit_webauthn",
    ),
]
