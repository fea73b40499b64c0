"""Traps of dates, flags, zones and provinces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from traps.fixtures import HEADER, cell, enterprise, table
from traps.trap import Trap

FOUNDED, FLAG, ZONE, PROVINCE = "成立日期", "严重失信", "所属高新区", "所在省份"
DAY = [{"founded": dt.date(2019, 3, 1)}]

TRAPS: Sequence[Trap] = (
    *(
        cell(f"日期写成{text}", f"A date as {text}", FOUNDED, text, rows=DAY)
        for text in ("2019/3/1", "2019.3.1", "2019年3月1日", "20190301", "2019-03-01 08:30:00")
    ),
    cell("只有年和月", "Year and month alone", FOUNDED, "2019年3月", rows=DAY, findings=["IC214 2"]),
    cell("日期变成天数", "A serial number", FOUNDED, "43525", rows=DAY, findings=["IC213 2"]),
    cell("只有年", "The year alone", FOUNDED, "2019", findings=["IC205 2"]),
    cell("先日后月还是先月后日", "Day first or month first?", FOUNDED, "1/3/2019", findings=["IC205 2"]),
    cell("没有这一天", "A day that never was", FOUNDED, "2019-02-29", findings=["IC205 2"]),
    cell("成立于今天之后", "Founded after today", FOUNDED, "2030-01-01", findings=["IC401 2"]),
    *(
        cell(f"是否：{text}", f"Yes or no: {text}", FLAG, text, rows=[{"serious_dishonesty": value}])
        for text, value in {"是": True, "有": True, "√": True, "否": False, "无": False, "×": False, "0": False}.items()
    ),
    cell("“是否”没有选", "Neither was chosen", FLAG, "是否", findings=["IC206 2"]),
    *(
        cell(f"高新区：{text}", f"A zone by another name: {text}", ZONE, text, rows=[{"zone": "changsha"}])
        for text in ("长沙", "长沙高新技术产业开发区", "changsha")
    ),
    cell("高新区名称写错", "A misspelt zone", ZONE, "长沙高薪区", findings=["IC311 2"]),
    cell("省份写错", "A misspelt province", PROVINCE, "湖难", findings=["IC312 2"]),
    table(
        "省份与高新区不一致",
        "Province and zone contradict each other",
        [[*HEADER, ZONE, PROVINCE], enterprise(1, "长沙高新区", "湖北")],
        rows=[{"province": "湖南"}],
        findings=["IC313 2"],
    ),
    cell("发展阶段不在可选范围内", "A stage that the scheme does not have", "发展阶段", "独角兽", findings=["IC207 2"]),
)
