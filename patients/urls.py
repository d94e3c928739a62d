from django.urls import path

from patients.views import charts, family, search

app_name = "patients"

urlpatterns = [
    path("", search.search, name="search"),
    path("add/", charts.add, name="add"),
    path("<int:patient_id>/", charts.basic_info, name="chart"),
    path("<int:patient_id>/edit/", charts.edit, name="edit"),
    path("<int:patient_id>/confirm-name/", charts.confirm_name, name="confirm_name"),
    path("<int:patient_id>/family-contacts/", family.family_contacts, name="family_contacts"),
    path("<int:patient_id>/family-contacts/<int:family_contact_id>/", family.family_contacts, name="family_contacts"),
    path("<int:patient_id>/family-contacts/add/", family.add_contact, name="add_contact"),
    path("<int:patient_id>/family-contacts/add/<int:contact_id>/", family.link_contact, name="link_contact"),
    path("<int:patient_id>/family-contacts/add-self/", family.add_self, name="add_self"),
    path("family-contacts/<int:family_contact_id>/edit/", family.edit_contact, name="edit_contact"),
    path("family-contacts/<int:family_contact_id>/inactivate/", family.inactivate_contact, name="inactivate_contact"),
]
