from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        # They need the models.
        from patients import consequences  # noqa: PLC0415
        from portal import checks, endings, open_registrations  # noqa: F401, PLC0415  # the others register themselves

        consequences.set_rule(endings.end_what_is_over)
