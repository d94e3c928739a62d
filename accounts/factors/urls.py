"""allauth's pages about second factors, under the names it gives them: recorded, for staff in English."""

from allauth.mfa.base import views as signing_in
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from accounts.access import on_the_way_in
from accounts.access import own_sign_in_page as own
from accounts.factors.second_factor import recorded, shown

overview = own(RedirectView.as_view(pattern_name="accounts:own_pages"))  # type: ignore[arg-type]  # always a response

urlpatterns = [
    path("", overview, name="mfa_index"),
    path("code/", on_the_way_in(signing_in.authenticate), name="mfa_authenticate"),
    path("code/again/", own(signing_in.reauthenticate), name="mfa_reauthenticate"),
    path("app/add/", own(recorded(app.activate_totp)), name="mfa_activate_totp"),
    path("app/remove/", own(recorded(app.deactivate_totp)), name="mfa_deactivate_totp"),
    path("codes/", own(shown(codes.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path("codes/new/", own(recorded(codes.generate_recovery_codes)), name="mfa_generate_recovery_codes"),
    path("codes/download/", own(shown(codes.download_recovery_codes)), name="mfa_download_recovery_codes"),
    path("passkeys/", overview, name="mfa_list_webauthn"),
    path("passkeys/add/", own(recorded(passkeys.add_webauthn)), name="mfa_add_webauthn"),
    path("passkeys/again/", own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", login_not_required(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", own(recorded(passkeys.remove_webauthn)), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/rename/", own(recorded(passkeys.edit_webauthn)), name="mfa_edit_webauthn"),
]
