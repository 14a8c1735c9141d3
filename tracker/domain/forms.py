"""What a form for a kind of fact needs: its fields, what each may hold and which must be given."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from tracker.domain.fact import Fact, door_name
from tracker.domain.values import kinds


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field; `kind` is a rule such as `country` or `edtf`, or the plain type of its value."""

    name: str
    kind: str
    required: bool
    many: bool = False
    choices: tuple[str | int, ...] = ()
    fields: tuple["Field", ...] = ()
    """The fields of a nested value."""


class Form(msgspec.Struct, frozen=True):
    """A kind of fact by its word at the doors and by its type."""

    name: str
    type: str
    description: str
    fields: tuple[Field, ...]


def form_of(kind: type[Fact]) -> Form:
    """The form of a kind of fact."""
    return Form(door_name(kind), kind.type, (kind.__doc__ or "").strip(), fields_of(kind))


def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a struct under their written names; what follows or has a default may stay out."""
    hints, rules = get_type_hints(struct, include_extras=True), kinds(struct)
    return tuple(
        _field(f.encode_name, hints[f.name], rules[f.name], f.required)
        for f in msgspec.structs.fields(struct)
    )


def _field(name: str, hint: Any, rule: str | None, required: bool) -> Field:
    bare, many = _bare(hint)
    if get_origin(bare) is Literal:
        choices = get_args(bare)
        return Field(name=name, kind="choice", required=required, many=many, choices=choices)
    if msgspec.inspect.is_struct_type(bare):
        nested = fields_of(bare)
        return Field(name=name, kind="object", required=required, many=many, fields=nested)
    plain: str = getattr(bare, "__name__", str(bare))
    return Field(name=name, kind=rule or plain, required=required, many=many)


def _bare(hint: Any) -> tuple[Any, bool]:
    """The type within annotations, optional and tuple, and whether it was a tuple."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return _bare(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is tuple:
        return _bare(get_args(hint)[0])[0], True
    return hint, False
