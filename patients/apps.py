from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"

    def ready(self) -> None:
        from patients import trail_names  # noqa: F401, PLC0415  # registers itself; needs the models
