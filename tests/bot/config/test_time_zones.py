import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config.time_zones import time_zone

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
OFFSETS = [f"UTC{sign}{hours}{minutes}" for sign in "+-" for hours in range(13) for minutes in ("", ":30", ":45")]


@pytest.mark.parametrize("written", OFFSETS)
def test_a_place_that_is_offered_for_an_offset__is_at_that_offset(written):
    """A hint that is 16 hours off is worse than none."""
    with pytest.raises(ValueError, match="not an IANA time zone") as refused:
        time_zone(written)
    found = re.fullmatch(r"UTC([+-])(\d+):?(\d*)", written)
    wanted = timedelta(hours=int(found[2]), minutes=int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
    for zone, in_winter in re.findall(r"(\w+(?:/\w+)?) is UTC\S+?( in winter)?(?:,|$)", str(refused.value)):
        assert WINTER.astimezone(ZoneInfo(zone)).utcoffset() == wanted, zone
        assert in_winter or SUMMER.astimezone(ZoneInfo(zone)).utcoffset() == wanted, zone


@pytest.mark.parametrize("written", ["Asia/Shanghai", "asia/shanghai", "PRC", "Etc/GMT-8", "UTC"])
def test_a_name_of_the_database__in_any_case__is_taken_as_it_is(written):
    assert time_zone(written).key.lower() == written.lower()
