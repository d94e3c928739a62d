"""The families' addresses: My Children, downloads, the terms."""

from django.urls import path

from portal.family.views import children, downloads, sharing, terms

app_name = "family"

CHILD = "my/children/<int:patient_id>/"

urlpatterns = [
    path("terms/", terms.read, name="terms"),
    path("terms/accept/", terms.accept, name="accept_terms"),
    path("my/children/", children.my_children, name="children"),
    path(CHILD, children.child, name="child"),
    path(f"{CHILD}history/", children.child_history, name="child_history"),
    path(f"{CHILD}appointments/<int:appointment_id>/", downloads.child_visit, name="child_visit"),
    path(f"{CHILD}record.pdf", downloads.child_pdf_file, name="child_pdf"),
    path(f"{CHILD}record.json", downloads.child_json_file, name="child_json"),
    path(f"{CHILD}sharing/", sharing.sharing_page, name="sharing"),
    path(f"{CHILD}leave/", children.leave_child, name="leave_child"),
]
