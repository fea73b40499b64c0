"""A zone has many names and all of them mean it; zones that look alike are never taken for each other."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from icredit.errors import InputError, UsageError
from icredit.text import clean, counted, did_you_mean, fold, nearest, unspaced
from icredit.zones import Zone, ZoneRegister, bundled_zones, load_zones, province_hint, province_names

with (ROOT / "src" / "icredit" / "data" / "zones.csv").open(encoding="utf-8-sig", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
SLUGS = [row["slug"] for row in ROWS]
HEADER = "slug,short_name,full_name,province\n"

#: The 31 divisions of the mainland as tables write them, and their official names.
PROVINCES = {
    "北京": "北京市",
    "天津": "天津市",
    "河北": "河北省",
    "山西": "山西省",
    "内蒙古": "内蒙古自治区",
    "辽宁": "辽宁省",
    "吉林": "吉林省",
    "黑龙江": "黑龙江省",
    "上海": "上海市",
    "江苏": "江苏省",
    "浙江": "浙江省",
    "安徽": "安徽省",
    "福建": "福建省",
    "江西": "江西省",
    "山东": "山东省",
    "河南": "河南省",
    "湖北": "湖北省",
    "湖南": "湖南省",
    "广东": "广东省",
    "广西": "广西壮族自治区",
    "海南": "海南省",
    "重庆": "重庆市",
    "四川": "四川省",
    "贵州": "贵州省",
    "云南": "云南省",
    "西藏": "西藏自治区",
    "陕西": "陕西省",
    "甘肃": "甘肃省",
    "青海": "青海省",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
}


def slug_of(name: str, register: ZoneRegister | None = None) -> str | None:
    """Return the slug of the zone that a name means."""
    zone = (register or bundled_zones()).resolve(name)
    return zone.slug if zone else None


@pytest.mark.parametrize(
    "name",
    [
        "changsha",
        "长沙",
        "长沙高新区",
        "长沙高新技术产业开发区",
        "长沙国家高新区",
        "长沙国家高新技术产业开发区",
        "国家长沙高新技术产业开发区",
        "长沙高新技术开发区",
        "长沙高新技术产业园区",
        "Changsha",
        "CHANGSHA",
        "ｃｈａｎｇｓｈａ",
        " 长沙 ",
        "长 沙 高新区",
        "长沙\u3000高新区",
        "长沙\n高新区",
    ],
)
def test_every_name_of_changsha(name: str) -> None:
    """Slug, short name, full name and the usual ways to write them mean one zone, whatever the case, width and blanks."""
    assert slug_of(name) == "changsha"
    assert bundled_zones().find(name).province == "湖南"


def test_the_register_holds_179_zones() -> None:
    """The bundled register has the zones of the file, in the order of the file, each slug and name once."""
    assert len(bundled_zones()) == len(ROWS) == 179
    assert [zone.slug for zone in bundled_zones()] == SLUGS
    for column in ("slug", "short_name", "full_name"):
        assert len({fold(row[column]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=SLUGS)
def test_every_zone_by_its_own_names(row: dict[str, str]) -> None:
    """Each of the 179 zones is found by slug, short name and full name, and carries what the register says of it."""
    zone = bundled_zones().resolve(row["slug"])
    assert zone is not None
    assert {column: getattr(zone, column) for column in row} == row
    assert slug_of(row["short_name"]) == slug_of(row["full_name"]) == slug_of(zone.label) == row["slug"]


@pytest.mark.parametrize("ending", ["高新区", "国家高新区", "高新技术产业开发区", "国家高新技术产业开发区"])
def test_every_zone_by_its_short_name_and_an_ending(ending: str) -> None:
    """A short name with any usual ending means the zone of that short name."""
    assert [slug_of(row["short_name"] + ending) for row in ROWS] == SLUGS


def test_every_zone_called_national() -> None:
    """The word 国家 may stand in the middle of the full name or before it."""
    for row in ROWS:
        stem = row["full_name"].removesuffix("高新技术产业开发区")
        if stem != row["full_name"]:
            assert slug_of(f"{stem}国家高新技术产业开发区") == row["slug"]
            assert slug_of(f"国家{row['full_name']}") == row["slug"]


@pytest.mark.parametrize("name", ["源城(河源)", "源城（河源）", "源城", "源城高新区", "源城高新技术产业开发区"])
def test_a_short_name_with_a_bracket(name: str) -> None:
    """A bracket in a short name says where the zone is; people leave it out."""
    assert slug_of(name) == "heyuan-yuancheng"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("苏州", "suzhou"),
        ("苏州高新区", "suzhou"),
        ("苏州高新技术产业开发区", "suzhou"),
        ("苏州工业园区", "suzhou-sip"),
        ("长春", "changchun"),
        ("长春高新区", "changchun"),
        ("长春净月", "changchun-jingyue"),
        ("长春净月高新区", "changchun-jingyue"),
        ("福州", "fuzhou"),
        ("抚州", "fuzhou-jx"),
        ("抚州高新区", "fuzhou-jx"),
        ("fuzhou", "fuzhou"),
        ("fuzhou-jx", "fuzhou-jx"),
        ("吉林", "jilin"),
        ("吉林高新区", "jilin"),
        ("重庆", "chongqing"),
        ("青海", "qinghai"),
        ("上海张江", "shanghai-zhangjiang"),
        ("上海紫竹", "shanghai-zizhu"),
        ("厦门火炬高技术产业开发区", "xiamen-torch"),
        ("威海火炬高技术产业开发区", "weihai-torch"),
        ("武汉东湖新技术开发区", "wuhan-donghu"),
        ("中关村科技园区", "zhongguancun"),
        ("深圳市高新技术产业园区", "shenzhen"),
        ("深圳高新技术产业园区", "shenzhen"),
        ("新疆生产建设兵团石河子高新技术产业开发区", "shihezi"),
        ("石河子高新区", "shihezi"),
        ("锦州", "jinzhou"),
        ("荆州", "jingzhou"),
        ("宜春丰城", "yichun-fengcheng"),
        ("宜昌", "yichang"),
        ("常州", "changzhou"),
        ("漳州", "zhangzhou"),
        ("泰州医药", "taizhou-medical"),
    ],
)
def test_zones_that_look_alike(name: str, slug: str) -> None:
    """Zones of one city, of one sound and of a name that is also a province are told apart."""
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "高新区",
        "国家高新区",
        "高新技术产业开发区",
        "上海",
        "厦门",
        "江苏",
        "湖南",
        "长",
        "沙",
        "长沙长沙",
        "长沙,株洲",
        "0",
    ],
)
def test_what_is_no_zone(name: str) -> None:
    """An ending without a name, a city with two zones, a province or half a name means no zone."""
    assert slug_of(name) is None
    with pytest.raises(UsageError):
        bundled_zones().find(name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("长砂", "changsha"),
        ("长沙市高新区", "changsha"),
        ("chansha", "changsha"),
        ("changsha city", "changsha"),
        ("苏洲", "suzhou"),
        ("苏州工业园", "suzhou-sip"),
        ("张江", "shanghai-zhangjiang"),
        ("东湖高新区", "wuhan-donghu"),
        ("厦门", "xiamen-torch"),
    ],
)
def test_the_nearest_names(name: str, slug: str) -> None:
    """An unknown name is refused with the zones most like it, by slug and Chinese name."""
    with pytest.raises(UsageError) as refused:
        bundled_zones().find(name)
    message = str(refused.value)
    assert f"'{name}'" in message
    assert f"({slug})" in message
    assert bundled_zones().find(slug).label in message
    assert len(message.splitlines()) == 2


def test_three_nearest_at_most() -> None:
    """No more than three zones are offered, each once."""
    for name in ("州", "长沙市高新区", "jin", "高新区"):
        near = bundled_zones().nearest(name)
        assert len(near) <= 3
        assert len({zone.slug for zone in near}) == len(near)


def test_nothing_near() -> None:
    """Where no name is near, the message says where all of them are."""
    with pytest.raises(UsageError, match="icredit zones"):
        bundled_zones().find("@@@@")


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(ROWS),
    st.sampled_from(["slug", "short_name", "full_name"]),
    st.lists(st.sampled_from([" ", "\t", "\u3000", "\u00a0", "\n"]), min_size=1, max_size=3),
    st.integers(0, 30),
)
def test_blanks_width_and_case_do_not_matter(row: dict[str, str], column: str, blanks: list[str], place: int) -> None:
    """Any name with blanks anywhere, in capitals and in full-width letters still means its zone."""
    name = row[column]
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name.upper())
    for text in (name, wide):
        assert slug_of(text[:place] + "".join(blanks) + text[place:]) == row["slug"]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
@example("\x00")
@example("\ud800")
@example("(" * 40)
def test_any_text_is_a_zone_or_none(text: str) -> None:
    """Whatever the text, it means a zone or none, and there is always something to say about it."""
    register = bundled_zones()
    zone = register.resolve(text)
    assert zone is None or zone in list(register)
    assert set(register.nearest(text)) <= set(register)
    assert register.hint(text)
    assert set(register.search(text)) <= set(register)


def test_search_by_province_city_and_name() -> None:
    """A search finds zones by part of a name, by province and by city; a blank finds all."""
    register = bundled_zones()
    assert [zone.slug for zone in register.search("吉林")] == [row["slug"] for row in ROWS if row["province"] == "吉林"]
    assert {"suzhou", "suzhou-sip", "kunshan", "changshu"} <= {zone.slug for zone in register.search("苏州")}
    assert [zone.slug for zone in register.search("fuzhou")] == ["fuzhou", "fuzhou-jx"]
    assert [zone.slug for zone in register.search("火炬")] == [
        row["slug"] for row in ROWS if "火炬" in row["full_name"]
    ]
    assert len(register.search("")) == len(ROWS)
    assert register.search("nowhere") == []


@pytest.mark.parametrize(("short", "official"), PROVINCES.items())
def test_every_province_by_both_names(short: str, official: str) -> None:
    """A province is known by its short and its official name, whatever the blanks."""
    names = province_names()
    assert names[fold(short)] == names[fold(official)] == names[fold(f" {official} ")] == short


def test_the_provinces_of_the_register() -> None:
    """Every zone stands in a province that has that very name, and the zone 吉林 is not the province 吉林."""
    assert {row["province"] for row in ROWS} <= {*PROVINCES, "新疆(兵团)"}
    assert all(province_names()[fold(row["province"])] == row["province"] for row in ROWS)
    zone = bundled_zones().find("吉林")
    assert (zone.province, zone.city) == ("吉林", "吉林")


@pytest.mark.parametrize("name", ["新疆(兵团)", "新疆（兵团）", "新疆兵团", "新疆生产建设兵团"])
def test_the_corps_of_xinjiang(name: str) -> None:
    """The corps has a province of its own, with whatever brackets."""
    assert province_names()[fold(name)] == "新疆(兵团)"


@pytest.mark.parametrize(
    ("name", "near"), [("湖南身", "湖南"), ("黑龙", "黑龙江"), ("广西省", "广西"), ("内蒙古省", "内蒙古")]
)
def test_the_nearest_province(name: str, near: str) -> None:
    """A misspelt province is answered with those most like it."""
    assert fold(name) not in province_names()
    assert near in province_hint(name)


def test_a_province_like_no_other() -> None:
    """Where no province is near, the hint says how to write one."""
    assert "湖南" in province_hint("atlantis")


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a register of further zones."""
    path = folder / "more.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_zones_are_added(folder: Path) -> None:
    """A zone of the extra file is known by all its names, beside the 179."""
    register = load_zones(write(folder, HEADER + "yuelu,岳麓,岳麓高新技术产业开发区,湖南\n"))
    assert len(register) == 179 + 1
    for name in ("yuelu", "岳麓", "岳麓高新区", "岳麓国家高新区", "岳麓高新技术产业开发区"):
        assert slug_of(name, register) == "yuelu"
    assert slug_of("长沙", register) == "changsha"
    assert slug_of("岳麓") is None


def test_a_zone_is_replaced(folder: Path) -> None:
    """A zone of the same slug takes the place of the bundled one; its old names live on as aliases if listed."""
    text = (
        HEADER.strip()
        + ",aliases\nchangsha,湘江,湘江高新技术产业开发区,湖南,长沙;长沙高新区\nzhuzhou,渌口,渌口高新区,湖南,\n"
    )
    register = load_zones(write(folder, text))
    assert [zone.slug for zone in register] == SLUGS
    for name in ("湘江", "湘江高新区", "长沙", "长沙高新区", "changsha"):
        assert slug_of(name, register) == "changsha"
    assert slug_of("株洲", register) is None
    assert slug_of("渌口", register) == "zhuzhou"


@pytest.mark.parametrize("between", [";", "；", "|", "、", "; ", " | "])
def test_aliases(folder: Path, between: str) -> None:
    """Aliases are separated by ; or | or 、 and mean their zone."""
    register = load_zones(write(folder, HEADER.strip() + f",aliases\nyl,岳麓,岳麓高新区,湖南,麓谷{between}大学城\n"))
    assert slug_of("麓谷", register) == slug_of("大学城", register) == "yl"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "yl,岳麓,岳麓高新区,湖南\n",
        (HEADER + "yl,岳麓,岳麓高新区,湖南\n").replace("\n", "\r\n"),
        HEADER + "\n\nyl,岳麓,岳麓高新区,湖南\n\n",
        HEADER + "yl, 岳麓 ,\t岳麓高新区,湖南",
        HEADER + '"yl","岳麓","岳麓高新区","湖南"\n',
        "province,evidence,full_name,short_name,slug,more\n湖南,S,岳麓高新区,岳麓,yl,x\n",
    ],
)
def test_shapes_of_the_file(folder: Path, text: str) -> None:
    """A byte order mark, other line ends, blank lines, blanks in cells, quotes and another order of columns are fine."""
    zone = load_zones(write(folder, text)).find("yl")
    assert (zone.short_name, zone.full_name, zone.province) == ("岳麓", "岳麓高新区", "湖南")


def test_a_register_in_the_current_folder(folder: Path) -> None:
    """./zones.csv is read without being named, and not read when another file is."""
    (folder / "zones.csv").write_text(HEADER + "yl,岳麓,岳麓高新区,湖南\n", "utf-8")
    assert slug_of("岳麓", load_zones()) == "yl"
    assert slug_of("岳麓", load_zones(write(folder, HEADER + "xl,湘麓,湘麓高新区,湖南\n"))) is None
    (folder / "zones.csv").unlink()
    (folder / "zones.csv").mkdir()
    assert load_zones() is bundled_zones()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1: "),
        ("slug;short_name;full_name;province\n", ":1: "),
        ("slug,short_name,full_name\nyl,岳麓,岳麓高新区\n", "province"),
        (HEADER + "yl,岳麓,岳麓高新区,湖南\nxl,,湘麓高新区,湖南\n", ":3: zone without short_name"),
        (HEADER + "yl,岳麓\n", "full_name, province"),
        (HEADER + " ,岳麓,岳麓高新区,湖南\n", ":2: zone without slug"),
        (HEADER + f"yl,{'岳' * 200_000},岳麓高新区,湖南\n", "more.csv"),
        (HEADER + f'yl,"{"岳" * 200_000},岳麓高新区,湖南\n', "more.csv"),
        (HEADER + "yl,岳麓,岳麓高新区,湖南\nyl,湘麓,湘麓高新区,湖南\n", ":3: "),
        (HEADER + "yl,长沙,岳麓高新区,湖南\n", ":2: "),
        (HEADER + "yl,岳麓,长沙高新技术产业开发区,湖南\n", ":2: "),
        (HEADER + "长沙,岳麓,岳麓高新区,湖南\n", ":2: "),
        (HEADER.strip() + ",aliases\nyl,岳麓,岳麓高新区,湖南,长沙\n", ":2: "),
        (HEADER + "yl,岳麓,岳麓高新区,湖南\nxl,岳麓,湘麓高新区,湖南\n", ":3: "),
    ],
    ids=[
        "empty",
        "semicolons",
        "no province",
        "blank name",
        "short row",
        "blank slug",
        "endless cell",
        "endless quoted cell",
        "slug twice",
        "short name of another",
        "full name of another",
        "slug is the name of another",
        "alias is the name of another",
        "name twice",
    ],
)
def test_a_faulty_register(folder: Path, text: str, says: str) -> None:
    """A register that lacks a column or a name, or gives one name to two zones, is refused with file and line."""
    path = write(folder, text)
    with pytest.raises(InputError) as refused:
        load_zones(path)
    assert str(refused.value).startswith(f"{path}:")
    assert says in str(refused.value)


def test_a_register_that_cannot_be_read(folder: Path) -> None:
    """A missing file, a folder and a file that is not UTF-8 are inputs that cannot be read."""
    with pytest.raises(InputError, match="absent"):
        load_zones(folder / "absent.csv")
    with pytest.raises(InputError):
        load_zones(folder)
    with pytest.raises(InputError, match="UTF-8"):
        load_zones(write(folder, HEADER + "yl,岳麓,岳麓高新区,湖南\n", "gb18030"))


def test_an_exact_name_beats_a_variant() -> None:
    """A name that is one zone's own and another's with an ending means the first, whichever stands first."""
    plain = Zone("plain", "东湖", "东湖高新技术产业开发区", "湖北")
    other = Zone("other", "东湖高新区", "东湖某区", "湖北")
    for zones in ([plain, other], [other, plain]):
        register = ZoneRegister(zones)
        assert slug_of("东湖高新区", register) == "other"
        assert slug_of("东湖", register) == "plain"


def test_the_label_of_a_zone() -> None:
    """A zone is shown as people write it: with 高新区, unless its short name ends in 区."""
    register = bundled_zones()
    assert register.find("changsha").label == "长沙高新区"
    assert register.find("suzhou-sip").label == "苏州工业园区"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("营业收入（万元）", "营业收入(万元)"),
        ("Ｒ＆Ｄ  Expenditure", "r&dexpenditure"),
        (" 长\t沙\n", "长沙"),
        ("１２％", "12%"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ß\u0301", "s\u015b"),  # lower case leaves a letter and a mark that are one
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Labels are compared in narrow, lower-case letters without blanks."""
    assert fold(text) == folded


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_folds_as_any_other(text: str) -> None:
    """What needs no normalisation is folded without, and comes to the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    assert fold(text) == unspaced(unicodedata.normalize("NFKC", folded).casefold())


@pytest.mark.parametrize(
    "mark", [" ", "\t", "\n", "\r", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u200e", "\u200f", "\u3000\ufeff "]
)
def test_cleaning(mark: str) -> None:
    """What cannot be seen at the ends of a cell is taken away, what stands between is kept."""
    assert clean(f"{mark}长沙 高新区{mark}") == "长沙 高新区"
    assert clean(mark) == ""


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Clean text has nothing invisible at its ends any more."""
    once = clean(text)
    assert clean(once) == once
    assert once in text
    assert not once[:1].isspace()
    assert not once[-1:].isspace()


def test_the_nearest_words() -> None:
    """The nearest words are known ones, best first, in their own spelling; none is near to nothing like it."""
    assert nearest("REVENU", ["revenue", "revenue_last", "staff"], limit=1) == ["revenue"]
    assert nearest("revenue_las", ["revenue", "revenue_last", "staff"])[0] == "revenue_last"
    assert nearest("ｓｔａｆ", ["Staff"]) == ["Staff"]
    assert nearest("zzz", ["revenue", "staff"]) == []
    assert nearest("", ["a"]) == []
    assert did_you_mean("revenu", ["revenue"]) == " (did you mean 'revenue'?)"
    assert did_you_mean("zzz", ["revenue"]) == ""


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (3000, "3,000 rows"), (520_000, "520,000 rows")]
)
def test_counting(number: int, text: str) -> None:
    """One row, several rows, thousands apart."""
    assert counted(number, "row") == text
    assert counted(number, "category", "categories").split()[1] == ("category" if number == 1 else "categories")
