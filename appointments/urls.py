from django.urls import path

from appointments.calendar.views import calendar, schedule, tracking
from appointments.views import appointment, arrival, patient, settings

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
    path("appointments/<int:appointment_id>/", appointment.appointment, name="appointment"),
    path("appointments/<int:appointment_id>/change/", appointment.change, name="change"),
    path("appointments/<int:appointment_id>/arrive/", arrival.arrive, name="arrive"),
    path("appointments/<int:appointment_id>/move/", appointment.move, name="move"),
    path("patients/", appointment.find_patient, name="find_patients"),
    path("patients/<int:patient_id>/", patient.of_patient, name="of_patient"),
    path("patients/<int:patient_id>/summary/", appointment.summary, name="summary"),
]

settings_urls = [
    path("settings/", settings.settings, name="settings"),
    path("settings/providers/add/", settings.provider, name="add_provider"),
    path("settings/providers/<int:provider_id>/", settings.provider, name="provider"),
    path("settings/visit-types/add/", settings.visit_type, name="add_visit_type"),
    path("settings/visit-types/<int:visit_type_id>/", settings.visit_type, name="visit_type"),
    path("settings/visit-types/<int:visit_type_id>/remove/", settings.remove_visit_type, name="remove_visit_type"),
    path("settings/time-off/add/", settings.add_time_off, name="add_time_off"),
    path("settings/time-off/<int:time_off_id>/remove/", settings.remove_time_off, name="remove_time_off"),
]

urlpatterns = [*schedule_urls, *appointment_urls, *settings_urls]
