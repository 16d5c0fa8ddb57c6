"""As Bengali writes dates, the day first and no comma, and counts, in lakh and crore. The rest: django/conf/locale/bn."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
NUMBER_GROUPING = (3, 2, 0)
