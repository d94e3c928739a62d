from django.urls import include, path

from appointments.views import appointment, patient

app_name = "appointments"

urlpatterns = [
    path("", include("appointments.calendar.urls")),
    path("appointments/add/", appointment.add, name="add"),
    path("appointments/<int:appointment_id>/", appointment.appointment, name="appointment"),
    path("appointments/<int:appointment_id>/change/", appointment.change, name="change"),
    path("appointments/<int:appointment_id>/arrive/", appointment.arrive, name="arrive"),
    path("appointments/<int:appointment_id>/move/", appointment.move, name="move"),
    path("patients/", patient.find_patients, name="find_patients"),
    path("patients/<int:patient_id>/", patient.patient_appointments, name="patient_appointments"),
    path("patients/<int:patient_id>/summary/", patient.summary, name="summary"),
    path("settings/", include("appointments.settings.urls")),
]
