"""All addresses. Numbers in them are record numbers; names, chart numbers and PINs never are."""

from django.urls import include, path

urlpatterns = [
    path("", include("practice.urls")),
    path("", include("portal.urls")),
    path("patients/", include("patients.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
