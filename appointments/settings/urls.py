from django.urls import path

from appointments.settings import views

urlpatterns = [
    path("", views.settings, name="settings"),
    path("providers/add/", views.provider, name="add_provider"),
    path("providers/<int:provider_id>/", views.provider, name="provider"),
    path("visit-types/add/", views.visit_type, name="add_visit_type"),
    path("visit-types/<int:visit_type_id>/", views.visit_type, name="visit_type"),
    path("visit-types/<int:visit_type_id>/remove/", views.remove_visit_type, name="remove_visit_type"),
    path("time-off/add/", views.add_time_off, name="add_time_off"),
    path("time-off/<int:time_off_id>/remove/", views.remove_time_off, name="remove_time_off"),
]
