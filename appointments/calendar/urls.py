from django.urls import path

from appointments.calendar import views

urlpatterns = [
    path("", views.schedule, name="schedule"),
    path("mode/", views.choose_mode, name="choose_mode"),
    path("day/", views.day, name="day"),
    path("week/", views.week, name="week"),
    path("month/", views.month, name="month"),
    path("tracking/", views.tracking, name="tracking"),
]
