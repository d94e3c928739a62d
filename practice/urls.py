from django.urls import path

from practice import views

app_name = "practice"

urlpatterns = [
    path("", views.home, name="home"),
    path("your-sign-in/", views.own_sign_in, name="own_sign_in"),
    path("second-factor/", views.second_factor_needed, name="second_factor"),
]
