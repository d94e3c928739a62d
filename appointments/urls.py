from django.urls import path

from appointments.views import appointment, calendar, schedule, tracking

app_name = "appointments"

schedule_urls = [
    path("", schedule.schedule, name="schedule"),
    path("mode/", schedule.choose_mode, name="choose_mode"),
    path("day/", calendar.day, name="day"),
    path("week/", calendar.week, name="week"),
    path("month/", calendar.month, name="month"),
    path("tracking/", tracking.tracking, name="tracking"),
]

appointment_urls = [
    path("appointments/add/", appointment.add, name="add"),
    path("appointments/<int:appointment_id>/", appointment.edit, name="appointment"),
    path("appointments/<int:appointment_id>/arrive/", appointment.arrive, name="arrive"),
    path("appointments/<int:appointment_id>/move/", appointment.move, name="move"),
    path("patients/", appointment.find_patients, name="find_patients"),
    path("patients/<int:patient_id>/", appointment.summary, name="summary"),
]

settings_urls: list[object] = []

urlpatterns = [*schedule_urls, *appointment_urls, *settings_urls]
