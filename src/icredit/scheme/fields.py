"""The fields of a submission: the identity columns that are always there, then the scheme's own.

A scheme may restate an identity column, to add aliases, make it required, or take another kind of code (`uscc: {type:
text, label: …}` without `format` takes any text as the enterprise's id).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from icredit.methods.cases import STAGE
from icredit.scheme.expressions import TODAY
from icredit.scheme.model import Choice, FieldSpec, Scheme
from icredit.scheme.parts import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

USCC, NAME, ZONE, PROVINCE = "uscc", "name", "zone", "province"

# Not validated, which is for what others write: building the validators would hold up every start.
IDENTITY: Mapping[str, FieldSpec] = {
    USCC: FieldSpec.model_construct(
        label=Label.model_construct(zh="统一社会信用代码", en="Unified social credit code"),
        aliases=("信用代码", "社会信用代码", "企业信用代码", "credit code"),
        type="text",
        format="credit_code",
        required=True,
        note=Label.model_construct(zh="18位，单元格格式须为文本", en="18 characters; format the cells as text"),
    ),
    NAME: FieldSpec.model_construct(
        label=Label.model_construct(zh="企业名称", en="Enterprise"),
        aliases=("单位名称", "公司名称", "名称", "enterprise name", "company"),
        type="text",
        required=True,
    ),
    ZONE: FieldSpec.model_construct(
        label=Label.model_construct(zh="所属高新区", en="High-tech zone"),
        aliases=("高新区", "所在高新区", "高新区名称", "zone"),
        type="text",
        note=Label.model_construct(zh="不在国家高新区的企业留空", en="blank for an enterprise in no national zone"),
    ),
    PROVINCE: FieldSpec.model_construct(
        label=Label.model_construct(zh="所在省份", en="Province"),
        aliases=("省份", "省", "所属省份", "province"),
        type="text",
    ),
    STAGE: FieldSpec.model_construct(
        label=Label.model_construct(zh="发展阶段", en="Stage"),
        aliases=("企业发展阶段", "阶段", "所处阶段", "stage"),
        type="choice",
        note=Label.model_construct(zh="留空则按评价体系的规则判定", en="blank: derived by the scheme's rules"),
    ),
}

_DTYPES: Mapping[str, pl.DataType] = {
    "amount": pl.Float64(),
    "share": pl.Float64(),
    "count": pl.Int64(),
    "text": pl.String(),
    "choice": pl.String(),
    "date": pl.Date(),
    "flag": pl.Boolean(),
}

NUMERIC_TYPES = ("amount", "count", "share")


def submission_fields(scheme: Scheme) -> dict[str, FieldSpec]:
    """Field id -> field: identity first, then the scheme's in file order.

    Stage takes its choices from the stages; where there are none it is any text, and no form asks for it.
    """
    fields = {name: scheme.fields.get(name, spec) for name, spec in IDENTITY.items()}
    choices = tuple(
        Choice.model_construct(id=stage.id, label=stage.label, aliases=stage.aliases) for stage in scheme.stages
    )
    staged = {"type": "choice", "choices": choices} if choices else {"type": "text", "template": False}
    fields[STAGE] = fields[STAGE].model_copy(update=staged)
    fields.update((name, spec) for name, spec in scheme.fields.items() if name not in IDENTITY)
    return fields


def dtype_of(spec: FieldSpec) -> pl.DataType:
    """The polars type that a field's values have in a typed table."""
    return _DTYPES[spec.type]


def typed_schema(scheme: Scheme) -> dict[str, pl.DataType]:
    """Field id -> type of a typed table."""
    return {name: dtype_of(spec) for name, spec in submission_fields(scheme).items()}


def expression_schema(scheme: Scheme) -> dict[str, pl.DataType]:
    """Name -> type of everything an expression may use, beside indicators: the fields and `today`.

    Counts compute as floating-point numbers: whole numbers of fixed size would overflow in silence.
    """
    return {**{name: computing_type(dtype) for name, dtype in typed_schema(scheme).items()}, TODAY: pl.Date()}


def result_schema(scheme: Scheme) -> dict[str, pl.DataType]:
    """Name -> type of everything a condition on results may use: fields, `today`, values, scores and the coverage."""
    names = [f"{leaf.id}.value" for leaf in scheme.leaves]
    names += [f"{node.id}.score" for node in (*scheme.nodes(), *scheme.totals)]
    return {**expression_schema(scheme), **dict.fromkeys((*names, "score", "coverage"), pl.Float64())}


def computing_type(dtype: pl.DataType) -> pl.DataType:
    """The type that a column of the given type has in expressions."""
    return pl.Float64() if dtype.is_integer() else dtype


def for_expressions(frame: pl.LazyFrame, scheme: Scheme, as_of: date) -> pl.LazyFrame:
    """Typed rows as expressions see them: counts as floating-point numbers, and `today`."""
    counts = [name for name, dtype in typed_schema(scheme).items() if dtype.is_integer()]
    return frame.with_columns(
        *(pl.col(name).cast(pl.Float64) for name in counts), pl.lit(as_of, pl.Date()).alias(TODAY)
    )
