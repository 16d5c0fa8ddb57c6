from datetime import date


def recognise_interruptions(*, as_of: date) -> None:
    pass
