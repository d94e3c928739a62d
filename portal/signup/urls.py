"""A family's first visit: from the PIN to the account."""

from django.urls import path

from accounts.surfaces import REGISTER_PATH
from portal.signup.views import account, register

app_name = "signup"

urlpatterns = [
    path(REGISTER_PATH, register.start, name="register"),
    path(f"{REGISTER_PATH}children/", register.siblings, name="register_siblings"),
    path(f"{REGISTER_PATH}another/", register.another, name="register_another"),
    path(f"{REGISTER_PATH}you/", account.you, name="register_you"),
    path(f"{REGISTER_PATH}email/", account.email, name="register_email"),
    path(f"{REGISTER_PATH}terms/", account.agree, name="register_terms"),
    path(f"{REGISTER_PATH}account/", account.account, name="register_account"),
    path(f"{REGISTER_PATH}passkey/", account.passkey_options, name="register_passkey"),
    path(f"{REGISTER_PATH}start-over/", register.start_over, name="register_start_over"),
    path(f"{REGISTER_PATH}more-time/", register.more_time, name="register_more_time"),
]
