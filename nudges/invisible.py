"""Characters that a reader can't see, and that can hide or reverse what stands beside them. Pure."""

# Categories of Unicode: control, format, private and half characters, and separators of lines and paragraphs.
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Zero-width joiners are spelling in Bengali and glue in emoji; anywhere else they only hide something.
JOINERS = "\u200c\u200d"
