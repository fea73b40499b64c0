"""Everything that is easily misread in a submission, one value each. `docs/traps.md` shows them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traps import cells, codes, dates, footers, headers, many_files, meaning, text_files, workbooks
from traps.trap import Trap

#: Chinese and English name of a group -> its traps.
GROUPS: Mapping[tuple[str, str], Sequence[Trap]] = {
    ("信用代码", "Credit codes"): codes.TRAPS,
    ("文本文件", "Text files"): text_files.TRAPS,
    ("工作簿", "Workbooks"): workbooks.TRAPS,
    ("表头", "Headers"): headers.TRAPS,
    ("表尾和其他行", "Footers and strays"): footers.TRAPS,
    ("数字", "Numbers"): cells.TRAPS,
    ("日期、是否和名称", "Dates, flags and names"): dates.TRAPS,
    ("数据的含义", "What the numbers mean"): meaning.TRAPS,
    ("多个文件", "Many files"): many_files.TRAPS,
}
