"""The one error of the wire."""


class WireError(Exception):
    """What came is not what was agreed: garbage, too large, of another type or shape. Do not trust the sender."""
