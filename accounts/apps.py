from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import trail_names  # noqa: F401, PLC0415  # registers itself; needs the models
