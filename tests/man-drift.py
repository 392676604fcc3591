"""Prints what the manual and the programs don't have in common.

man-drift.py SUBJECT MAN BUILD SOURCE, in a directory with shapes.bitgrove, the
catalogue of the examples in bitgrove(1). No output: they agree.
"""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys

subject, man, build, source = sys.argv[1:5]
man, source = pathlib.Path(man), pathlib.Path(source)


def page(name):
    return (man / name).read_text()


def block(text, macro, title):
    """The lines from '.Sh TITLE' or '.Ss TITLE' to the next of its kind."""
    ends = r"\.S[hs] " if macro == "Ss" else r"\.Sh "
    found = re.search(rf"^\.{macro} {re.escape(title)}$(.*?)(?=^{ends}|\Z)",
                      text, re.M | re.S)
    return found.group(1) if found else ""


def items(text):
    """(tag, body) of each .It; ends at the .El of its list."""
    return re.findall(r"^\.It (.*)\n((?:(?!\.It |\.El).*\n)*)", text, re.M)


def plain(mdoc):
    """The words of mdoc, macros left out."""
    return re.findall(r"[A-Za-z0-9_-]+", re.sub(r"^\.\w+", " ", mdoc,
                                                flags=re.M))


def run(program, *words):
    done = subprocess.run([f"{build}/{program}", *words], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL)
    return done.stdout + (done.stderr if done.returncode else "")


def differ(what, ours, theirs):
    for name in sorted(theirs - ours):
        print(f"{what}: the manual lacks {name}")
    for name in sorted(ours - theirs):
        print(f"{what}: only the manual has {name}")


def helped(text):
    """{option: (letter, what help says)} of a --help text."""
    options, last = {}, None
    for line in text.splitlines():
        found = re.match(r"  (?:-(\w), )?--([\w-]+)(.*)", line)
        if found:
            last = found.group(2)
            options[last] = [found.group(1), found.group(3)]
        elif last and line.startswith("      "):
            options[last][1] += " " + line.strip()
        else:
            last = None
    return options


def written(text):
    """The same of a block of the manual."""
    options = {}
    for tag, body in items(text):
        flags = re.findall(r"Fl (-?[\w-]+)", tag)
        long = [f[1:] for f in flags if f.startswith("-")]
        letter = [f for f in flags if not f.startswith("-")]
        if long:
            options[long[0]] = [letter[0] if letter else None, tag, body]
    return options


def compare_options(what, ours, theirs):
    differ(what, {"--" + name for name in ours},
           {"--" + name for name in theirs})
    for name in sorted(ours.keys() & theirs.keys()):
        letter, tag, body = ours[name]
        if letter != theirs[name][0]:
            print(f"{what}: the letter of --{name}")
        text = theirs[name][1]
        formats = re.search(r"how to print: (.*?) \(", text)
        if formats:
            listed = re.sub(r".*Cm ", "", tag).split(" | ")
            if listed != formats.group(1).split(", "):
                print(f"{what}: formats {formats.group(1)}")
            continue
        wanted = re.search(r"((?:\w+\|)+\w+)", text)
        wanted = wanted.group(1).split("|") if wanted else []
        default = re.search(r"\((?:default: )?(\d+|\w+)\)$", text)
        wanted += [default.group(1)] if default else []
        for word in wanted:
            if word not in plain(body):
                print(f"{what}: --{name} does not say {word}")


def commands():
    text = run("bitgrove", "--help")
    names = re.findall(r"^  ([a-z]+) ", text.split("Commands:")[1]
                       .split("Other:")[0], re.M)
    section = block(page("bitgrove.1"), "Sh", "COMMANDS")
    differ("commands", set(re.findall(r"^\.Ss (\w+)$", section, re.M)),
           set(names))
    for name in names:
        theirs = helped(run("bitgrove", name, "--help"))
        del theirs["help"]
        compare_options(name, written(block(section, "Ss", name)), theirs)


def recipes():
    """What the manual calls usual is what learn_spec_default() sets."""
    text = (source / "src/learn/learn-spec.c").read_text()
    text = text.split("learn_spec_default(")[1].split("\n}\n")[0]
    warm, paper = text.split("RECIPE_PAPER")
    usual = {
        name: re.findall(r"[\d.]+", re.search(
            rf"\.{name} = \{{?([\d., ]+)", warm).group(1))
        for name in ("epochs", "lr", "batch")}
    theirs = {name: {",".join(numbers)} for name, numbers in usual.items()}
    for name in theirs:
        numbers = re.findall(rf"\.{name}(?:\[PHASE_[CI]\w+\])? = ([\d.]+);",
                             paper)
        theirs[name].add(",".join(numbers or usual[name]))
    section = block(block(page("bitgrove.1"), "Sh", "COMMANDS"), "Ss", "learn")
    options = written(section)
    for name, wanted in theirs.items():
        ours = set(re.findall(r"\d[\d.,]*\d", options[name][2]))
        differ(f"usual --{name}", ours, wanted)


def worker():
    compare_options("worker", written(page("bitgrove-worker.1")),
                    helped(run("bitgrove-worker", "--help")))


def table(kind):
    rows = (line.split("\t") for line in
            run("tests/list-tables", kind).splitlines())
    return [row[1:] for row in rows]


def explorer_tables():
    """What `make update-keys` would write is what stands there."""
    for name in ("bitgrove-explorer.1", "bitgroverc.5"):
        tables = re.findall(r'^\.\\" (\w+) begin.*\n((?:.*\n)*?)'
                            r'\.\\" \1 end', page(name), re.M)
        if not tables:
            print(f"{name}: no table to compare")
        for kind, text in tables:
            if text != run("tests/list-tables", kind):
                print(f"{name}: {kind}: run make update-keys")


def places():
    section = block(page("bitgrove-explorer.1"), "Sh", "PLACES")
    said = run("bitgrove", "--goto", "nowhere", "shapes.bitgrove")
    differ("places", {tag.removeprefix("Cm ").split("/")[0]
                      for tag, _ in items(section)},
           set(re.findall(r"(\w+)/\w", said.split("write")[-1])))


def roles():
    section = block(page("bitgrove-theme.5"), "Ss", "Roles")
    ours = {(tag.removeprefix("Cm "), " ".join(body.split()))
            for tag, body in items(section)}
    differ("roles", ours, {(key, f"{text}: .Ql {default}")
                           for key, default, text in table("roles")})


def names_of(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_of(inner)


def json_keys():
    catalogue = "shapes.bitgrove"
    asked = [
        ["tree"], ["bits"], ["bits", "3"], ["class", "0"], ["image", "12"],
        ["near", "--image", "12"], ["near", "--pattern", "*" * 8],
        ["near", "--images", "1,2"], ["eval"],
        ["outliers"], ["outliers", "--kind", "mistakes"],
        ["outliers", "--kind", "duplicates"],
        ["outliers", "--kind", "classes"], ["outliers", "--kind", "confused"],
        ["export", "codes"], ["export", "codebook"],
        ["jobs"], ["info"], ["check"],
        ["encode", "--image", "1", "--quiet"],
    ]
    for command, *words in asked:
        text = run("bitgrove", command, "--format", "json", *(
            [] if command in ("jobs", "info", "check")
            else ["--model", "first"]), catalogue, *words)
        known = set(plain(block(page("bitgrove.1"), "Ss", command)))
        for name in sorted(set(names_of(json.loads(text))) - known):
            print(f"{command}: the manual lacks the JSON key {name}")


def columns():
    database = sqlite3.connect("file:shapes.bitgrove?mode=ro", uri=True)
    theirs = {(name, column) for name, in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%'")
        for column, in database.execute(
            "SELECT name FROM pragma_table_info(?)", (name,))}
    section = block(page("bitgrove-catalogue.5"), "Ss", "Tables")
    ours = {(tag.removeprefix("Sy "), column) for tag, body in items(section)
            for column in re.findall(
                r"\w+", re.sub(r"^\.(P[oc]|Pq)|Va", "",
                               body.split(".br")[0], flags=re.M))}
    differ("columns", ours, theirs)


def environment():
    pattern = r'(?:getenv|xdg|print_environment)\([^;"]*"([A-Z_]+)"'
    rooms = {room: set(re.findall(pattern, "".join(
        path.read_text() for path in sorted(room.rglob("*.c"))
        if path.name != "xdg.c")))
        for room in sorted((source / "src").iterdir())}
    engine = {"base", "nn", "learn", "tasks", "worker"}
    theirs = {name for room, found in rooms.items() for name in found
              if room.name not in engine - {"base"}}
    theirs |= set(re.findall(r'"((?:XDG_|HOME)[A-Z_]*)"',
                             (source / "src/base/xdg.c").read_text()))
    locale = {"LC_ALL", "LC_CTYPE", "LANG"}
    ours = {}
    for path in man.iterdir():
        text = block(path.read_text(), "Sh", "ENVIRONMENT")
        ours[path.name] = {name for tag, _ in items(text)
                           for name in re.findall(r"[A-Z_]{2,}", tag)}
    differ("environment of bitgrove(1)", ours["bitgrove.1"],
           theirs | locale)
    differ("environment of bitgrove-worker(1)", ours["bitgrove-worker.1"],
           {name for room, found in rooms.items() for name in found
            if room.name in engine})
    for name in sorted(ours["bitgrove-theme.5"] - theirs):
        print(f"only bitgrove-theme(5) has {name}")


{
    "commands": commands,
    "recipes": recipes,
    "worker": worker,
    "explorer-tables": explorer_tables,
    "places": places,
    "roles": roles,
    "json": json_keys,
    "columns": columns,
    "environment": environment,
}[subject]()
