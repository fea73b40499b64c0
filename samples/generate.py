"""Write the sample submissions: 3,000 fictional technology enterprises, and a small table full of mistakes.

`python samples/generate.py [FOLDER]` writes `enterprises.csv`, `enterprises.xlsx` (the same enterprises) and
`errors.csv`, always with the same bytes. No enterprise exists: every name holds the word 示例 ("example"), and every
credit code belongs to a district beginning with 99, which no administrative division has.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import xlsxwriter

SEED = 1
LATEST = dt.date(2025, 6, 30)  # nobody is founded later; enterprises founded this year have no figures of last year

Cell = str | int | float | dt.date | None
Row = dict[str, Cell]
TextRow = dict[str, str]

# The form: the id of a field and its header, which is the scheme's label with the unit in brackets.
COLUMNS = {
    "uscc": "统一社会信用代码", "name": "企业名称", "zone": "所属高新区", "province": "所在省份", "stage": "发展阶段",
    "founded": "成立日期", "technical_field": "技术领域",
    "rd_expense": "研发费用金额（万元）", "rd_expense_last": "上年研发费用金额（万元）",
    "rd_staff": "科技人员数（人）", "staff": "职工总数（人）",
    "invention_applications": "与主营业务相关的发明专利申请量（件）",
    "pct_applications": "与主营业务相关的PCT专利申请量（件）",
    "contract_turnover": "企业技术合同成交额（万元）", "hightech_revenue": "高新技术产品收入（万元）",
    "revenue": "营业收入（万元）", "revenue_last": "上年营业收入（万元）",
    "postgraduates": "研究生以上人员数（人）", "rd_tax_relief": "研发费用加计扣除所得税减免额（万元）",
    "net_profit": "净利润（万元）", "net_assets": "净资产（万元）",
    "fresh_graduates": "吸纳应届毕业生人数（人）",
    "platforms": "近两年承担建设省级及以上研发或创新平台数量（个）",
    "awards": "近两年获得省级及以上科技奖励数量（项）", "projects": "近两年承担省级及以上科技计划项目数量（项）",
    "venture_capital": "获得风险投资金额（万元）", "serious_dishonesty": "严重失信",
}  # fmt: skip

# The zone as an enterprise writes it, its province and city, and how many enterprises stand there.
PLACES: tuple[tuple[str | None, str, str, int], ...] = (
    ("长沙高新区", "湖南", "长沙", 600), ("武汉东湖高新区", "湖北", "武汉", 430), ("西安高新区", "陕西", "西安", 380),
    ("合肥高新区", "安徽", "合肥", 330), ("成都高新区", "四川", "成都", 300), ("无锡高新区", "江苏", "无锡", 240),
    ("郑州高新区", "河南", "郑州", 200), ("株洲高新区", "湖南", "株洲", 160), ("潍坊高新区", "山东", "潍坊", 140),
    ("包头稀土高新区", "内蒙古", "包头", 130),
    (None, "湖南", "娄底", 35), (None, "浙江", "台州", 30), (None, "山西", "运城", 25),
)  # fmt: skip

STAGES = ("初创期", "成长期", "稳定期")
STAGE_LIMITS = (2_000.0, 40_000.0)  # revenue in 万元
# The log-normal law of revenue that puts 55 % of enterprises below the first limit and 90 % below the second.
SIZE_MEAN, SIZE_SPREAD = 7.275, 2.592

BUSINESSES = {
    "电子信息": ("软件技术", "信息科技", "数据科技", "微电子", "物联网科技", "光电子"),
    "生物与新医药": ("生物医药", "医疗器械", "基因科技", "制药", "诊断技术"),
    "航空航天": ("航空科技", "航天装备", "无人机科技"),
    "新材料": ("新材料", "稀土材料", "复合材料", "电子材料"),
    "高技术服务": ("检测技术", "工业设计", "技术服务", "数字科技"),
    "新能源与节能": ("新能源", "储能科技", "氢能科技", "节能技术"),
    "资源与环境": ("环境科技", "环保装备", "水处理技术"),
    "先进制造与自动化": ("智能装备", "机器人", "精密机械", "自动化技术", "数控设备", "激光装备"),
}
BRAND_FIRST, BRAND_SECOND = "澄云瀚启岳麓星恒锐卓芯朗凌沐辰宏钧琢砺昱", "岚帆川衡图远越泽驰策澜航睿途擎曜峰源序铭"
BRAND_LATIN = ("Novex", "QX", "AeroLab", "T3", "Lumio", "BioV", "EverCore", "iTek")
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(rng: random.Random) -> str:
    """Return a well-formed code of no real enterprise: check digits after GB 11714 (17th) and GB 32100-2015 (18th)."""
    organisation = "".join(rng.choices(CODE_ALPHABET[:10], k=8))
    if rng.random() < 0.4:  # registered since late 2015
        organisation = "MA" + "".join(rng.choices(CODE_ALPHABET, k=6))
    values = (int(character, 36) for character in organisation)
    remainder = sum(weight * value for weight, value in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True)) % 11
    body = f"9199{rng.randrange(10_000):04}{organisation}{'0X987654321'[remainder]}"
    total = sum(pow(3, place, 31) * CODE_ALPHABET.index(character) for place, character in enumerate(body))
    return body + CODE_ALPHABET[-total % 31]


def company_name(rng: random.Random, province: str, city: str, technical_field: str, stage: int) -> str:
    """Return a plausible name that nobody can have, because it says that it is an example."""
    brand = rng.choice(BRAND_FIRST) + rng.choice(BRAND_SECOND)
    if rng.random() < 0.02:
        brand = rng.choice(BRAND_LATIN) + rng.choice(("", brand))
    core = f"示例{brand}{rng.choice(BUSINESSES[technical_field])}"
    suffix = "股份有限公司" if rng.random() < (0.03, 0.12, 0.35)[stage] else "有限公司"
    form = rng.random()
    if form < (0.002, 0.03, 0.25)[stage]:
        return f"{province}{core}（集团）{suffix}"
    if form > 0.98:
        return f"{province}{core}研究开发与成果转化（{city}）{suffix}"
    return f"{core}（{city}）{suffix}" if form > 0.93 else f"{rng.choice((city, city, province))}{core}{suffix}"


def stage_of(revenue: float) -> int:
    """Return which of the stages the revenue stands for."""
    return sum(revenue >= limit for limit in STAGE_LIMITS)


def spread(rng: random.Random, median: float, sigma: float) -> float:
    """Draw an amount above zero from a skewed law of the given median, to the cent of 万元 as filed."""
    return max(0.01, round(median * rng.lognormvariate(0.0, sigma), 2))


def last_year(rng: random.Random, amount: float, age: float) -> float:
    """Return last year's amount: young enterprises grow faster, and a few of any age multiply or collapse."""
    factor = rng.lognormvariate(0.07 + 0.35 * math.exp(-age / 3), 1.1 if rng.random() < 0.08 else 0.22)
    return round(amount / factor, 2) if age >= 0.5 else 0.0  # founded this year


def count(rng: random.Random, share: float, mean: float) -> int:
    """Draw a count with a long tail; only the given share of enterprises have any."""
    return 1 + int(rng.expovariate(1 / mean)) if rng.random() < share else 0


def part(rng: random.Random, whole: int, share: float) -> int:
    """Draw how many of the `whole` staff belong to a group that holds about the given share of staff."""
    return min(whole, round(whole * rng.betavariate(5 * share, 5 * (1 - share))))


def figures(rng: random.Random) -> Row:
    """Draw one enterprise's filing without gaps; its size on a log scale drives all amounts and head counts."""
    size = rng.gauss(0.0, 1.0)
    age = min(rng.uniform(20, 30), rng.gammavariate(2.0, 2.6 * math.exp(0.2 * size)) + 2 * max(0.0, size))
    revenue = round(math.exp(SIZE_MEAN + SIZE_SPREAD * size), 2)
    if size < 0 and age < 4 and rng.random() < 0.25:
        revenue = 0.0
    stage = stage_of(revenue)
    staff = 1 + round(spread(rng, 30 * math.exp(0.75 * SIZE_SPREAD * size), 0.45))
    intensity = (0.12, 0.065, 0.042)[stage] * (1.5 if age < 3 else 1.0) * rng.lognormvariate(0.0, 0.75)
    basic = spread(rng, 60 if revenue == 0 else 12, 1.0) if revenue == 0 or (stage == 0 and age < 6) else 0.0
    rd_expense = round(revenue * intensity + basic, 2)
    rd_expense_last = last_year(rng, rd_expense, age) if rng.random() < 0.98 else 0.0
    revenue_last = last_year(rng, revenue or spread(rng, 30, 1.0), age)
    if rng.random() < (0.85 if revenue == 0 else 0.02 if stage == 0 else 0.0):
        revenue_last = 0.0
    loss, profit = spread(rng, 0.15 * revenue + 0.3 * rd_expense, 0.8), spread(rng, 0.07 * revenue, 0.7)
    net_profit = -loss if revenue == 0 or rng.random() < (0.27, 0.15, 0.08)[stage] else min(profit, 0.5 * revenue)
    net_assets = spread(rng, 0.7 * math.exp(SIZE_MEAN + 0.95 * SIZE_SPREAD * size), 0.6)
    if rng.random() < (0.07 if net_profit < 0 else 0.004):
        net_assets = -round(net_assets * rng.uniform(0.05, 0.5), 2)
    relief = rng.uniform(0.10, 0.20) if net_profit > 0 and rng.random() < 0.9 else 0.0
    contracts, capital = spread(rng, 10 + 0.12 * revenue, 0.9), spread(rng, (600, 2_500, 8_000)[stage], 1.0)
    hightech_share = rng.choices((0.0, 1.0, rng.betavariate(5, 1.5)), (8, 8, 84))[0]
    return {
        "founded": LATEST - dt.timedelta(days=int(365.25 * age)),
        "technical_field": rng.choices(list(BUSINESSES), [len(names) for names in BUSINESSES.values()])[0],
        "rd_expense": rd_expense,
        "rd_expense_last": rd_expense_last,
        "rd_staff": part(rng, staff, (0.45, 0.27, 0.18)[stage]),
        "staff": staff,
        "invention_applications": count(rng, (0.40, 0.60, 0.75)[stage], 0.5 + 0.25 * staff**0.6),
        "pct_applications": count(rng, (0.05, 0.13, 0.35)[stage], 0.3 + 0.1 * staff**0.4),
        "contract_turnover": contracts if rng.random() < (0.28, 0.42, 0.48)[stage] else 0.0,
        "hightech_revenue": round(revenue * hightech_share, 2),
        "revenue": revenue,
        "revenue_last": revenue_last,
        "postgraduates": part(rng, staff, (0.16, 0.12, 0.09)[stage]),
        "rd_tax_relief": round(rd_expense * relief, 2),
        "net_profit": round(net_profit, 2),
        "net_assets": net_assets,
        "fresh_graduates": min(staff, count(rng, (0.40, 0.70, 0.90)[stage], 0.04 * staff)),
        "platforms": count(rng, (0.04, 0.14, 0.32)[stage], 0.3 + 0.2 * stage),
        "awards": count(rng, (0.01, 0.04, 0.12)[stage], 0.3 + 0.2 * stage),
        "projects": count(rng, (0.10, 0.18, 0.32)[stage], 0.5 + 0.5 * stage),
        "venture_capital": capital if rng.random() < (0.10, 0.06, 0.04)[stage] else 0.0,
        "serious_dishonesty": "是" if rng.random() < 0.003 else "否",
    }


def enterprise(rng: random.Random, zone: str | None, province: str, city: str) -> Row:
    """Draw one enterprise as it files: with gaps, mostly without a stage, and now and then with another stage."""
    full = figures(rng)
    stage = stage_of(float(str(full["revenue"])))
    gaps = {field for field in full if rng.random() < 0.025}
    filed = abs(stage - 1) if rng.random() < 0.02 and "revenue" not in gaps else stage
    return {
        "uscc": credit_code(rng),
        "name": company_name(rng, province, city, str(full["technical_field"]), stage),
        "zone": zone,
        "province": None if zone and rng.random() < 0.12 else province,
        "stage": STAGES[filed] if rng.random() < 0.18 or "revenue" in gaps else None,
    } | {field: None if field in gaps else value for field, value in full.items()}


def enterprises(rng: random.Random) -> list[Row]:
    """Return all enterprises in random order; no name and no code occurs twice."""
    rows: dict[Cell, Row] = {}
    for zone, province, city, number in PLACES:
        wanted = len(rows) + number
        while len(rows) < wanted:
            row = enterprise(rng, zone, province, city)
            rows.setdefault(row["name"], row)
    assert len({row["uscc"] for row in rows.values()}) == len(rows), "a code was drawn twice: choose another seed"
    return rng.sample(list(rows.values()), len(rows))


def as_text(cell: Cell) -> str:
    """Return the cell as it stands in a CSV file: amounts with two decimals, dates after ISO 8601."""
    return f"{cell:.2f}" if isinstance(cell, float) else "" if cell is None else str(cell)


# What the enterprise's name says is wrong, and the cells that make it so (revenue is always below 40000.00).
FAULTS: tuple[tuple[str, Callable[[TextRow], TextRow]], ...] = (
    ("正确之一", lambda row: {}),
    ("正确之二", lambda row: {"stage": "成长期"}),
    ("金额不是数字", lambda row: {"net_profit": "abc"}),
    ("数量带小数", lambda row: {"platforms": "3.5"}),
    ("金额为负", lambda row: {"contract_turnover": "-12.50"}),
    ("数量为负", lambda row: {"invention_applications": "-2"}),
    ("日期不存在", lambda row: {"founded": "2023-02-30"}),
    ("是否栏填也许", lambda row: {"serious_dishonesty": "也许"}),
    ("发展阶段不存在", lambda row: {"stage": "上市期"}),
    ("名称为空", lambda row: {"name": ""}),
    ("代码为空", lambda row: {"uscc": ""}),
    ("代码位数不足", lambda row: {"uscc": row["uscc"][:-1]}),
    ("代码含禁用字母I", lambda row: {"uscc": row["uscc"][:10] + "I" + row["uscc"][11:]}),
    ("代码校验位错误", lambda row: {"uscc": row["uscc"][:-1] + ("0" if row["uscc"][-1] != "0" else "1")}),
    ("代码变成科学计数法", lambda row: {"uscc": "9.1990012E+17"}),
    ("高新区不存在", lambda row: {"zone": "长沙高薪区"}),
    ("省份不存在", lambda row: {"zone": "", "province": "湖难"}),
    ("科技人员多于职工", lambda row: {"rd_staff": "99999"}),
    ("研究生多于职工", lambda row: {"postgraduates": "99999"}),
    ("高新收入大于营业收入", lambda row: {"hightech_revenue": "99999.00"}),
    ("成立日期在未来", lambda row: {"founded": "2099-01-01"}),
    ("发展阶段和营业收入都未填", lambda row: {"stage": "", "revenue": ""}),
    ("警告：代码为小写", lambda row: {"uscc": row["uscc"].lower()}),
    ("警告：研发费用大于营业收入", lambda row: {"rd_expense": "99999.00", "rd_expense_last": "99999.00"}),
    ("警告：净资产为负", lambda row: {"net_assets": "-100.00"}),
)


def clean_row(rng: random.Random, words: str) -> TextRow:
    """Draw a growing enterprise in Changsha whose filing has no gap and nothing to object to."""
    while True:
        row = {field: as_text(cell) for field, cell in figures(rng).items()}
        revenue, code = float(row["revenue"]), credit_code(rng)
        sound = stage_of(revenue) == 1 and float(row["rd_expense"]) < revenue and float(row["net_assets"]) > 0
        if sound and row["serious_dishonesty"] == "否" and "MA" in code:  # a code of digits has no lower case
            head = {"uscc": code, "name": f"示例（{words}）", "zone": "长沙高新区", "province": "湖南", "stage": ""}
            return head | row


def faulty_lines(rng: random.Random) -> Iterator[list[str]]:
    """Yield the lines of the table of mistakes: two without any, then one kind of mistake at a time."""
    for words, change in FAULTS:
        row = clean_row(rng, words)
        yield list((row | change(row)).values())
    yield [*clean_row(rng, "多一个单元格").values(), "多余"]
    yield list(clean_row(rng, "少三个单元格").values())[:-3]
    for words, raised in (("警告：重复填报且完全相同", False), ("重复填报但营业收入不同", True)):
        row = clean_row(rng, words)
        yield list(row.values())
        yield list((row | {"revenue": "39999.00"} if raised else row).values())


def write_csv(path: Path, lines: Iterable[list[str]]) -> None:
    """Write a table under the form's header, in UTF-8 with a byte-order mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS.values())
        writer.writerows(lines)


def write_workbook(path: Path, rows: Iterable[Row]) -> None:
    """Write the workbook: codes as text, dates and numbers as such, blanks left out."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": dt.datetime.combine(LATEST, dt.time())})
        sheet = book.add_worksheet("填报数据")
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(COLUMNS) - 1, 14)
        sheet.set_column(0, 1, 36)
        sheet.write_row(0, 0, COLUMNS.values(), book.add_format({"bold": True, "text_wrap": True, "valign": "top"}))
        codes = {str: "@", dt.date: "yyyy-mm-dd", float: "0.00", int: "0"}
        formats = {kind: book.add_format({"num_format": code}) for kind, code in codes.items()}
        writers = {str: sheet.write_string, dt.date: sheet.write_datetime}
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row.values()):
                if cell is not None:
                    writers.get(type(cell), sheet.write_number)(line, place, cell, formats[type(cell)])


def main() -> None:
    """Write the three files into the folder named on the command line, by default beside this script."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    rows = enterprises(random.Random(SEED))
    write_csv(folder / "enterprises.csv", ([as_text(cell) for cell in row.values()] for row in rows))
    write_workbook(folder / "enterprises.xlsx", rows)
    write_csv(folder / "errors.csv", faulty_lines(random.Random(SEED + 1)))


if __name__ == "__main__":
    main()
