"""Where pip would build from source: says what that needs."""


def _refuse(*_arguments: object, **_options: object) -> str:
    raise SystemExit(
        "tokenstats is built with Swift: use a wheel, or run `make wheel` in the repository, which sets up the rest"
    )


build_wheel = build_sdist = build_editable = _refuse
