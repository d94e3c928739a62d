from django.urls import path

from accounts.surfaces import REGISTER_PATH
from portal.family.views import children as families
from portal.family.views import downloads, terms
from portal.signup.views import account as register_account
from portal.signup.views import proof_clock, register

app_name = "portal"

CHILD = "my/children/<int:patient_id>/"

urlpatterns = [
    path(REGISTER_PATH, register.start, name="register"),
    path(f"{REGISTER_PATH}children/", register.siblings, name="register_siblings"),
    path(f"{REGISTER_PATH}another/", register.another, name="register_another"),
    path(f"{REGISTER_PATH}you/", register_account.you, name="register_you"),
    path(f"{REGISTER_PATH}email/", register_account.email, name="register_email"),
    path(f"{REGISTER_PATH}terms/", register_account.agree, name="register_terms"),
    path(f"{REGISTER_PATH}account/", register_account.account, name="register_account"),
    path(f"{REGISTER_PATH}passkey/", register_account.passkey_options, name="register_passkey"),
    path(f"{REGISTER_PATH}start-over/", register.start_over, name="register_start_over"),
    path(f"{REGISTER_PATH}more-time/", proof_clock.more_time, name="register_more_time"),
    path("terms/", terms.read, name="terms"),
    path("terms/accept/", terms.accept, name="accept_terms"),
    path("my/children/", families.my_children, name="children"),
    path(CHILD, families.child, name="child"),
    path(f"{CHILD}history/", families.child_history, name="child_history"),
    path(f"{CHILD}appointments/<int:appointment_id>/", downloads.child_visit, name="child_visit"),
    path(f"{CHILD}record.pdf", downloads.child_pdf_file, name="child_pdf"),
    path(f"{CHILD}record.json", downloads.child_json_file, name="child_json"),
    path(f"{CHILD}leave/", families.leave_child, name="leave_child"),
]
