"""How names of people are written."""

CAP = r"(?:[A-ZÀ-ÖØ-Þ][\w’'-]{1,24}|[A-Z]\.)"
NAME = rf"{CAP}(?:\s+(?:(?:de|del|la|al|bin|van|von|der|da|dos|di)\s+)?{CAP}){{1,3}}"
