"""What is mutated: the modules that decide about points and about what a submission says, by room."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

#: The root of the repository.
ROOT = Path(__file__).resolve().parents[1]

#: Room -> its modules, as patterns below `src/icredit`.
ROOMS = {
    "methods": ("methods/*.py", "methods/normalisation/*.py"),
    "scoring": ("scoring/*.py",),
    "ranks": ("ranks.py", "ranking.py"),
    "intake": ("intake/*.py",),
    "readings": ("intake/readings/*.py",),
    "rules": ("intake/rules/*.py",),
    "sources": ("intake/sources/*.py", "intake/sources/xlsx/*.py"),
    "units": ("units.py",),
}


def modules(room: str, root: Path = ROOT) -> list[Path]:
    """The modules of a room, in order of their names."""
    return sorted(path for pattern in ROOMS[room] for path in (root / "src" / "icredit").glob(pattern))


#: Pattern of modules -> the test files that are about them, all of whose tests a mutant is shown in the end.
ABOUT = {
    "methods/a*.py": "aggregation_formulas bonus_caps_and_totals",
    "methods/cases.py": "what_differs_by_case marks_by_tables treatment_formulas",
    "methods/[ew]*.py": "weighting_formulas derived_weights",
    "methods/pairwise.py": "pairwise_judgements",
    "methods/st*.py": "treatment_formulas outliers_one_by_one weighting_formulas groups_that_are_too_small",
    "methods/treatment.py": "treatment_formulas outliers_one_by_one missing_data_rules",
    "methods/normalisation/*.py": "normalisation_formulas marks_by_tables distances_and_fractions "
    "ranks_and_zscores_as_scores groups_that_are_too_small missing_data_rules",
    "scoring/weighting*.py": "derived_weights weights_page_is_true",
    "scoring/[!w]*.py": "groups_that_are_too_small references missing_data_rules verdicts grades_by_place "
    "bonus_caps_and_totals ranks_and_grades",
    "rank*.py": "rank_order ranks_and_grades lists_are_ranked_anew lists_read_their_selection",
    "intake/credit_code.py": "credit_codes",
    "intake/a*.py": "checks_of_the_national_scheme zone_from_file_name headers_are_recognised",
    "intake/d*.py": "duplicates units_shift_exactly",
    "intake/[fgh]*.py": "headers_are_recognised headers_of_several_rows",
    "intake/[ls]*.py": "rows_that_are_no_enterprises headers_are_recognised zone_from_file_name",
    "intake/r*.py": "rows_with_errors_are_rejected cells_are_read_exactly",
    "intake/su*.py": "duplicates many_files_are_one_batch",
    "intake/[tv]*.py": "rows_with_errors_are_rejected cells_are_read_exactly",
    "intake/readings/*.py": "cells_are_read_exactly numbers_are_read_exactly dates_are_read_exactly credit_codes",
    "intake/rules/*.py": "rules_explain_themselves rule_command docs_do_not_drift validate_command",
    "intake/sources/[bcx]*.py": "old_workbooks html_tables open_document",
    "intake/sources/d*.py": "signatures files_of_every_kind",
    "intake/sources/f*.py": "many_files_are_one_batch",
    "intake/sources/[glprt]*.py": "files_of_every_kind limits_of_files",
    "intake/sources/[hm]*.py": "html_tables",
    "intake/sources/o*.py": "open_document",
    "intake/sources/s[ip]*.py": "signatures html_tables",
    "intake/sources/xlsx/*.py": "workbook_cells workbook_values workbook_parts",
    "units.py": "units_shift_exactly headers_are_recognised",
}


def about(module: str) -> list[str]:
    """The test files that are about a module, named as pytest does."""
    below = module.removeprefix("src/icredit/")
    files = [
        f"tests/test_{name}.py"
        for pattern, names in ABOUT.items()
        if fnmatchcase(below, pattern) and below.count("/") == pattern.count("/")
        for name in names.split()
    ]
    return [*dict.fromkeys(files)]
