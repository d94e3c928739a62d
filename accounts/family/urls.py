"""The addresses of this room on the families' surface: those that both have, and the family's own account."""

from django.urls import path

from accounts import urls
from accounts.family import views

app_name = urls.app_name

of_families = [
    path("my/account/", views.account, name="account"),
    path("my/account/email/", views.change_email, name="change_email"),
    path("my/account/email/confirm/", views.confirm_email, name="confirm_email"),
    path("my/account/email/send-code/", views.send_email_code, name="send_email_code"),
    path("my/account/email/keep/", views.keep_email, name="keep_email"),
]

urlpatterns = urls.urlpatterns + of_families
