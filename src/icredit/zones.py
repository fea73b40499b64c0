"""The register of national high-tech zones: one zone has many names, and all of them mean its slug.

The bundled register is `data/zones.csv`; its `evidence` column says how far each entry is confirmed. A further file of
the same shape (`--zones FILE` or `./zones.csv`) adds provincial zones, renames and aliases.
"""

from __future__ import annotations

import csv
import re
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icredit.errors import InputError, UsageError
from icredit.plain_files import MOST_TABLE_BYTES, read_plain
from icredit.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Longest name a zone may have, in characters.
_LONGEST = 200

# How many zones an unknown name is compared with.
_COMPARED = 8

_REQUIRED = ("slug", "short_name", "full_name", "province")

# The ways people shorten "high-tech industrial development zone" behind a zone's short name.
_ENDINGS = (
    "高新区",
    "国家高新区",
    "高新技术产业开发区",
    "国家高新技术产业开发区",
    "高新技术开发区",
    "高新技术产业园区",
)

# What stands before or behind the name of a zone that is meant to be left out.
_EXCLUDED_BEFORE = "(?:非|除了?|不含|不包括)"
_EXCLUDED_BEHIND = "(?:以外|之外|除外|外)"

# The province-level divisions, with the ending of the official name where it is not 省.
_DIVISIONS = {
    **dict.fromkeys(("北京", "天津", "上海", "重庆"), "市"),
    **dict.fromkeys(("内蒙古", "西藏"), "自治区"),
    "广西": "壮族自治区",
    "宁夏": "回族自治区",
    "新疆": "维吾尔自治区",
    **dict.fromkeys(("香港", "澳门"), "特别行政区"),
    **dict.fromkeys(
        "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾".split(),
        "省",
    ),
}


class Zone(NamedTuple):
    """One zone. `province` may carry a bracket, as in 新疆(兵团)."""

    slug: str
    short_name: str
    full_name: str
    province: str
    city: str = ""
    pilot_batch: str = ""
    evidence: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name a person in China would write in a form: 长沙高新区."""
        return self.short_name if self.short_name.endswith("区") else f"{self.short_name}高新区"

    def own_names(self) -> tuple[str, ...]:
        """The names written in the register; no two zones share one."""
        return (self.slug, self.short_name, self.full_name, *self.aliases)

    def names(self) -> Iterator[str]:
        """Every name that means this zone, the exact ones first."""
        yield from self.own_names()
        # 源城(河源) is called 源城 where no one would think of another.
        for stem in dict.fromkeys((self.short_name, re.split("[(（]", self.short_name)[0])):
            yield stem
            for ending in _ENDINGS:
                yield stem + ending
        # 长沙国家高新技术产业开发区, 国家长沙高新技术产业开发区: where the word 国家 stands is a matter of taste.
        stem = self.full_name.removesuffix("高新技术产业开发区")
        if stem != self.full_name:
            yield f"{stem}国家高新技术产业开发区"
            yield f"国家{self.full_name}"


class ZoneRegister:
    """All zones, looked up by any of their names."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        self.zones: dict[str, Zone] = {zone.slug: zone for zone in zones}
        self._hints: dict[str, str] = {}

    @cached_property
    def _own_slugs(self) -> dict[str, str]:
        """Folded name -> slug, of the names written in the register."""
        slugs: dict[str, str] = {}
        for zone in self.zones.values():
            for name in zone.own_names():
                slugs.setdefault(fold(name), zone.slug)
        return slugs

    @cached_property
    def _slugs(self) -> dict[str, str]:
        """Folded name -> slug, of all names; an exact name of one zone wins over a made-up variant of another."""
        slugs = dict(self._own_slugs)
        for zone in self.zones.values():
            for name in zone.names():
                slugs.setdefault(fold(name), zone.slug)
        return slugs

    @cached_property
    def _pairs_by_zone(self) -> list[tuple[set[str], Zone]]:
        return [
            (set().union(*(_pairs(fold(name)) for name in (zone.slug, zone.short_name, zone.label))), zone)
            for zone in self.zones.values()
        ]

    def __iter__(self) -> Iterator[Zone]:
        return iter(self.zones.values())

    def __len__(self) -> int:
        return len(self.zones)

    def resolve(self, name: str) -> Zone | None:
        """The zone that `name` means, or None."""
        folded = fold(name)
        # The thousands of variants are not made up for a name that stands in the register.
        slug = self._own_slugs.get(folded) or self._slugs.get(folded)
        return self.zones[slug] if slug else None

    def named_in(self, text: str) -> list[Zone]:
        """The zones that a text such as the name of a file names: 长沙, changsha, 2024年长沙高新区企业名单.

        Within a longer text only names that say they are a zone (…区) count, the longest first. A text that excludes a
        zone (非长沙高新区, 长沙高新区以外) names none.
        """
        zone = self.resolve(text)
        if zone is not None:
            return [zone]
        rest = fold(text)
        found: dict[str, Zone] = {}
        for name in self._names_of_zones:
            if name not in rest:
                continue
            if re.search(f"{_EXCLUDED_BEFORE}{re.escape(name)}|{re.escape(name)}{_EXCLUDED_BEHIND}", rest):
                return []
            found[self._slugs[name]] = self.zones[self._slugs[name]]
            rest = rest.replace(name, "\0")
        return list(found.values())

    @cached_property
    def _names_of_zones(self) -> list[str]:
        """The folded names that say they are a zone, the longest first."""
        return sorted((name for name in self._slugs if name.endswith("区")), key=lambda name: (-len(name), name))

    def find(self, name: str) -> Zone:
        """The zone that `name` means.

        Raises:
            UsageError: no zone has that name; the message lists the nearest names.
        """
        zone = self.resolve(name)
        if zone is None:
            raise UsageError(f"unknown zone '{name}'", hint=self.hint(name))
        return zone

    def hint(self, name: str) -> str:
        """What to do about an unknown zone: the nearest names, or where to find them all."""
        # One wrong name stands in many rows of a batch.
        if name not in self._hints:
            self._hints[name] = self._hint(name)
        return self._hints[name]

    def _hint(self, name: str) -> str:
        near = self.nearest(name)
        if near:
            return "相近 nearest: " + ", ".join(f"{zone.label} ({zone.slug})" for zone in near)
        return "名录 see them all with: icredit zones"

    def nearest(self, name: str, limit: int = 3) -> list[Zone]:
        """The zones whose names are most like `name`, best first."""
        # difflib is too slow to compare every unknown name of a batch with every zone: those with the most pairs of
        # characters in common are compared.
        pairs = _pairs(fold(name))
        likely = sorted(self._pairs_by_zone, key=lambda item: -len(pairs & item[0]))[:_COMPARED]
        candidates = [n for _, zone in likely for n in (zone.slug, zone.short_name, zone.label)]
        found: dict[str, Zone] = {}
        for near in nearest(name, candidates, limit=limit * 3):
            zone = self.resolve(near)
            if zone is not None:
                found.setdefault(zone.slug, zone)
        return list(found.values())[:limit]

    def search(self, text: str) -> list[Zone]:
        """The zones with `text` in one of their names, their province or city; all zones for empty text."""
        wanted = fold(text)
        return [
            zone
            for zone in self.zones.values()
            if any(wanted in fold(part) for part in (*zone.names(), zone.province, zone.city))
        ]

    def slugs_by_name(self) -> Mapping[str, str]:
        """Folded name -> slug, for looking up a whole column at once."""
        return self._slugs


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters, and the characters, of a text."""
    return {text[index : index + 2] for index in range(len(text))} | set(text)


@lru_cache(maxsize=1)
def bundled_zones() -> ZoneRegister:
    """The register that comes with icredit."""
    source = resources.files("icredit").joinpath("data/zones.csv")
    return ZoneRegister(zone for _, zone in _parse(source.read_text("utf-8-sig"), "zones.csv"))


def register_file(extra: Path | None = None) -> Path | None:
    """The file of further zones that `load_zones` would read, if any."""
    local = Path("zones.csv")
    return extra or (local if local.is_file() else None)


def load_zones(extra: Path | None = None) -> ZoneRegister:
    """The bundled register, with the zones of `extra` (or of ./zones.csv, if there is one) added or replaced by slug.

    Raises:
        InputError: as `read_zones`.
    """
    return read_zones(register_file(extra))


def read_zones(extra: Path | None) -> ZoneRegister:
    """The bundled register, with the zones of `extra` added or replaced by slug; without it, nothing is looked up.

    Raises:
        InputError: the extra file cannot be read, or lacks one of the columns slug, short_name, full_name, province.
    """
    if extra is None:
        return bundled_zones()
    try:
        text = read_plain(extra, MOST_TABLE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{extra}: cannot read the zone register: {error}", hint="it must be a UTF-8 CSV file"
        ) from None
    merged = {zone.slug: zone for zone in bundled_zones()}
    lines: dict[str, int] = {}
    for line, zone in _parse(text, str(extra)):
        if zone.slug in lines:
            raise InputError(f"{extra}:{line}: the slug '{zone.slug}' stands twice")
        lines[zone.slug] = line
        merged[zone.slug] = zone
    _refuse_shared_names(merged.values(), extra, lines)
    return ZoneRegister(merged.values())


def _refuse_shared_names(zones: Iterable[Zone], extra: Path, lines: Mapping[str, int]) -> None:
    owner: dict[str, str] = {}
    for zone in zones:
        for name in zone.own_names():
            other = owner.setdefault(fold(name), zone.slug)
            if other != zone.slug:
                line = lines.get(zone.slug) or lines.get(other) or 1
                raise InputError(
                    f"{extra}:{line}: the name '{name}' would mean both '{other}' and '{zone.slug}'",
                    hint="rename one, or give it the slug of the zone it replaces",
                )


def _parse(text: str, name: str) -> Iterator[tuple[int, Zone]]:
    """Every zone with its line."""
    try:
        yield from _rows(text, name)
    except csv.Error as error:
        raise InputError(f"{name}: the zone register is not readable as CSV: {error}") from None


def _rows(text: str, name: str) -> Iterator[tuple[int, Zone]]:
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in _REQUIRED if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{name}:1: the zone register has no column {', '.join(missing)}",
            hint="columns: slug, short_name, full_name, province; optional: city, pilot_batch, evidence, aliases",
        )
    for row in reader:
        values = {key: (row.get(key) or "").strip() for key in (*_REQUIRED, "city", "pilot_batch", "evidence")}
        if any(len(value) > _LONGEST for value in row.values() if isinstance(value, str)):
            raise InputError(f"{name}:{reader.line_num}: a name longer than {_LONGEST} characters")
        blank = [column for column in _REQUIRED if not values[column]]
        if blank:
            raise InputError(f"{name}:{reader.line_num}: zone without {', '.join(blank)}")
        aliases = tuple(alias for alias in re.split(r"[;|；、]\s*", (row.get("aliases") or "").strip()) if alias)
        yield reader.line_num, Zone(**values, aliases=aliases)


@lru_cache(maxsize=1)
def province_names() -> Mapping[str, str]:
    """Folded name -> province as the tables write it: 湖南省 and 湖南 are 湖南; 新疆兵团 is 新疆(兵团)."""
    names: dict[str, str] = {}
    for short, ending in _DIVISIONS.items():
        names[fold(short)] = names[fold(short + ending)] = short
    names[fold("内蒙")] = "内蒙古"
    for variant in ("新疆兵团", "新疆(兵团)", "新疆生产建设兵团", "兵团"):
        names[fold(variant)] = "新疆(兵团)"
    return names


@lru_cache(maxsize=1024)
def province_hint(name: str) -> str:
    """The nearest provinces to an unknown name."""
    near = nearest(name, _DIVISIONS)
    return "相近 nearest: " + ", ".join(near) if near else "用简称 use the short name, such as 湖南"
