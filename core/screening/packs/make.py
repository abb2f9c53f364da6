"""Makes a language pack with a synthetic voice from the built-in forms: make.py LANGUAGE "Name (code)" SCRIPT DIRECTION VERSION.

In it are the safety-critical strings, and the questions, hints, headings and choices of the quick screen (B2). Hints and
headings are read by the worker and have no sound. A string that has not changed keeps its sound.

Needs espeak-ng and opusenc. Every string is marked draft: a person's voice and a reviewer replace it.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

language, name, script, direction, version = sys.argv[1:]
here = pathlib.Path(__file__).parent
forms = here.parent / "forms"
X, H = "{http://www.w3.org/2002/xforms}", "{http://www.w3.org/1999/xhtml}"


def texts(form, lang):
    for translation in form.iter(f"{X}translation"):
        if translation.get("lang") == lang:
            return {text.get("id"): "".join(text.itertext()).strip() for text in translation}
    sys.exit(f"no {lang}")


def speak(text, out):
    with tempfile.TemporaryDirectory() as folder:
        wave = pathlib.Path(folder) / "voice.wav"
        opus = pathlib.Path(folder) / "voice.opus"
        subprocess.run(["espeak-ng", "-v", language, "-s", "140", "-w", wave, text], check=True)
        # A fixed serial number, so that the same words give the same file.
        subprocess.run(["opusenc", "--quiet", "--bitrate", "12", "--serial", "1", "--discard-comments", wave, opus], check=True)
        sound = opus.read_bytes()
    digest = hashlib.sha256(sound).hexdigest()
    (out / f"{digest}.opus").write_bytes(sound)
    return digest


def string(form, key, place, aloud=True):
    if place not in texts(form, name):
        return
    text, gloss = texts(form, name)[place], texts(form, "English (en)")[place]
    held = before.get(key, {})
    audio = held.get("audio") if held.get("text") == text else None
    strings[key] = {"text": text, "gloss": gloss, "audio": audio or (speak(text, out) if aloud else None), "status": "draft"}


strings = {}
out = here / language / "audio"
out.mkdir(parents=True, exist_ok=True)
known = here / language / "pack.json"
before = json.loads(known.read_text(encoding="utf-8"))["strings"] if known.exists() else {}
for key in (forms / "critical.txt").read_text(encoding="utf-8").split():
    form_id, place = key.split("/", 1)
    for path in sorted(forms.glob("*.xml")):
        form = ElementTree.parse(path)
        if f'id="{form_id}"' in path.read_text(encoding="utf-8"):
            groups = {f"{group.get('ref')}:label" for group in form.iter(f"{X}group")}
            string(form, key, f"/{place}", not place.endswith(":hint") and f"/{place}" not in groups)
quick = ElementTree.parse(forms / "b2-journey-quick-screen.xml")
for control in quick.iter():
    if control.tag in (f"{X}select1", f"{X}input", f"{X}group"):
        place = control.get("ref")
        string(quick, f"wayside-b2{place}:label", f"{place}:label", control.tag != f"{X}group")
        string(quick, f"wayside-b2{place}:hint", f"{place}:hint", False)
for item in quick.iter(f"{X}item"):
    choice, place = item.find(f"{X}name").text, item.find(f"{X}itextId").text
    string(quick, f"wayside-b2/{choice}:label", place)
pack = {
    "format": 1, "language": language, "version": int(version), "script": script, "direction": direction, "fallback": [],
    "gloss_language": "en", "strings": strings,
}
known.write_text(json.dumps(pack, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
for old in out.glob("*.opus"):
    if all(string["audio"] != old.stem for string in strings.values()):
        old.unlink()
