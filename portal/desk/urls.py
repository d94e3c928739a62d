"""The front desk's addresses: registration window, today's families, runs of sheets, help to sign in, Portal tab."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.desk.verbs import VERBS
from portal.desk.views import history, password_help, runs, window, worklist

app_name = "desk"


class VerbConverter(StringConverter):
    regex = "|".join(VERBS)


register_converter(VerbConverter, "row_verb")

urlpatterns = [
    path("registration/<int:family_contact_id>/", window.open_window, name="window"),
    path("registration/patients/<int:patient_id>/", window.open_for_patient, name="patient_window"),
    path("registration/<int:family_contact_id>/issue/", window.issue, name="issue"),
    path("registration/<int:family_contact_id>/show/", window.show, name="show"),
    path("registration/<int:family_contact_id>/print/", window.print_sheet, name="print"),
    path("registration/<int:family_contact_id>/<int:row_id>/<row_verb:verb>/", window.row_verb, name="row_verb"),
    path("registration/<int:family_contact_id>/help/", password_help.help_to_sign_in, name="help_to_sign_in"),
    path("registration/worklist/", worklist.families_of_day, name="worklist"),
    path("registration/worklist/<int:contact_id>/decline/", worklist.decline, name="decline_family"),
    path("registration/worklist/<int:contact_id>/postpone/", worklist.postpone, name="postpone"),
    path("registration/worklist/<int:contact_id>/ask-now/", worklist.ask_now, name="ask_now"),
    path("registration/runs/", runs.plan_run, name="plan_run"),
    path("registration/runs/<int:run_id>/", runs.run, name="run"),
    path("registration/runs/<int:run_id>/print/", runs.print_run, name="print_run"),
    path("patients/<int:patient_id>/portal/", history.history, name="history"),
]
