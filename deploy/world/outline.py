"""Draws the outline of the world that the console shows, once, from Natural Earth.

    python deploy/world/outline.py countries-50m.json > tracker/console/static/world.svg

The input is `countries-50m.json` of the npm package `world-atlas` 2.0.2 (TopoJSON of Natural Earth
1:50m). Borders are arcs that two countries share; they are made simpler once, so that neighbours
still fit. Each country becomes a symbol under its code, and the console colours them.

    arcs ─simplify→ rings ─unwrap, cut at 180°→ ─Equal Earth→ paths of whole numbers
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

HERE = Path(__file__).parent
WIDTH, HEIGHT = 2000, 930
TOP, BOTTOM = 84.0, -58.0
"""Latitudes of the picture: nobody enters Antarctica with a visa."""
TOLERANCE = 0.12
"""How far a simpler border may lie from the true one, in degrees."""
DOT_AREA, DOT = 34.0, 6
"""What is smaller than this (square units) gets a dot of this radius."""
LEFT_OUT = {"Antarctica"}
BY_NAME = {"Kosovo": "XK"}
CONTESTED = {"Somaliland", "N. Cyprus", "Siachen Glacier"}
# Natural Earth counts these pieces to another country; each is found by a box of lon and lat.
PIECES = {
    ("FR", "GF"): (-56, 1, -50, 7), ("FR", "GP"): (-62.2, 15.7, -60.8, 16.7),
    ("FR", "MQ"): (-61.4, 14.2, -60.6, 15.1), ("FR", "RE"): (55, -21.6, 56, -20.7),
    ("FR", "YT"): (44.8, -13.2, 45.5, -12.5), ("NO", "SJ"): (-10, 70.5, 40, 82),
    ("NL", "BQ"): (-69, 11.8, -62, 18),
}  # fmt: skip
CRIMEA = (32.2, 44.2, 36.8, 46.4)
"""A piece of Russia in Natural Earth, by its box; it is drawn as contested and as nobody's."""
BY_HAND = {
    "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.9, -12.1), "CX": (105.6, -10.5),
    "GI": (-5.35, 36.14), "TK": (-171.8, -9.2), "TV": (179.2, -8.5), "UM": (166.6, 19.3),
}  # fmt: skip
"""Longitude and latitude of codes that Natural Earth 1:50m does not draw."""


def main() -> None:
    """Read the atlas named on the command line and print the picture."""
    atlas = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs = [simpler(unwrapped(arc)) for arc in decoded(atlas)]
    shapes, contested = countries(atlas["objects"]["countries"]["geometries"], arcs)
    sys.stdout.write(picture(shapes, contested) + "\n")


def decoded(atlas: dict[str, Any]) -> Iterator[Ring]:
    """The arcs in degrees: TopoJSON has differences of whole numbers."""
    (kx, ky), (dx, dy) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        points: Ring = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * kx + dx, y * ky + dy))
        yield points


def unwrapped(points: Sequence[Point]) -> Ring:
    """The same line without leaps from one side of the world to the other."""
    found: Ring = []
    shift = 0.0
    for lon, lat in points:
        if found and lon + shift - found[-1][0] > 180:
            shift -= 360
        elif found and lon + shift - found[-1][0] < -180:
            shift += 360
        found.append((lon + shift, lat))
    return found


def simpler(points: Sequence[Point]) -> Ring:
    """The line with fewer points (Douglas and Peucker); its ends stay, so neighbours still meet."""
    if len(points) < 3:
        return list(points)
    keep, todo = {0, len(points) - 1}, [(0, len(points) - 1)]
    while todo:
        low, high = todo.pop()
        if high - low < 2:
            continue
        far, at = max((_distance(points[i], points[low], points[high]), i)
                      for i in range(low + 1, high))  # fmt: skip
        if far > TOLERANCE or points[low] == points[high]:
            keep.add(at)
            todo += [(low, at), (at, high)]
    return [points[i] for i in sorted(keep)]


def _distance(p: Point, a: Point, b: Point) -> float:
    """From a point to a line between two others, east and west shrunk as they are up there."""
    squeeze = max(math.cos(math.radians(p[1])), 0.1)
    px, py, bx, by = (p[0] - a[0]) * squeeze, p[1] - a[1], (b[0] - a[0]) * squeeze, b[1] - a[1]
    length = bx * bx + by * by
    along = max(0.0, min(1.0, (px * bx + py * by) / length)) if length else 0.0
    return math.hypot(px - along * bx, py - along * by)


def countries(geometries: list[Any], arcs: list[Ring]) -> tuple[dict[str, list[Ring]], list[Ring]]:
    """Rings by code, and those of contested areas."""
    lines = (HERE / "numeric.tsv").read_text("utf-8").splitlines()
    codes = dict(line.split("\t") for line in lines if not line.startswith("#"))
    shapes: dict[str, list[Ring]] = {}
    contested: list[Ring] = []
    for one in geometries:
        name = one["properties"]["name"]
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        rings = [ring_of(ring, arcs) for polygon in polygons for ring in polygon]
        if name in CONTESTED:
            contested += rings
        elif name not in LEFT_OUT:
            code = BY_NAME.get(name) or codes.get(str(int(one.get("id") or 0)), "")
            for ring in rings:
                if code == "RU" and _within(ring, CRIMEA):
                    contested.append(ring)
                elif code:
                    shapes.setdefault(_piece(code, ring), []).append(ring)
    return shapes, contested


def ring_of(numbers: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """A closed line from its arcs; a negative number is an arc from its end to its start."""
    points: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return unwrapped([(((lon + 180) % 360) - 180, lat) for lon, lat in points])


def _within(ring: Ring, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return all(west <= lon <= east and south <= lat <= north for lon, lat in ring)


def _piece(code: str, ring: Ring) -> str:
    return next((to for (of, to), box in PIECES.items() if of == code and _within(ring, box)), code)


def cut(ring: Ring) -> list[Ring]:
    """The parts of a ring on the map: what goes beyond 180 degrees comes back on the other side."""
    parts: list[Ring] = []
    for turn in (-360.0, 0.0, 360.0):
        part = [(lon + turn, lat) for lon, lat in ring]
        for limit, sign in ((-180.0, 1), (180.0, -1)):
            part = _clipped(part, 0, limit, sign)
        for limit, sign in ((BOTTOM, 1), (TOP, -1)):
            part = _clipped(part, 1, limit, sign)
        if len(part) > 2:
            parts.append(part)
    return parts


def _clipped(ring: Ring, axis: int, limit: float, sign: int) -> Ring:
    """The part of a ring on one side of a line (Sutherland and Hodgman)."""
    found: Ring = []
    for i, p in enumerate(ring):
        q = ring[i - 1]
        inside, before = sign * (p[axis] - limit) >= 0, sign * (q[axis] - limit) >= 0
        if inside != before:
            share = (limit - q[axis]) / (p[axis] - q[axis])
            found.append((q[0] + share * (p[0] - q[0]), q[1] + share * (p[1] - q[1])))
        if inside:
            found.append(p)
    return found


def placed(point: Point) -> tuple[int, int]:
    """Where a point lies in the picture (Equal Earth, 2018)."""
    a, b, c, d = 1.340264, -0.081106, 0.000893, 0.003796
    at = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(point[1])))
    s = at * at
    x = 2 * math.sqrt(3) * math.radians(point[0]) * math.cos(at) / (
        3 * (9 * d * s**4 + 7 * c * s**3 + 3 * b * s + a))  # fmt: skip
    y = at * (a + b * s + s**3 * (c + d * s))
    scale = WIDTH / (2 * 2.7066)
    return round(WIDTH / 2 + x * scale), round(TOP_Y - y * scale)


def _height(lat: float) -> float:
    at = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    s = at * at
    return at * (1.340264 - 0.081106 * s + s**3 * (0.000893 + 0.003796 * s)) * WIDTH / (2 * 2.7066)


TOP_Y = _height(TOP)


def path(rings: Sequence[Ring]) -> tuple[str, float, tuple[int, int]]:
    """The path of a shape, its area, and the middle of its largest ring."""
    text, area, largest, middle = "", 0.0, 0.0, (0, 0)
    for ring in rings:
        for part in cut(ring):
            points = _thinned([placed(point) for point in part])
            size = abs(_area(points))
            if len(points) < 3 or size < 1:
                continue
            area += size
            if size > largest:
                largest = size
                xs, ys = [p[0] for p in points], [p[1] for p in points]
                middle = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
            text += (
                f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z"
            )
    return text.replace(" -", "-"), area, middle


def _thinned(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for point in points:
        if not found or point != found[-1]:
            found.append(point)
    return found[:-1] if len(found) > 1 and found[0] == found[-1] else found


def _area(points: Sequence[tuple[int, int]]) -> float:
    pairs = zip(points, [*points[1:], *points[:1]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def picture(shapes: dict[str, list[Ring]], contested: list[Ring]) -> str:
    """The symbols of all countries in one SVG."""
    lines: list[str] = []
    for code in sorted({*shapes, *BY_HAND}):
        drawn, area, middle = path(shapes.get(code, []))
        if area < DOT_AREA:
            x, y = placed(BY_HAND[code]) if code in BY_HAND else middle
            if not (x or y):
                ring = shapes[code][0]
                x, y = placed(ring[len(ring) // 2])
            drawn += f"M{x - DOT} {y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0-{2 * DOT} 0z"
        lines.append(f'<path id="{code}" d="{drawn}"/>')
    lines.append(f'<path id="contested" d="{path(contested)[0]}"/>')
    height = round(TOP_Y - _height(BOTTOM))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"><defs>'
    return head + "\n" + "\n".join(lines) + "\n</defs></svg>"


if __name__ == "__main__":
    main()
