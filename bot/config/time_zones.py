"""Time zones: IANA names, and suggestions for what people write instead."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

# Names that stand for the zone of this machine.
_LOCAL_ZONES: Final = frozenset({"localtime", "factory", "posixrules"})
_OFFSET: Final = re.compile(r"(?:utc|gmt|z)?_?([+-])_?(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)

# One place for each offset, without a summer time where there is one. A sign in Etc/GMT+8 means the opposite of the
# sign in UTC+8 (it is 16 hours away from it), so those names are never offered.
_PLACES: Final[dict[int, str]] = {
    -660: "Pacific/Pago_Pago",
    -600: "Pacific/Honolulu",
    -420: "America/Phoenix",
    -360: "America/Mexico_City",
    -300: "America/Bogota",
    -240: "America/Puerto_Rico",
    -180: "America/Sao_Paulo",
    -60: "Atlantic/Cape_Verde",
    0: "UTC",
    60: "Africa/Lagos",
    120: "Africa/Johannesburg",
    180: "Europe/Istanbul",
    210: "Asia/Tehran",
    240: "Asia/Dubai",
    270: "Asia/Kabul",
    300: "Asia/Karachi",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    360: "Asia/Dhaka",
    390: "Asia/Yangon",
    420: "Asia/Bangkok",
    480: "Asia/Shanghai",
    540: "Asia/Tokyo",
    570: "Australia/Darwin",
    600: "Australia/Brisbane",
    660: "Pacific/Noumea",
    720: "Pacific/Tarawa",
    780: "Pacific/Tongatapu",
}
# Places whose clocks are at an offset in winter only.
_WINTER_PLACES: Final[dict[int, str]] = {
    -540: "America/Anchorage",
    -480: "America/Los_Angeles",
    -420: "America/Denver",
    -360: "America/Chicago",
    -300: "America/New_York",
    -210: "America/St_Johns",
    0: "Europe/London",
    60: "Europe/Berlin",
    120: "Europe/Helsinki",
}
# Abbreviations, Windows' names and cities that are in no IANA name; several places where a word has several meanings.
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "pst": ("America/Los_Angeles",),
    "pdt": ("America/Los_Angeles",),
    "pt": ("America/Los_Angeles",),
    "mdt": ("America/Denver",),
    "cst": ("Asia/Shanghai", "America/Chicago"),
    "cdt": ("America/Chicago",),
    "edt": ("America/New_York",),
    "et": ("America/New_York",),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "cest": ("Europe/Berlin",),
    "mez": ("Europe/Berlin",),
    "msk": ("Europe/Moscow",),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "hkt": ("Asia/Hong_Kong",),
    "sgt": ("Asia/Singapore",),
    "aest": ("Australia/Sydney",),
    "aedt": ("Australia/Sydney",),
    "beijing": ("Asia/Shanghai",),
    "peking": ("Asia/Shanghai",),
    "shenzhen": ("Asia/Shanghai",),
    "guangzhou": ("Asia/Shanghai",),
    "hangzhou": ("Asia/Shanghai",),
    "china": ("Asia/Shanghai",),
    "bjt": ("Asia/Shanghai",),
    "china_standard_time": ("Asia/Shanghai",),
    "北京": ("Asia/Shanghai",),
    "北京时间": ("Asia/Shanghai",),
    "上海": ("Asia/Shanghai",),
    "中国": ("Asia/Shanghai",),
    "中国标准时间": ("Asia/Shanghai",),
    "东八区": ("Asia/Shanghai",),
    "東八區": ("Asia/Shanghai",),
    "香港": ("Asia/Hong_Kong",),
    "台北": ("Asia/Taipei",),
    "东京": ("Asia/Tokyo",),
    "新加坡": ("Asia/Singapore",),
    "munich": ("Europe/Berlin",),
    "frankfurt": ("Europe/Berlin",),
    "hamburg": ("Europe/Berlin",),
    "mumbai": ("Asia/Kolkata",),
    "bangalore": ("Asia/Kolkata",),
    "san_francisco": ("America/Los_Angeles",),
    "seattle": ("America/Los_Angeles",),
    "w._europe_standard_time": ("Europe/Berlin",),
    "gmt_standard_time": ("Europe/London",),
    "pacific_standard_time": ("America/Los_Angeles",),
    "eastern_standard_time": ("America/New_York",),
    "central_standard_time": ("America/Chicago",),
    "tokyo_standard_time": ("Asia/Tokyo",),
    "india_standard_time": ("Asia/Kolkata",),
    "singapore_standard_time": ("Asia/Singapore",),
}


def time_zone(raw: Any) -> ZoneInfo:  # noqa: ANN401 - text, or a zone from code
    """Read an IANA time zone, in any case.

    Raises ValueError with suggestions; no Etc name is one of them.
    """
    if isinstance(raw, ZoneInfo):
        return raw
    zones = {name.lower(): name for name in available_timezones() if name.lower() not in _LOCAL_ZONES}
    wanted = re.sub(r"\s+", "_", unicodedata.normalize("NFKC", raw).strip()).lower()
    if wanted in zones:
        return ZoneInfo(zones[wanted])
    raise ValueError(f"is not an IANA time zone{_suggestion(wanted, zones)}")


def _suggestion(wanted: str, zones: dict[str, str]) -> str:
    last = wanted.rpartition("/")[2]
    if offset := _OFFSET.fullmatch(last):
        return _places_at(offset)
    meant = _WORDS.get(wanted) or _WORDS.get(last) or _similar_zones(wanted, zones)
    return f"; did you mean {' or '.join(meant)}?" if meant else "; it has the name of a place, such as Europe/Berlin"


def _places_at(offset: re.Match[str]) -> str:
    minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1)
    written = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    always, winter = _PLACES.get(minutes), _WINTER_PLACES.get(minutes)
    matches = [f"{always} is {written}"] if always else []
    matches += [f"{winter} is {written} in winter"] if winter else []
    rule = "; a difference to UTC is not enough, because clocks change: use the name of a place"
    return f"{rule}; {', '.join(matches)}" if matches else rule


def _similar_zones(wanted: str, zones: dict[str, str]) -> Iterable[str]:
    """Find zones with a similar city or a similar whole name."""
    places = {name: zone for name, zone in zones.items() if "/" in name and not name.startswith("etc/")}
    cities = {name.rpartition("/")[2]: name for name in sorted(places, reverse=True)}
    near = [places[cities[city]] for city in get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.75)]
    near += [places[name] for name in get_close_matches(wanted, places, n=1, cutoff=0.75)]
    return tuple(dict.fromkeys(near))
