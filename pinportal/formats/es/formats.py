"""Spanish in the United States: twelve hours, as on the clocks that these families see."""

TIME_FORMAT = "g:i a"
DATETIME_FORMAT = r"j \d\e F \d\e Y, g:i a"
SHORT_DATETIME_FORMAT = "d/m/Y, g:i a"
