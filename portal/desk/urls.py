from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.desk.views import runs as sheet_runs
from portal.desk.views import sign_in_help, window, worklist
from portal.office.dashboard import Part
from portal.office.views import administration, audit, dashboard, settings, sign_ins
from practice.changes import PARTS

app_name = "portal"


class VerbConverter(StringConverter):
    regex = "|".join(window.VERBS)


class DeedConverter(StringConverter):
    regex = "|".join(sign_ins.DEEDS)


class PartConverter(StringConverter):
    regex = "|".join(PARTS)


register_converter(PartConverter, "part")
register_converter(VerbConverter, "verb")
register_converter(DeedConverter, "deed")

urlpatterns = [
    path("registration/<int:family_contact_id>/", window.open_window, name="window"),
    path("registration/patients/<int:patient_id>/", window.open_for_patient, name="patient_window"),
    path("registration/<int:family_contact_id>/issue/", window.issue, name="issue"),
    path("registration/<int:family_contact_id>/show/", window.show, name="show"),
    path("registration/<int:family_contact_id>/print/", window.print_sheet, name="print"),
    path("registration/<int:family_contact_id>/<int:row_id>/<verb:verb>/", window.row_verb, name="row_verb"),
    path("registration/<int:family_contact_id>/help/", sign_in_help.help_to_sign_in, name="help_to_sign_in"),
    path("patients/<int:patient_id>/portal/", administration.history, name="history"),
    path("practice-portal/", dashboard.dashboard, name="dashboard"),
    path("practice-portal/locked/", dashboard.listed, {"part": Part.LOCKED}, name="locked"),
    path("practice-portal/pending/", dashboard.listed, {"part": Part.PENDING}, name="pending"),
    path("practice-portal/age-outs/", dashboard.listed, {"part": Part.AGE_OUTS}, name="age_outs"),
    path("practice-portal/alerts/<int:alert_id>/seen/", dashboard.alert_seen, name="alert_seen"),
    path("practice-portal/patients/", administration.patients, name="administration"),
    path("practice-portal/worklist/", worklist.worklist, name="worklist"),
    path("practice-portal/worklist/<int:contact_id>/decline/", worklist.decline, name="decline_family"),
    path("practice-portal/worklist/<int:contact_id>/postpone/", worklist.postpone, name="postpone"),
    path("practice-portal/worklist/<int:contact_id>/ask-now/", worklist.ask_now, name="ask_now"),
    path("practice-portal/runs/", sheet_runs.plan_run, name="plan_run"),
    path("practice-portal/runs/<int:run_id>/", sheet_runs.run, name="run"),
    path("practice-portal/runs/<int:run_id>/print/", sheet_runs.print_run, name="print_run"),
    path("practice-portal/settings/", settings.settings, name="settings"),
    path("practice-portal/settings/logo/", settings.change_logo, name="change_logo"),
    path("practice-portal/settings/terms/", settings.terms, name="terms_settings"),
    path("practice-portal/settings/terms/<int:number>/", settings.terms_version, name="terms_version"),
    path("practice-portal/settings/<part:part>/", settings.change, name="change_settings"),
    path("practice-portal/audit/", audit.audit, name="audit"),
    path("practice-portal/audit/export/", audit.export, name="export_audit"),
    path("practice-portal/staff/", administration.staff, name="staff"),
    path("practice-portal/staff/add/", administration.staff_record, name="add_staff_record"),
    path("practice-portal/staff/<int:staff_record_id>/", administration.staff_record, name="staff_record"),
    path("practice-portal/staff/<int:staff_record_id>/invite/", sign_ins.invite, name="invite"),
    path("practice-portal/staff/roles/", sign_ins.roles, name="roles"),
    path("practice-portal/staff/sign-ins/<int:user_id>/", sign_ins.sign_in, name="sign_in"),
    path("practice-portal/staff/sign-ins/<int:user_id>/<deed:deed>/", sign_ins.sign_in_deed, name="sign_in_deed"),
]
