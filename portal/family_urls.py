from django.urls import path

from portal.views import families, proof_clock, register
from practice.surfaces import REGISTER_PATH

app_name = "portal"

urlpatterns = [
    path(REGISTER_PATH, register.start, name="register"),
    path(f"{REGISTER_PATH}children/", register.siblings, name="register_siblings"),
    path(f"{REGISTER_PATH}account/", register.account, name="register_account"),
    path(f"{REGISTER_PATH}start-over/", register.start_over, name="register_start_over"),
    path(f"{REGISTER_PATH}more-time/", proof_clock.more_time, name="register_more_time"),
    path("my/children/", families.my_children, name="children"),
]
