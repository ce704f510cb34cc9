"""How often a schedule runs: what cron's fields can hold, spread so that not all schedules start at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

HOUR, DAY = 60, 24 * 60
UNITS = {"m": 1, "h": HOUR, "d": DAY}
LISTED = 6  # a field of more values is written as a range with a step


@dataclass(frozen=True, slots=True)
class Cadence:
    """A start every so many minutes, counted from midnight."""

    minutes: int
    offset: int = 0  # minutes from midnight to the first start

    def spread(self, key: str) -> Cadence:
        """The same with an offset that follows from the key, and is never the full hour where that can be helped."""
        number = int.from_bytes(blake2b(key.encode("utf-8", "surrogateescape"), digest_size=8).digest())
        if self.minutes < HOUR:
            return Cadence(self.minutes, 1 + number % (self.minutes - 1) if self.minutes > 1 else 0)
        hours = number // (HOUR - 1) % (self.minutes // HOUR)
        return Cadence(self.minutes, hours * HOUR + 1 + number % (HOUR - 1))

    @property
    def cron(self) -> str:
        """The five fields of a crontab."""
        minute, hour = self._fields()
        return f"{minute} {hour} * * *"

    @property
    def calendar(self) -> str:
        """The same as OnCalendar of a systemd timer."""
        minute, hour = (field.replace("-", "..") for field in self._fields())
        return f"*-*-* {hour}:{minute}:00"

    def _fields(self) -> tuple[str, str]:
        if self.minutes < HOUR:
            return _field(self.offset, self.minutes, HOUR), "*"
        hour, minute = divmod(self.offset, HOUR)
        return str(minute), _field(hour, self.minutes // HOUR, 24)


def parse_cadence(text: str) -> Cadence:
    """Read `30m`, `2h` or `1d`.

    Raises:
        ValueError: It is none of them, or cron cannot say it: its fields begin anew each hour and each day.
    """
    found = re.fullmatch(r"([0-9]{1,4})([mhd])", text.strip())
    minutes = int(found[1]) * UNITS[found[2]] if found else 0
    if minutes and (HOUR % minutes == 0 or (minutes % HOUR == 0 and DAY % minutes == 0)):
        return Cadence(minutes)
    raise ValueError(f"cron cannot say every {text!r}; it can: {', '.join(_expressible())}")


def _expressible() -> list[str]:
    minutes = [f"{count}m" for count in range(1, HOUR) if HOUR % count == 0]
    hours = [f"{count}h" for count in range(1, 24) if 24 % count == 0]
    return [*minutes, *hours, "1d"]


def _field(start: int, step: int, size: int) -> str:
    """The values from `start`, `step` apart, below `size`."""
    if step == 1:
        return "*"
    values = range(start, size, step)
    return ",".join(map(str, values)) if len(values) <= LISTED else f"{start}-{size - 1}/{step}"
