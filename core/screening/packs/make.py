"""Makes a language pack with a synthetic voice from the built-in forms: make.py LANGUAGE "Name (code)" SCRIPT DIRECTION.

Needs espeak-ng and opusenc. Every string is marked draft: a person's voice and a reviewer replace it.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

language, name, script, direction = sys.argv[1:]
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


strings = {}
out = here / language / "audio"
out.mkdir(parents=True, exist_ok=True)
for old in out.glob("*.opus"):
    old.unlink()
for key in (forms / "critical.txt").read_text(encoding="utf-8").split():
    form_id, place = key.split("/", 1)
    for path in sorted(forms.glob("*.xml")):
        form = ElementTree.parse(path)
        if f'id="{form_id}"' in path.read_text(encoding="utf-8"):
            text, gloss = texts(form, name)[f"/{place}"], texts(form, "English (en)")[f"/{place}"]
            strings[key] = {"text": text, "gloss": gloss, "audio": speak(text, out), "status": "draft"}
pack = {
    "format": 1, "language": language, "version": 1, "script": script, "direction": direction, "fallback": [],
    "gloss_language": "en", "strings": strings,
}
(here / language / "pack.json").write_text(json.dumps(pack, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
