"""The stage `validate-data`: is the data what training and tests rely on?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlci.stages.arrays import load_numpy, read_arrays
from mlci.stages.contract import Case, InputPath, Outcome, Work
from mlci.stages.data_schema import NUMBER_KINDS, DataSchema, FieldSchema, read_schema
from mlci.stages.summary import case_table

Array = Any


def validate_data(work: Work, *, data: InputPath, schema: InputPath) -> Outcome:
    """Check a data file against a schema: types, shapes, ranges, classes, gaps, size and balance.

    A schema looks like this; every key is optional, and `null` in a shape admits any size:

        rows: {min: 1000}
        fields:
          x: {dtype: float32, shape: [null, 8, 8], min: 0, max: 1, missing: 0}
          y: {dtype: int, classes: 10, balance: 0.05}

    Parameters
    ----------
    data : the data, .npz or .csv with a header
    schema : a YAML file that says what the data must be

    Raises
    ------
    InputError : a file cannot be read, or the schema says something a schema cannot say
    """
    wanted = read_schema(schema, schema.relative_to(work.root).as_posix())
    arrays = read_arrays(data)
    work.say(f"{data.name}: {', '.join(f'{name} {array.shape}' for name, array in arrays.items())}")
    cases = tuple(check_data(wanted, arrays))
    rows = min((len(array) for array in arrays.values() if array.ndim), default=0)
    metrics = {"rows": float(rows), "fields": float(len(arrays))}
    return Outcome(metrics, cases, case_table(f"Data: {data.name}", cases))


def check_data(schema: DataSchema, arrays: Mapping[str, Array]) -> Iterator[Case]:
    """Yield a case for each expectation."""
    lengths = {
        name: len(array) if array.ndim else 1 for name, array in arrays.items() if name in schema.fields
    }
    same = len(set(lengths.values())) <= 1
    yield Case("equal lengths", same, f"the fields have different lengths: {lengths}")
    rows = min(lengths.values(), default=0)
    if schema.least is not None:
        yield Case(f"rows >= {schema.least}", rows >= schema.least, f"there are {rows} rows")
    if schema.most is not None:
        yield Case(f"rows <= {schema.most}", rows <= schema.most, f"there are {rows} rows")
    for name, field in schema.fields.items():
        present = name in arrays
        yield Case(f"{name}: present", present, f"the data has only {', '.join(sorted(arrays)) or 'nothing'}")
        if present:
            yield from check_field(name, field, arrays[name])


def check_field(name: str, field: FieldSchema, array: Array) -> Iterator[Case]:
    """Yield a case for each expectation of one field."""
    if field.dtype is not None:
        fits = array.dtype.kind in NUMBER_KINDS.get(field.dtype, "") or array.dtype.name == field.dtype
        yield Case(f"{name}: dtype {field.dtype}", fits, f"it is {array.dtype.name}")
    if field.shape is not None:
        alike = len(array.shape) == len(field.shape) and all(
            wanted in (None, found) for wanted, found in zip(field.shape, array.shape, strict=True)
        )
        shown = "x".join("any" if size is None else str(size) for size in field.shape)
        yield Case(f"{name}: shape {shown}", alike, f"it is {'x'.join(map(str, array.shape))}")
    missing = missing_share(array)
    limit = f"{name}: missing <= {field.missing:g}"
    yield Case(limit, missing <= field.missing, f"{missing:.4%} of the values are missing")
    yield from check_range(name, field, array)
    if field.classes is not None or field.balance is not None:
        yield from check_classes(name, field, array)


def missing_share(array: Array) -> float:
    """Return the share of a field's values that are NaN or empty text, 0 to 1."""
    numpy = load_numpy()
    if array.size == 0:
        return 0.0
    if array.dtype.kind in "fc":
        return float(numpy.isnan(array).mean())
    if array.dtype.kind == "U":
        return float((numpy.char.strip(array) == "").mean())
    return 0.0


def check_range(name: str, field: FieldSchema, array: Array) -> Iterator[Case]:
    """Yield the cases of a field's least and largest values."""
    numpy = load_numpy()
    bounds = (("min", ">=", field.min), ("max", "<=", field.max))
    for side, sign, bound in bounds:
        if bound is None:
            continue
        if array.dtype.kind not in "iufb":
            yield Case(f"{name}: {side} {sign} {bound:g}", False, f"{array.dtype.name} has no range")
            continue
        known = array[~numpy.isnan(array)] if array.dtype.kind == "f" else array
        found = float(getattr(known, side)()) if known.size else bound
        yield Case(
            f"{name}: {side} {sign} {bound:g}",
            found >= bound if side == "min" else found <= bound,
            f"the {'least' if side == 'min' else 'largest'} value is {found:g}",
        )


def check_classes(name: str, field: FieldSchema, array: Array) -> Iterator[Case]:
    """Yield the cases of a field's labels: none unknown, none absent, none too rare."""
    numpy = load_numpy()
    found, counts = numpy.unique(array, return_counts=True)
    shares = dict(zip(found.tolist(), (counts / max(1, array.size)).tolist(), strict=True))
    if field.classes is not None:
        unknown = sorted(map(str, set(shares) - set(field.classes)))[:10]
        absent = sorted(map(str, set(field.classes) - set(shares)))[:10]
        yield Case(f"{name}: known classes", not unknown, f"it holds {', '.join(unknown)}")
        yield Case(f"{name}: every class present", not absent, f"it lacks {', '.join(absent)}")
    if field.balance is not None:
        rarest = min(shares, key=lambda label: shares[label]) if shares else None
        share = shares.get(rarest, 0.0) if rarest is not None else 0.0
        message = f"class {rarest} has {share:.2%} of the rows"
        yield Case(f"{name}: balance >= {field.balance:g}", share >= field.balance, message)
