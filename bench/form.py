"""The columns of the measured files: field -> header, as the blank form writes it."""

from __future__ import annotations

#: The 25 columns of the CSV files.
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
    "awards": "近两年获得省级及以上科技奖励数量（项）", "serious_dishonesty": "严重失信",
}  # fmt: skip

#: Columns that a workbook calculates: a percentage of other cells, which fails where the cell it divides by is zero.
RATES = {"rd_intensity": "研发费用占营业收入的比例（%）", "return_on_net_assets": "净资产利润率（%）"}

_NOT_IN_SHEETS = {"stage", "province", "platforms", "awards"}

#: The 23 columns of the workbooks.
SHEET_COLUMNS = {name: header for name, header in COLUMNS.items() if name not in _NOT_IN_SHEETS} | RATES

#: What the stage column may say.
STAGES = ("初创期", "成长期", "稳定期")
