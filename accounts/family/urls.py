"""A family's own account: e-mail, password, second step, sessions."""

from django.urls import path

from accounts.family import views

app_name = "family_account"

urlpatterns = [
    path("my/account/", views.account, name="account"),
    path("my/account/email/", views.change_email, name="change_email"),
    path("my/account/email/confirm/", views.confirm_email, name="confirm_email"),
    path("my/account/email/send-code/", views.send_email_code, name="send_email_code"),
    path("my/account/email/keep/", views.keep_email, name="keep_email"),
]
