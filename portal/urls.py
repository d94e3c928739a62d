from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.views import administration, families, register, window

app_name = "portal"


class VerbConverter(StringConverter):
    regex = "|".join(window.VERBS)


register_converter(VerbConverter, "verb")

staff_urls = [
    path("registration/<int:family_contact_id>/", window.open_window, name="window"),
    path("registration/<int:family_contact_id>/issue/", window.issue, name="issue"),
    path("registration/<int:family_contact_id>/show/", window.show, name="show"),
    path("registration/<int:family_contact_id>/print/", window.print_sheet, name="print"),
    path("registration/<int:family_contact_id>/<int:row_id>/<verb:verb>/", window.row_verb, name="row_verb"),
    path("patients/<int:patient_id>/portal/", administration.history, name="history"),
    path("practice-portal/patients/", administration.patients, name="administration"),
    path("practice-portal/staff/", administration.staff, name="staff"),
    path("practice-portal/staff/add/", administration.staff_record, name="add_staff_record"),
    path("practice-portal/staff/<int:staff_record_id>/", administration.staff_record, name="staff_record"),
]

family_urls = [
    path("register/", register.start, name="register"),
    path("register/children/", register.siblings, name="register_siblings"),
    path("register/account/", register.account, name="register_account"),
    path("register/start-over/", register.start_over, name="register_start_over"),
    path("my/children/", families.my_children, name="children"),
]

urlpatterns = staff_urls + family_urls
