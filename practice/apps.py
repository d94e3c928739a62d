from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self) -> None:
        from practice import checks  # noqa: F401, PLC0415  # registers itself; needs the models
