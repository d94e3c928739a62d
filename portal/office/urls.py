"""The administrator's addresses: dashboard, patient administration, staff, settings, audit."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.office.dashboard import Part
from portal.office.staff_sign_ins import VERBS
from portal.office.views import audit, dashboard, patients, settings, staff_records, staff_sign_ins
from practice.change_settings import PARTS

app_name = "office"


class PartConverter(StringConverter):
    regex = "|".join(PARTS)


class SignInVerbConverter(StringConverter):
    regex = "|".join(VERBS)


register_converter(PartConverter, "part")
register_converter(SignInVerbConverter, "sign_in_verb")

urlpatterns = [
    path("practice-portal/", dashboard.dashboard, name="dashboard"),
    path("practice-portal/locked/", dashboard.listed, {"part": Part.LOCKED}, name="locked"),
    path("practice-portal/pending/", dashboard.listed, {"part": Part.PENDING}, name="pending"),
    path("practice-portal/age-outs/", dashboard.listed, {"part": Part.AGE_OUTS}, name="age_outs"),
    path("practice-portal/ending/", dashboard.listed, {"part": Part.ENDING}, name="ending"),
    path("practice-portal/alerts/<int:alert_id>/seen/", dashboard.alert_seen, name="alert_seen"),
    path("practice-portal/access-requests/<int:user_id>/dismiss/", dashboard.dismiss_request, name="dismiss_request"),
    path("practice-portal/patients/", patients.patients, name="administration"),
    path("practice-portal/settings/", settings.settings, name="settings"),
    path("practice-portal/settings/logo/", settings.change_logo, name="change_logo"),
    path("practice-portal/settings/terms/", settings.terms, name="terms_settings"),
    path("practice-portal/settings/terms/<int:number>/", settings.terms_version, name="terms_version"),
    path("practice-portal/settings/<part:part>/", settings.change, name="change_settings"),
    path("practice-portal/audit/", audit.audit, name="audit"),
    path("practice-portal/audit/export/", audit.export, name="export_audit"),
    path("practice-portal/staff/", staff_records.staff_records, name="staff"),
    path("practice-portal/staff/add/", staff_records.staff_record, name="add_staff_record"),
    path("practice-portal/staff/<int:staff_record_id>/", staff_records.staff_record, name="staff_record"),
    path("practice-portal/staff/<int:staff_record_id>/invite/", staff_sign_ins.invite, name="invite"),
    path("practice-portal/staff/roles/", staff_records.roles, name="roles"),
    path("practice-portal/staff/sign-ins/<int:user_id>/", staff_sign_ins.sign_in, name="sign_in"),
    path(
        "practice-portal/staff/sign-ins/<int:user_id>/<sign_in_verb:action>/",
        staff_sign_ins.sign_in_verb,
        name="sign_in_verb",
    ),
]
