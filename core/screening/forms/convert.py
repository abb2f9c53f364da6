"""Makes an XForm of a workbook: convert.py WORKBOOK.md OUT.xml (Python with pyxform 4.5.0)."""

import pathlib
import sys

from pyxform.xls2xform import convert

workbook, out = map(pathlib.Path, sys.argv[1:])
warnings = []
form = convert(workbook.read_text(encoding="utf-8"), warnings=warnings, file_type=".md")
if warnings:
    sys.exit("\n".join(warnings))
out.write_bytes(form.xform.encode("utf-8"))
