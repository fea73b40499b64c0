"""The zone of a file without a zone column is that of its name, if the name says exactly one; --zone and a column win."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import filings
import icredit
from conftest import AS_OF
from icredit.zones import bundled_zones

SCHEME = filings.every_kind()
ZONES = bundled_zones()


def read_named(
    folder: Path, name: str, header: str = "uscc,name", cells: str = "示例", zone: str | None = None
) -> icredit.Submission:
    """Read a file of this name with one enterprise."""
    (folder / name).write_text(f"{header}\n{filings.code(1)},{cells}\n", "utf-8")
    return icredit.read(folder / name, SCHEME, zone=zone, as_of=AS_OF)


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("长沙高新区", ["changsha"]),
        ("长沙", ["changsha"]),
        ("changsha", ["changsha"]),
        ("CHANGSHA", ["changsha"]),
        ("长沙高新技术产业开发区", ["changsha"]),
        ("长沙国家高新区", ["changsha"]),
        ("2024年长沙高新区企业名单(终稿)", ["changsha"]),
        ("2024年长沙高新区企业名单（终稿） 副本", ["changsha"]),
        ("12 长沙高新区", ["changsha"]),
        ("长沙 高新区_v2", ["changsha"]),
        ("附件2：长沙国家高新技术产业开发区（盖章）", ["changsha"]),
        ("湖南省长沙高新区、湘潭高新区汇总", ["xiangtan", "changsha"]),
        ("长沙高新区报株洲高新区核对", ["changsha", "zhuzhou"]),
        ("长沙高新区(长沙高新技术产业开发区)", ["changsha"]),
        # A town is not its zone, and a part of a longer name is no name.
        ("长沙企业名单", []),
        ("changsha-2024", []),
        ("湖南省企业名单", []),
        ("长沙经济技术开发区", []),
        ("附件3", []),
        ("", []),
        # What a name excludes it does not name.
        ("非长沙高新区企业", []),
        ("长沙高新区以外企业", []),
        ("不含长沙高新区", []),
        ("湘潭高新区企业(除长沙高新区外)", []),
    ],
)
def test_what_a_name_says(name: str, slugs: list[str]) -> None:
    """A name that is a zone's name means it; within a longer text only names that say they are a zone do."""
    assert sorted(zone.slug for zone in ZONES.named_in(name)) == sorted(slugs)


@given(
    zone=st.sampled_from(list(ZONES)),
    before=st.sampled_from(["", "2024年", "附件1：", "湖南省"]),
    behind=st.sampled_from(["", "企业名单", "(终稿)", "_2", "报送"]),
)
def test_every_zone_is_found_in_a_sentence(zone: icredit.zones.Zone, before: str, behind: str) -> None:
    """Every zone is found by label and full name, whatever stands around them, and never with another."""
    assert ZONES.named_in(f"{before}{zone.label}{behind}") == [zone]
    assert ZONES.named_in(f"{before}{zone.full_name}{behind}") == [zone]


def test_the_zone_is_taken_and_told(tmp_path: Path) -> None:
    """All enterprises of the file stand in the zone and its province; a note says so."""
    found = read_named(tmp_path, "2024年长沙高新区企业名单(终稿).csv")
    assert found.frame.select("zone", "province").rows() == [("changsha", "湖南")]
    assert found.files[0].zone == "changsha"
    (note,) = found.files[0].notes
    assert note.endswith("(终稿).csv: no zone column; 长沙高新区 (changsha) was taken from the file's name")


def test_two_zones_in_a_name_are_none(tmp_path: Path) -> None:
    """Of two zones nobody knows which is meant: none is taken, and both are told."""
    found = read_named(tmp_path, "长沙高新区和株洲高新区.csv")
    assert found.frame["zone"].to_list() == [None]
    (note,) = found.files[0].notes
    assert "several zones, so none was taken" in note
    assert "长沙高新区 (changsha)" in note
    assert "株洲高新区 (zhuzhou)" in note


def test_a_name_without_a_zone_says_nothing(tmp_path: Path) -> None:
    """An enterprise may stand in no zone: a file that names none is read without a word."""
    found = read_named(tmp_path, "名单.csv")
    assert (found.frame["zone"].to_list(), found.files[0].notes, found.notes) == ([None], (), ())


def test_the_option_wins_over_the_name(tmp_path: Path) -> None:
    """--zone says it for every file without a zone column, whatever the file is called."""
    found = read_named(tmp_path, "长沙高新区.csv", zone="株洲")
    assert found.frame["zone"].to_list() == ["zhuzhou"]
    assert (found.files[0].zone, found.files[0].notes) == ("zhuzhou", ())


@pytest.mark.parametrize(("cell", "slug"), [("湘潭高新区", "xiangtan"), ("", None), ("无", None)])
def test_a_column_wins_over_both(tmp_path: Path, cell: str, slug: str | None) -> None:
    """A zone column says it, also where it is blank, and what was not applied is told."""
    header, cells = "uscc,name,所属高新区,备注", f"示例,{cell},x"
    found = read_named(tmp_path, "长沙高新区.csv", header, cells, zone="株洲")
    assert (found.frame["zone"].to_list(), found.files[0].zone) == ([slug], None)
    assert "has a zone column, so --zone was not applied" in found.files[0].notes[0]

    named = read_named(tmp_path, "长沙高新区.csv", header, cells)
    assert named.frame["zone"].to_list() == [slug]
    blank = "the zone column is blank and stays so, although the file is called after 长沙高新区 (changsha)"
    assert [note.partition(": ")[2] for note in named.files[0].notes] == ([blank] if cell == "" else [])


def test_a_column_that_is_blank_for_long_is_not_blank(tmp_path: Path) -> None:
    """One zone in the last of many rows says that the column is filled in."""
    lines = [f"{filings.code(number)},示例,{' ' if number < 300 else '湘潭高新区'}" for number in range(1, 301)]
    (tmp_path / "长沙高新区.csv").write_text("\n".join(["uscc,name,所属高新区", *lines, ""]), "utf-8")
    found = icredit.read(tmp_path / "长沙高新区.csv", SCHEME, as_of=AS_OF)
    assert found.frame["zone"].to_list() == [None] * 299 + ["xiangtan"]
    assert found.files[0].notes == ()


def test_files_without_a_zone_stand_out_among_others(tmp_path: Path) -> None:
    """In a batch whose other files know their zone, those that do not are named together."""
    for index, name in enumerate(["长沙高新区", *(f"附件{number}" for number in range(1, 8))]):
        (tmp_path / f"{name}.csv").write_text(f"uscc,name\n{filings.code(index)},示例\n", "utf-8")
    (note,) = icredit.read(tmp_path, SCHEME, as_of=AS_OF).notes
    assert note.startswith("7 files without a zone")
    assert note.endswith("附件5.csv and 2 more")
    assert not icredit.read(tmp_path, SCHEME, zone="长沙", as_of=AS_OF).notes
    assert not icredit.read(tmp_path / "附件*.csv", SCHEME, as_of=AS_OF).notes


def test_a_zone_of_an_own_register_is_found_in_names(tmp_path: Path) -> None:
    """A register that adds a zone makes it known in names of files, too."""
    (tmp_path / "zones").write_text(
        "slug,short_name,full_name,province\nshili,示例,示例高新技术产业开发区,湖南\n", "utf-8"
    )
    (tmp_path / "示例高新区报送.csv").write_text(f"uscc,name\n{filings.code(1)},示例\n", "utf-8")
    found = icredit.read(
        tmp_path / "示例高新区报送.csv", SCHEME, zones=icredit.load_zones(tmp_path / "zones"), as_of=AS_OF
    )
    assert found.frame.select("zone", "province").row(0) == ("shili", "湖南")
