"""The addresses of this room on the families' surface: those that both have, and the family's own account."""

from django.urls import path

from practice import account_views, urls

app_name = urls.app_name

of_families = [
    path("my/account/", account_views.account, name="account"),
    path("my/account/email/", account_views.change_email, name="change_email"),
    path("my/account/email/confirm/", account_views.confirm_email, name="confirm_email"),
    path("my/account/email/send-code/", account_views.send_email_code, name="send_email_code"),
    path("my/account/email/keep/", account_views.keep_email, name="keep_email"),
]

urlpatterns = urls.urlpatterns + of_families
