"""Dates the day first and with no comma, counts in lakh and crore. What is not here is as in django/conf/locale/bn."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
NUMBER_GROUPING = (3, 2, 0)
