"""Reads what conntidy reported on a package, in terms that outlive line numbers."""
import collections
import json
import pathlib
import re
import urllib.parse


def read(package):
    if not package.sarif.exists():
        return {}
    return json.loads(package.sarif.read_text(encoding="utf-8"))["runs"][0]


def path_of(run, location):
    artifact = location["artifactLocation"]
    base = run.get("originalUriBaseIds", {}).get(artifact.get("uriBaseId"), {})
    uri = urllib.parse.urlparse(base.get("uri", "") + artifact["uri"])
    return pathlib.Path(urllib.parse.unquote(uri.path)).resolve()


def plain_message(result):
    """What a result says, as other outputs say it: a sentence without its full stop,
    and without the links to related locations."""
    text = re.sub(r" See (?:\[[^]]*\]\(\d+\)(?:, )?)+\.$", "", result["message"]["text"])
    text = re.sub(r"(?<!\\)\[([^]]*)\]\(\d+\)", r"\1", text.removesuffix("."))
    return re.sub(r"\\([\\\[\]])", r"\1", text)


def not_analysed(package):
    """What the run says about units that it could not analyse."""
    run = read(package)
    return [f"{path_of(run, note['locations'][0]['physicalLocation'])}: "
            f"{note['message']['text']}"
            for invocation in run.get("invocations", [])
            for note in invocation.get("toolExecutionNotifications", [])
            if note["level"] == "error"]


def text_of(path, region):
    """The source of a region on one line; a region without an end is one line."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    first, last = region["startLine"], region.get("endLine", region["startLine"])
    picked = lines[first - 1:last]
    picked[-1] = picked[-1][:region.get("endColumn", len(picked[-1]) + 1) - 1]
    picked[0] = picked[0][region.get("startColumn", 1) - 1:]
    return " ".join(" ".join(picked).split())


def findings(package):
    """The findings that count, each with what names it (`key`) and where it is.

    Equal acquires in one function are told apart by their order."""
    run, found, twins = read(package), [], collections.Counter()
    for result in run.get("results", []):
        if result.get("suppressions"):
            continue
        place = result["locations"][0]
        physical = place["physicalLocation"]
        path, region = path_of(run, physical), physical["region"]
        logical = (place.get("logicalLocations") or [{}])[0]
        key = {"package": package.name, "file": str(package.origin(path) or path),
               "function": logical.get("fullyQualifiedName", logical.get("name", "")),
               "check": result["ruleId"], "acquire": text_of(path, region)}
        found.append({"key": key, "path": path, "line": region["startLine"],
                      "column": region.get("startColumn", 1),
                      "message": plain_message(result)})
    found.sort(key=lambda f: (f["key"]["file"], f["line"], f["column"], f["key"]["check"]))
    for finding in found:
        name = tuple(finding["key"].values())
        twins[name] += 1
        if twins[name] > 1:
            finding["key"]["nth"] = twins[name]
    return found
