"""A second opinion on a coverage, by GEOS through Shapely.

Reads lines "id<TAB>WKT" from stdin and prints one line of JSON: whether every geometry is valid, whether
together they are a coverage (GEOS: edges match, nothing overlaps), and each area in square units.
"""

import json
import sys

import numpy
import shapely

rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
shapes = shapely.from_wkt([wkt for _, wkt in rows])
areas = shapely.area(shapes)
print(
    json.dumps(
        {
            "valid": bool(numpy.all(shapely.is_valid(shapes))),
            "coverage": bool(shapely.coverage_is_valid(shapes)),
            "areas": {row[0]: area for row, area in zip(rows, areas.tolist())},
        }
    )
)
