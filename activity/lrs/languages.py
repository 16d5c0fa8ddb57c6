"""The languages that a caller prefers, out of Accept-Language (RFC 9110, 12.5.4)."""


def read_languages(header: str) -> list[str]:
    """Language tags, the preferred first. What can't be read is left out; * says nothing."""
    weighed = []
    for number, entry in enumerate(header.split(",")):
        tag, _, rest = entry.partition(";")
        name, _, value = rest.partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if tag.strip() and tag.strip() != "*" and 0 < quality <= 1:
            weighed.append((-quality, number, tag.strip()))
    return [tag for _quality, _number, tag in sorted(weighed)]
