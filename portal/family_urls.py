from django.urls import path

from portal.views import families, family_downloads, register
from practice.surfaces import REGISTER_PATH

app_name = "portal"

CHILD = "my/children/<int:patient_id>/"

urlpatterns = [
    path(REGISTER_PATH, register.start, name="register"),
    path(f"{REGISTER_PATH}children/", register.siblings, name="register_siblings"),
    path(f"{REGISTER_PATH}account/", register.account, name="register_account"),
    path(f"{REGISTER_PATH}start-over/", register.start_over, name="register_start_over"),
    path("my/children/", families.my_children, name="children"),
    path(CHILD, families.child, name="child"),
    path(f"{CHILD}history/", families.child_history, name="child_history"),
    path(f"{CHILD}appointments/<int:appointment_id>/", family_downloads.child_visit, name="child_visit"),
    path(f"{CHILD}record.pdf", family_downloads.child_pdf_file, name="child_pdf"),
    path(f"{CHILD}record.json", family_downloads.child_json_file, name="child_json"),
    path(f"{CHILD}leave/", families.leave_child, name="leave_child"),
]
