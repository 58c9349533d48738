"""The Python code that brings a table to a model: the table in plain pandas, the model's columns as functions of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xai.adjustment import Adjustment, Made, Recipe
from xai.export.literals import literal
from xai.making import source

_IMPORTS = (
    ("io.", "import io"),
    ("np.", "import numpy as np"),
    ("pd.", "import pandas as pd"),
    ("TransformedTargetRegressor(", "from sklearn.compose import TransformedTargetRegressor"),
    ("FrozenEstimator(", "from sklearn.frozen import FrozenEstimator"),
    ("make_pipeline(", "from sklearn.pipeline import make_pipeline"),
)
_FUNCTIONS = {
    "exp": ("np.log", "np.exp"),
    "expm1": ("np.log1p", "np.expm1"),
    "power-of-ten": ("np.log10", "lambda x: 10.0**x"),
    "square": ("np.sqrt", "np.square"),
}


def imports(lines: Sequence[str]) -> list[str]:
    """What a script of these lines needs, the engine itself last."""
    code = "\n".join(lines)
    found = [line for sign, line in _IMPORTS if sign in code]
    return [*found, *([""] if found else []), "import xai", ""]


def table_lines(adjustments: Sequence[Adjustment]) -> list[str]:
    """What was done to the table itself, step by step."""
    again = any(adjustment.code.startswith("header-") for adjustment in adjustments)
    lines = []
    for adjustment in adjustments:
        writing = _TABLE.get(adjustment.code)
        if writing is not None and (adjustment.code != "numbers" or again):  # else they are read as numbers already
            lines += writing(adjustment)
    return lines


def model_lines(recipe: Recipe) -> list[str]:
    """What stands in front of the model, and behind it."""
    lines = []
    if recipe.answers:
        forth, back = _FUNCTIONS[recipe.answers]
        wrapped = f"TransformedTargetRegressor(FrozenEstimator(model.estimator), func={forth}, inverse_func={back}"
        lines.append(f"regressor = {wrapped}, check_inverse=False)")
        lines.append("model = regressor.fit(data.head(2), [1.0, 2.0])  # frozen: nothing is learned")
    if recipe.made:
        named = "" if recipe.framed else ", named=False"
        lines += ["inputs = xai.Inputs(  # each column of the model, made from one column of the table", "    {"]
        lines += [f"        {literal(one.name)}: {_recipe(one)}," for one in recipe.made]
        lines += [f"    }}{named}", ")"]
        lines.append(f"model = make_pipeline(inputs, {'model' if recipe.answers else 'model.estimator'})")
    return lines


def _recipe(one: Made) -> str:
    if not one.steps:
        return literal(one.column)
    return f"({literal(one.column)}, lambda column: {source(one.steps, literal)})"


def _column(adjustment: Adjustment) -> str:
    return f"data[{literal(adjustment.column)}]"


def _header_repeated(adjustment: Adjustment) -> list[str]:
    return ["data = data[~(data == data.columns).all(axis=1)]", *_read_again()]


def _header_lower(adjustment: Adjustment) -> list[str]:
    return _read_again(f", skiprows={literal(adjustment.facts['line'] - 1)}")


def _header_missing(adjustment: Adjustment) -> list[str]:
    row, names = literal(adjustment.facts["row"]), literal(adjustment.facts["names"])
    first = f"pd.DataFrame([{row}], columns=data.columns)"
    return [f"data = pd.concat([{first}, data], ignore_index=True).set_axis({names}, axis=1)"]


def _read_again(options: str = "") -> list[str]:
    """pandas looks anew at what the cells hold."""
    return [f"data = pd.read_csv(io.StringIO(data.to_csv(index=False)){options})"]


def _numbers(adjustment: Adjustment) -> list[str]:
    """Signs and marks of thousands off, a point for the decimal mark."""
    text = f'{_column(adjustment)}.astype(str).str.replace(r"[^0-9,.+-]", "", regex=True)'
    thousands, decimal = (".", ",") if adjustment.facts["decimal"] == "," else (",", ".")
    plain = f'{text}.str.replace("{thousands}", "").str.replace("{decimal}", ".")'
    return [f"{_column(adjustment)} = pd.to_numeric({plain})"]


def _marks(adjustment: Adjustment) -> list[str]:
    marks = literal(adjustment.facts["marks"])
    return [f'{_column(adjustment)} = pd.to_numeric({_column(adjustment)}, errors="coerce")  # {marks} are missing']


def _dates(adjustment: Adjustment) -> list[str]:
    options = f'dayfirst={literal(adjustment.facts["dayfirst"])}, format="mixed"'
    return [f"{_column(adjustment)} = pd.to_datetime({_column(adjustment)}, {options})"]


def _replaced(adjustment: Adjustment) -> list[str]:
    pairs = literal(adjustment.facts["pairs"])
    return [f"{_column(adjustment)} = {_column(adjustment)}.map(lambda value: {pairs}.get(value, value))"]


def _leave_out(adjustment: Adjustment) -> list[str]:
    values = literal(adjustment.facts["values"])
    return [f"data = data[~{_column(adjustment)}.isin({values})].reset_index(drop=True)"]


def _leave_out_gaps(adjustment: Adjustment) -> list[str]:
    return [f"data = data.dropna(subset={literal(adjustment.facts['columns'])}).reset_index(drop=True)"]


_TABLE: Mapping[str, Callable[[Adjustment], list[str]]] = {
    "header-repeated": _header_repeated,
    "header-lower": _header_lower,
    "header-missing": _header_missing,
    "numbers": _numbers,
    "percent": _numbers,
    "marks": _marks,
    "date": _dates,
    "date-parts": _dates,
    "same-values": _replaced,
    "spelling": _replaced,
    "leave-out": _leave_out,
    "leave-out-gaps": _leave_out_gaps,
}
