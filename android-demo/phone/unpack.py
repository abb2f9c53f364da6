"""Unpacks the archives of Android: the classes of each into a jar, and its resource numbers into Kotlin, as a build would."""

import collections
import pathlib
import re
import sys
import zipfile

FIRST = 0x7F010000


def resources(text, number):
    """The members of each class of `R`, by class."""
    found = collections.defaultdict(list)
    for line in text.splitlines():
        words = line.split(" ", 3)
        if len(words) < 4:
            continue
        kind, group, name, value = words
        if kind == "int[]":
            zeros = ", ".join(["0"] * (value.count(",") + 1))
            found[group].append(f"@JvmField val {name}: IntArray = intArrayOf({zeros})")
        elif group == "styleable":
            found[group].append(f"const val {name}: Int = {value}")
        else:
            number += 1
            found[group].append(f"const val {name}: Int = {number}")
    return found, number


def main(archives, classes, sources):
    classes.mkdir(parents=True, exist_ok=True)
    sources.mkdir(parents=True, exist_ok=True)
    number = FIRST
    for archive in sorted(archives.iterdir()):
        if archive.suffix == ".jar":
            (classes / archive.name).write_bytes(archive.read_bytes())
            continue
        with zipfile.ZipFile(archive) as parts:
            (classes / f"{archive.stem}.jar").write_bytes(parts.read("classes.jar"))
            package = re.search(r'package="([^"]+)"', parts.read("AndroidManifest.xml").decode()).group(1)
            text = parts.read("R.txt").decode() if "R.txt" in parts.namelist() else ""
        found, number = resources(text, number)
        if not found:
            continue
        inner = "\n".join(
            f"    object {group} {{\n" + "\n".join(f"        {line}" for line in lines) + "\n    }"
            for group, lines in found.items()
        )
        text = f'@file:Suppress("ClassName", "unused")\n\npackage {package}\n\nclass R {{\n{inner}\n}}\n'
        (sources / f"{package}.kt").write_text(text)


if __name__ == "__main__":
    main(*(pathlib.Path(argument) for argument in sys.argv[1:4]))
