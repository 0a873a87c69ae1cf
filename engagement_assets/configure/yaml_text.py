"""YAML as people write it: values change, and every other character stays as it is.

A program that reads a file and writes it anew loses its comments; one that keeps them beside the
values has to guess which value they belong to. Here the parser only says where a value stands, and
nothing but that place is written: docs/decisions/0020-yaml-is-edited-where-it-changes.md.
What belongs here: text in, text out; no file, no setting.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeGuard

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Content = dict[str, Any]

_ON_ONE_LINE = 1_000_000


class _Dumper(yaml.SafeDumper):
    """Writes moments as the documentation does."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.ScalarNode:
    text = moment.isoformat()
    if moment.utcoffset() is not None:
        text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


_Dumper.add_representer(datetime, _moment)


def dump(content: Content) -> str:
    """Return content as YAML, in the order it has."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def edited(text: str, content: Content) -> str | None:
    """Return a text with other values in it, and everything else as it was.

    A new key stands behind those that its section has. A comment on the line of something that is
    gone goes with it; one on a line of its own stays.

    Args:
        text: YAML of keys and values that `yaml.safe_load` reads.
        content: what it shall say.

    Returns:
        The text, which says exactly that; None when it is written in a way that is not edited:
        keys and values in braces, or values that are shared by anchors.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    is_shared = any(getattr(event, "anchor", None) for event in yaml.parse(text, yaml.SafeLoader))
    if root is None:  # comments, and nothing else yet
        edits = [_insertion(len(text), _on_own_line(text, len(text), dump(content)))]
    elif _is_section(root) and not is_shared:
        edits = sorted(_mapping(text, root, yaml.safe_load(text), content))
    else:
        return None
    changed = text
    for edit in reversed(edits):
        changed = changed[: edit.start] + edit.text + changed[edit.end :]
    try:
        # YAML has more corners than are known here: whatever was not understood is not edited
        return changed if yaml.safe_load(changed) == content else None
    except yaml.YAMLError:
        return None


class _Edit(NamedTuple):
    """One place, and what stands there instead.

    Several can start at one place: what is put in there stands before what is replaced, a deeper
    section before the one around it, and the items of a list in their order.
    """

    start: int
    rank: tuple[int, int]
    end: int
    text: str


def _insertion(place: int, text: str, column: int = 0, number: int = 0) -> _Edit:
    return _Edit(place, (-column, number), place, text)


def _replacement(start: int, end: int, text: str = "") -> _Edit:
    return _Edit(start, (1, 0), end, text)


def _mapping(text: str, node: MappingNode, old: Content, new: Content) -> Iterator[_Edit]:
    """Yield what makes a section in block style say something else."""
    for key_node, value_node in node.value:
        key = yaml.safe_load(text[key_node.start_mark.index : key_node.end_mark.index])
        if key not in new:
            yield _replacement(_line_start(text, key_node), _line_end(text, value_node))
        elif key not in old or dump({key: old[key]}) != dump({key: new[key]}):
            yield from _value(text, (key_node, value_node), (key, old.get(key), new[key]))
    added = {key: value for key, value in new.items() if key not in old}
    if added:
        place = _line_end(text, node)
        column = node.start_mark.column
        lines = _indented(dump(added), column)
        yield _insertion(place, _on_own_line(text, place, lines), column)


def _value(
    text: str, nodes: tuple[Node, Node], said: tuple[Any, object, object]
) -> Iterator[_Edit]:
    """Yield what gives a key another value.

    Args:
        text: the whole text.
        nodes: where the key and its value stand.
        said: the key, its value so far, and its new value.
    """
    (key_node, node), (key, old, new) = nodes, said
    if _is_section(node) and isinstance(old, dict) and isinstance(new, dict) and new:
        yield from _mapping(text, node, old, new)
    elif _is_list_of_lines(node) and isinstance(old, list) and isinstance(new, list):
        if not new:
            yield _insertion(text.index(":", key_node.end_mark.index) + 1, " []")
        yield from _items(text, node, old, new)
    elif isinstance(node, ScalarNode) and _is_inline(node) and not isinstance(new, dict | list):
        start = node.start_mark.index
        space = " " if text[start - 1] == ":" else ""
        yield _replacement(start, node.end_mark.index, space + _on_one_line(new, node.style))
    elif getattr(node, "flow_style", False):
        yield _replacement(node.start_mark.index, node.end_mark.index, _on_one_line(new))
    else:
        lines = _indented(dump({key: new}), key_node.start_mark.column)
        yield _replacement(_line_start(text, key_node), _line_end(text, node), lines)


def _items(text: str, node: SequenceNode, old: list[object], new: list[object]) -> Iterator[_Edit]:
    """Yield what makes a list with one item a line say something else."""
    kept = [item for item in old if item in new]
    if kept != [item for item in new if item in kept]:  # another order: all are written anew
        kept = []
    place = _line_start(text, node.value[0])
    after = {}
    for item, item_node in zip(old, node.value, strict=True):
        end = _line_end(text, item_node)
        if item in kept:
            after[item] = end
        else:
            yield _replacement(_line_start(text, item_node), end)
    style, column = node.value[0].style, node.start_mark.column
    for number, item in enumerate(new):
        if item in kept:
            place = after[item]
        else:
            line = f"{' ' * column}- {_on_one_line(item, style)}\n"
            # a list may stand as far left as its key, whose section goes on behind it
            yield _insertion(place, _on_own_line(text, place, line), column + 1, number)


def _is_section(node: Node) -> TypeGuard[MappingNode]:
    return isinstance(node, MappingNode) and not node.flow_style


def _is_list_of_lines(node: Node) -> TypeGuard[SequenceNode]:
    return (
        isinstance(node, SequenceNode)
        and not node.flow_style
        and all(isinstance(item, ScalarNode) and _is_inline(item) for item in node.value)
    )


def _is_inline(node: ScalarNode) -> bool:
    """Tell a text behind its colon or dash from one in lines of its own."""
    return node.style in (None, "'", '"')


def _on_one_line(value: object, style: str | None = None) -> str:
    """Return a value as it may stand behind a colon; a text in the quotes that stood there."""
    written = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        default_style=style if isinstance(value, str) else None,
        sort_keys=False,
        allow_unicode=True,
        width=_ON_ONE_LINE,
    )
    return written.removesuffix("\n").removesuffix("\n...")


def _indented(lines: str, column: int) -> str:
    return "".join(" " * column + line for line in lines.splitlines(keepends=True))


def _on_own_line(text: str, place: int, lines: str) -> str:
    """Return lines as they are put in at a place: the text's last line may lack its end."""
    return lines if text[:place].endswith("\n") or not place else f"\n{lines}"


def _end(node: Node) -> int:
    """Return where a value really ends: for the parser, blocks last until something follows."""
    if _is_section(node):
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _line_start(text: str, node: Node) -> int:
    return text.rfind("\n", 0, node.start_mark.index) + 1


def _line_end(text: str, node: Node) -> int:
    """Return where the line behind a value starts, or the end of the text."""
    end = _end(node)
    if text[end - 1 : end] == "\n":  # text in lines of its own
        return end
    return text.find("\n", end) + 1 or len(text)
