#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""The page of all targets in a browser: its contents against the data, filters, details, links, keys, and text that
wants to be more than text. matrix.t starts it. Arguments: the build directory, a directory for screenshots."""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile

from browser import Browser

BUILD = sys.argv[1]
SHOTS = sys.argv[2] if len(sys.argv) > 2 else None
DEVIATIONS = "fbtcl"
WORDS = {"p": "ok", "f": "differs", "l": "differs", "b": "broken", "t": "hang", "c": "crash", "-": "not run"}
ORDER = ["absent", "ok", "needs", "not run", "broken", "differs", "hang", "crash"]
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 2'>",
    "</script><script>window.hacked = 3",
    "\"'><b onclick=window.hacked=4>&amp;",
    "a\u2028b\u2029c\u202ed",
    "<!--<script>",
    "long " * 4000,
]
count = 0
failures = 0


def ok(condition, name, got=None):
    global count, failures
    count += 1
    print("%s %d - %s" % ("ok" if condition else "not ok", count, name))
    if not condition:
        failures += 1
        if got is not None:
            print("# got: %.400r" % (got,))


# ---- Data ------------------------------------------------------------------------------------------------------------


def catalogue():
    """What the program lists, in the form of matrix-data.md."""
    listing = json.loads(subprocess.check_output([BUILD + "/forkcheck", "list", "--json"]))
    place = {statement["id"]: i for i, statement in enumerate(listing["statements"])}
    tests, cases, known = [], [], {}
    for one in listing["tests"]:
        test = {key: one[key] for key in ("file", "line", "summary")}
        test["covers"] = [place[id] for id in one["covers"]]
        cases.append([one["id"], known.setdefault(json.dumps(test), len(tests))])
        if cases[-1][1] == len(tests):
            tests.append(test)
    return {
        "generated": "2026-11-25",
        "version": "0.1",
        "statements": listing["statements"],
        "tests": tests,
        "cases": cases,
        "reasons": ["[privilege CAP_SYS_ADMIN] missing", "[release clone3] clone3(2): since Linux 5.3, this is 5.1", "not implemented: ENOSYS"],
        "targets": [],
    }


def detail(data, number, letter, chance):
    test = data["tests"][data["cases"][number][1]]
    if letter == "s":
        return {"why": chance.randrange(2)}
    if letter == "p":
        return {"x": False, "why": 2}
    return {
        "at": "%s:%d" % (test["file"], test["line"] + 4),
        "expr": "*turn",
        "want": "== 1",
        "got": str(number % 7),
        "command": "forkcheck run " + data["cases"][number][0],
        **({"x": True, "why": 2} if number % 3 else {}),
    }


def target(data, name, share, chance):
    """A run in which such a share is not ok."""
    verdicts = "".join(chance.choice("ffffbtcl-sss") if chance.random() < share else "p" for _ in data["cases"])
    told = [
        i for i, letter in enumerate(verdicts) if letter not in "p-" or letter == "p" and chance.random() < share / 10
    ]
    details = {str(i): detail(data, i, verdicts[i], chance) for i in told}
    return {
        "name": name,
        "kernel": "6.12.57",
        "arch": "x86_64",
        "user": "root",
        "date": "2026-11-25",
        "complete": "-" not in verdicts,
        "verdicts": verdicts,
        "details": details,
    }


def many_targets():
    data, chance = catalogue(), random.Random(1)
    shares = [0] * 12 + [0.02] * 8 + [0.15] * 5
    data["targets"] = [target(data, "target-%d" % i, share, chance) for i, share in enumerate(shares)]
    return data


def hostile():
    statements = [
        {
            "id": "ID-%d" % i,
            "source": "page(2) " + text[:200].replace(";", ""),
            "level": "documented",
            "testable": "yes",
            "text": text,
        }
        for i, text in enumerate(HOSTILE)
    ]
    tests = [{"file": "tests/a/b.c", "line": 1, "summary": text, "covers": [i]} for i, text in enumerate(HOSTILE)]
    cases = [["a.b.c%d" % i, i] for i in range(len(HOSTILE))] + [["not.in.catalogue" + text, -1] for text in HOSTILE]
    verdicts = "f" * len(cases)
    targets = [
        {
            "name": text,
            "kernel": text,
            "arch": text,
            "user": text,
            "date": text,
            "verdicts": verdicts,
            "details": {
                str(i): {"at": text, "expr": text, "want": text, "got": text, "why": i % len(HOSTILE)}
                for i in range(len(cases))
            },
        }
        for text in HOSTILE
    ]
    return {
        "generated": HOSTILE[0],
        "version": HOSTILE[0],
        "statements": statements,
        "tests": tests,
        "cases": cases,
        "reasons": HOSTILE,
        "targets": targets,
    }


def page(data, path):
    with open(path, "w") as out:
        subprocess.run([BUILD + "/matrix-page", "."], input=json.dumps(data), text=True, stdout=out, check=True)
    return "file://" + path


def word(data, target, number):
    """What a case is, by the text of matrix-data.md and of the page's legend: not by the program under test."""
    letter = target["verdicts"][number]
    if letter == "s":
        return ["needs", "absent", "needs"][target["details"][str(number)]["why"]]
    expected = target["details"].get(str(number), {}).get("x", letter not in DEVIATIONS)
    return WORDS[letter] + ("" if expected else "*")


def whole(words):
    """A statement: what was skipped does not count where something was not."""
    return worst(words - {"needs", "absent"} or words)


def worst(words):
    """A mark counts where it is on one of the worst."""
    rank = max(ORDER.index(one.rstrip("*")) for one in words)
    return ORDER[rank] + ("*" if ORDER[rank] + "*" in words else "")


def expected_table(data):
    """Words by statement and target; None: no test. A test without a statement is one itself."""
    cases_of = {statement["id"]: [] for statement in data["statements"]}
    for number, (name, test) in enumerate(data["cases"]):
        for id in [data["statements"][i]["id"] for i in data["tests"][test]["covers"]] or [name]:
            cases_of.setdefault(id, []).append(number)
    return {
        id: [whole({word(data, t, n) for n in numbers}) for t in data["targets"]] if numbers else None
        for id, numbers in cases_of.items()
    }


# ---- Tests -----------------------------------------------------------------------------------------------------------


def shot(browser, name):
    if SHOTS:
        browser.screenshot(os.path.join(SHOTS, name + ".png"))


def shown(browser):
    return browser.run("rows.filter(row => row.id && isShown(row)).map(row => row.id)")


def said(browser):
    return browser.run("aside.hidden ? '' : aside.innerText")


def test_opening(browser, url, path):
    times = []
    for _ in range(5):
        browser.open(url)
        painted = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
        times.append(browser.run(painted))
        if len(times) == 1:
            used = browser.used()
    size = os.path.getsize(path)
    print(
        "# %d bytes; opened in %s ms; the first took the page's thread %.0f ms"
        % (size, ", ".join("%.0f" % one for one in times), 1000 * used)
    )
    ok(size < 1.5e6, "25 targets are less than 1.5 MB", size)
    # The clock tells how busy the machine is as well.
    ok(used < 1, "the page opens in less than a second", used)
    ok(not browser.seen("Runtime.exceptionThrown"), "no error", browser.seen("Runtime.exceptionThrown"))
    others = [
        r["request"]["url"]
        for r in browser.seen("Network.requestWillBeSent")
        if not r["request"]["url"].startswith(("file:", "data:", "about:"))
    ]
    ok(not others, "nothing is fetched", others)
    ok(
        shown(browser) == [] and browser.run("rows.filter(isShown).length") == browser.run("table.tBodies.length"),
        "at first there are pages only",
    )
    shot(browser, "overview")


def test_contents(browser, data, expected):
    table = browser.run(
        "rows.map(row => [row.id, row.parentElement.dataset.page, row.className,"
        " [...row.cells].slice(1).map(c => c.textContent.trim())])"
    )
    got = {row[0]: row[3] for row in table if row[0]}
    ok(len(got) == len(expected), "each statement has a row", len(got))
    wrong = [id for id, words in expected.items() if words and got.get(id) != words]
    ok(
        not wrong,
        "each cell says the worst of its tests that were not skipped",
        [(id, got.get(id), expected[id]) for id in wrong[:1]],
    )
    wrong = [id for id, words in expected.items() if not words and len(got[id]) != 1]
    ok(not wrong, "a statement without a test says so, in one cell", wrong)
    page_of = {statement["id"]: statement["source"].split(";")[0].split(" ")[0] for statement in data["statements"]}
    pages = {}
    for id, words in expected.items():
        pages.setdefault(page_of.get(id, "Tests\u00a0without\u00a0a\u00a0statement"), []).append(words)
    wrong = []
    for _, name, kind, words in table:
        rows = [row for row in pages[name] if row]
        if kind == "page" and words != ([worst(set(column)) for column in zip(*rows)] if rows else ["no test"]):
            wrong.append((name, words))
    ok(not wrong, "a page says the worst of its statements", wrong)
    ok(any("ok*" in words for words in expected.values() if words), "... among which are unexpected passes")
    heads = browser.run("[...table.tHead.rows[0].cells].slice(1).map(th => th.innerText)")
    ok(
        all(
            t["name"] in h and "6.12.57" in h and "root" in h and "2026-11-25" in h
            for t, h in zip(data["targets"], heads)
        ),
        "heads name target, version, privileges and date",
        heads[:1],
    )


def deviating(words):
    return words.rstrip("*") in ("differs", "crash", "hang", "broken")


def test_filters(browser, data, expected):
    def choose(name, value):
        browser.run("form.elements[%s].value = %s" % (json.dumps(name), json.dumps(value)))
        browser.run("form.dispatchEvent(new Event('input'))")

    choose("show", "*")
    want = {id for id, words in expected.items() if words and any(map(deviating, words))}
    ok(set(shown(browser)) == want, "only differences", len(shown(browser)))
    shot(browser, "differences")
    choose("show", "=target-20")
    want = {id for id, words in expected.items() if words and deviating(words[20])}
    ok(want and set(shown(browser)) == want, "one target's differences", len(shown(browser)))
    ok(
        "%d of %d" % (len(want), len(expected)) in browser.run("form.querySelector('output').value"),
        "the number of rows is said",
    )
    choose("show", "")
    choose("page", "vfork(2)")
    want = {s["id"] for s in data["statements"] if s["source"].startswith("vfork(2)")}
    ok(set(shown(browser)) == want, "one page", shown(browser))
    choose("page", "")
    browser.press("/")
    browser.write("vfork SIGCHLD")
    got = browser.run("rows.filter(row => row.id && isShown(row)).map(row => textOf(row))")
    ok(got and all("vfork" in text and "sigchld" in text for text in got), "words, typed after /", got[:3])
    choose("q", "")
    ok(shown(browser) == [], "without filters pages are folded again")
    browser.run("table.tHead.querySelectorAll('button')[20].click()")
    ok(
        browser.run("form.elements.show.value") == "=target-20"
        and browser.run("location.hash") == "#?show=%3Dtarget-20",
        "a column's head is a filter too",
        browser.run("location.hash"),
    )
    browser.press("Escape")
    ok(browser.run("form.elements.show.value") == "", "Escape clears filters")


def a_failure(data):
    """The number of a case that failed on target 20, and a statement it covers."""
    for number, (_, test) in enumerate(data["cases"]):
        if data["targets"][20]["verdicts"][number] == "f" and data["tests"][test]["covers"]:
            return number, data["statements"][data["tests"][test]["covers"][0]]["id"]


def test_details(browser, url, data):
    number, id = a_failure(data)
    name, test = data["cases"][number]
    one = data["targets"][20]["details"][str(number)]
    browser.run("fold(rowOf.get(%s).parentElement, true)" % json.dumps(id))
    browser.click("[id=%s] td:nth-of-type(21)" % json.dumps(id))
    text = said(browser)
    for what, piece in (
        ("name", name),
        ("place", one["at"]),
        ("want", one["want"]),
        ("command", "forkcheck run " + name),
        ("target", "target-20"),
    ):
        ok(piece in text, "a click on a cell tells the %s" % what, text)
    with open(data["tests"][test]["file"]) as file:
        line = file.read().splitlines()[int(one["at"].split(":")[1]) - 1]
    ok(
        line.strip() in browser.run("[...aside.querySelectorAll('mark')].map(m => m.textContent).join()"),
        "... and the line of the test",
        line,
    )
    shot(browser, "details")
    link = browser.run("location.href")
    ok(link.endswith("#%s/target-20" % id), "the address is a link to it", link)
    browser.open(link + "?show=%3Dtarget-20")
    ok(said(browser) == text, "which opens the same", said(browser))
    ok(
        browser.run("document.activeElement === selected && selected.getBoundingClientRect().top > 0"),
        "... with its cell in sight",
    )
    ok(browser.run("form.elements.show.value") == "=target-20", "... and the filters")
    browser.click("[id=%s] th" % json.dumps(id))
    ok(
        "target-0" in said(browser) and data["tests"][test]["file"] in said(browser),
        "a statement's head tells all targets and its tests",
        said(browser),
    )
    browser.press("Escape")
    ok(said(browser) == "" and browser.run("location.hash") == "#?show=%3Dtarget-20", "Escape closes")
    browser.open(url + "#NO-SUCH-1/x?show=nothing&page=none&q=")
    ok(
        "NO-SUCH-1" in said(browser) and browser.run("form.elements.show.value + form.elements.page.value") == "",
        "a link to nothing says so",
    )
    browser.open(url + "#%E0%A4%A")
    ok("no statement" in said(browser), "... also one that is no text")
    browser.run("location.hash = %s" % json.dumps("#" + id))
    browser.run("new Promise(done => setTimeout(done, 50))")
    ok(id in said(browser), "a link inside of the page is followed")


def test_keys(browser, url, data):
    browser.open(url)
    at = "(c => [c.parentElement.id || c.parentElement.className, c.cellIndex])(document.activeElement)"
    browser.run("focused.focus()")
    browser.press("ArrowDown")
    browser.press("ArrowRight")
    ok(browser.run(at) == ["page", 1], "arrows move", browser.run(at))
    browser.press("ArrowLeft")
    before = browser.run("focused.parentElement.getAttribute('aria-expanded')")
    browser.press("Enter")
    ok(
        [before, browser.run("focused.parentElement.getAttribute('aria-expanded')")] == ["false", "true"],
        "Enter opens a page",
    )
    browser.press("End")
    ok(browser.run(at)[1] == len(data["targets"]), "End goes to the last column", browser.run(at))
    browser.press("n")
    first = browser.run(at)
    ok(
        browser.run("isStatement(focused.parentElement) && isShown(focused.parentElement) && deviates(focused)"),
        "n finds the next difference",
        first,
    )
    ok(
        browser.run(
            "(r => r.top >= table.tHead.getBoundingClientRect().bottom - 1 && r.right <= innerWidth + 1)"
            "(focused.getBoundingClientRect())"
        ),
        "... and brings it from under the head",
    )
    browser.press("n")
    browser.press("p")
    ok(browser.run(at) == first, "p goes back", browser.run(at))
    browser.press("Enter")
    ok(first[0] in said(browser), "Enter tells the details")
    browser.press("n")
    ok(browser.run("focused === selected") and browser.run(at)[0] in said(browser), "open details follow")
    browser.press("Escape")
    ok(said(browser) == "" and browser.run(at)[1] == len(data["targets"]), "Escape closes them and stays")
    browser.press("?")
    ok("next and previous difference" in said(browser), "? tells the keys")
    browser.press("Escape")
    ok(
        browser.run("document.querySelectorAll('tbody [tabindex]').length") == 1,
        "one cell takes part in the order of Tab",
    )
    ok(
        browser.run("table.getAttribute('role')") == "treegrid"
        and browser.run("[...document.querySelectorAll('input, select')].every(e => e.closest('label'))"),
        "roles and labels",
    )


# The least contrast of text to its ground, by kind of element: WCAG 2.1, 1.4.3.
CONTRAST = """(() => {
	const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
	const light = colour => colour.match(/[\\d.]+/g).slice(0, 3)
		.map((v, i) => linear(Number(v)) * [.2126, .7152, .0722][i]).reduce((a, b) => a + b);
	const ground = e => {
		const colour = getComputedStyle(e).backgroundColor;
		return colour === 'rgba(0, 0, 0, 0)' ? ground(e.parentElement) : colour;
	};
	const results = {};
	for (const e of document.querySelectorAll('body *')) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility())
			continue;
		const [dark, bright] = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => a - b);
		const kind = [e.tagName, e.className, e.parentElement.tagName, e.parentElement.className].join();
		results[kind] = Math.min(results[kind] ?? 99, (bright + .05) / (dark + .05));
	}
	return results;
})()"""


def test_looks(browser, url, data):
    grounds = []
    number, id = a_failure(data)
    for scheme in "light", "dark":
        browser.prefer(scheme)
        browser.open(url + "#%s/target-20?show=%%3Dtarget-20" % id)
        grounds.append(browser.run("getComputedStyle(document.body).backgroundColor"))
        contrast = browser.run(CONTRAST)
        low = {key: round(value, 2) for key, value in contrast.items() if value < 4.5}
        ok(len(contrast) > 15 and not low, "contrast of at least 4.5, %s" % scheme, low)
        shot(browser, scheme)
    ok(grounds[0] != grounds[1], "dark and light differ", grounds)
    browser.prefer(media="print")
    ok(
        browser.run("getComputedStyle(form).display") == "none"
        and browser.run("getComputedStyle(document.querySelector('main')).overflow") == "visible"
        and browser.run("table.getBoundingClientRect().width <= innerWidth"),
        "print: no filters, no frame, all columns",
    )
    browser.prefer()
    browser.open(url + "#?show=%3Dtarget-20")
    ok(browser.pdf().startswith(b"%PDF-"), "it can be printed")
    browser.size(800, 500)
    browser.open(url + "#%s/target-20" % id)
    ok(
        browser.run(
            "document.documentElement.scrollWidth <= innerWidth && selected.getBoundingClientRect().bottom > 0"
        ),
        "a small window",
    )
    shot(browser, "small")
    browser.size(1700, 1000)


def test_without_scripts(browser, url, expected):
    browser.scripts(False)
    browser.open(url)
    tree = browser.send("DOM.getDocument")["root"]["nodeId"]
    rows = browser.send("DOM.querySelectorAll", nodeId=tree, selector="tr[id]")["nodeIds"]
    ok(len(rows) == len(expected), "without scripts all rows are there", len(rows))
    box = browser.send("DOM.getBoxModel", nodeId=rows[-1])["model"]
    ok(box["height"] > 10 and box["width"] > 500, "... and shown", box)
    shot(browser, "no-scripts")
    browser.scripts(True)


def only_ours(browser):
    """The page has the elements of its template only."""
    return (
        browser.run("document.querySelectorAll('script').length") == 3
        and browser.run("document.querySelectorAll('img, [onclick], [onerror]').length") == 0
    )


def test_hostile(browser, directory):
    url = page(hostile(), os.path.join(directory, "hostile.html"))
    browser.open(url)
    ok(only_ours(browser), "no text becomes markup")
    ok(not browser.seen("Runtime.exceptionThrown"), "... or breaks the script", browser.seen("Runtime.exceptionThrown"))
    same = browser.run("[...rowOf.values()].slice(0, 99).map(row => row.cells[0].childNodes[1]?.data)")
    ok(
        all(text.strip() in [s.strip() if s else s for s in same] for text in HOSTILE),
        "statements are shown as they are",
        same,
    )
    ok(
        browser.run("data.targets.map(t => t.name)") == HOSTILE
        and browser.run("[...table.tHead.querySelectorAll('.name')].map(e => e.textContent)") == HOSTILE,
        "and names of targets",
    )
    for i, text in enumerate(HOSTILE):
        browser.run(
            "(row => { fold(row.parentElement, true); select(row.cells[%d]); })(rowOf.get('ID-%d'))" % (i + 1, i)
        )
        ok(browser.run("aside.textContent.split(%s).length > 4" % json.dumps(text)), "details of %.30r" % text)
        link = browser.run("location.href")
        if len(link) < 10000:
            browser.open(link)
            ok(browser.run("selected?.cellIndex") == i + 1, "... and a link there", link)
    strays = browser.run("[...rowOf.keys()].filter(id => id.startsWith('not.in'))")
    ok(
        sorted(strays) == sorted("not.in.catalogue" + text for text in HOSTILE),
        "tests that the catalogue has not got have rows",
        strays,
    )
    ok(browser.run("window.hacked") is None, "nothing of it ran")
    browser.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 9\">')")
    browser.run("new Promise(done => setTimeout(done, 100))")
    ok(browser.run("window.hacked") is None, "the page's policy would not let it")
    ok(
        browser.run("document.querySelector('aside').getBoundingClientRect().right <= innerWidth + 1"),
        "long text keeps in its place",
    )
    shot(browser, "hostile")


def test_little(browser, directory):
    """Nothing that is not ok, and nothing at all."""
    one = {
        "statements": [{"id": "ID-1", "source": "page(2)", "testable": "yes", "text": "it works"}],
        "tests": [{"file": "tests/a/b.c", "line": 1, "summary": "", "covers": [0]}],
        "cases": [["a.b.c", 0]],
        "targets": [{"name": "x", "verdicts": "p"}],
    }
    browser.open(page(one, os.path.join(directory, "one.html")) + "#ID-1/x")
    ok("ok on x" in said(browser) and "a.b.c" in said(browser), "one statement, one target", said(browser))
    browser.open(page({}, os.path.join(directory, "none.html")))
    ok(not browser.seen("Runtime.exceptionThrown"), "no data at all", browser.seen("Runtime.exceptionThrown"))


KTAP = """KTAP version 1
# forkcheck 0.1: Linux %(text)s on %(text)s
# user: %(text)s; configuration: %(text)s
# seed 1, 2 at once
1..1
  KTAP version 1
  # Subtest: fork
  1..1
    KTAP version 1
    # Subtest: identity
    1..1
    # fork.identity.%(text)s: FAIL
    #   tests/fork/identity.c:27 in C, %(text)s (pid 9748)
    #     %(text)s
    #       want  %(text)s
    #       got   %(text)s
    not ok 1 %(text)s
  not ok 1 identity
not ok 1 fork
"""


def test_report(browser, directory):
    """The same by the way that a report takes."""
    catalogue = os.path.join(directory, "catalogue.json")
    with open(catalogue, "w") as file:
        subprocess.run([BUILD + "/forkcheck", "list", "--json"], stdout=file, check=True)
    arguments = [BUILD + "/forkcheck-report", "matrix", "--catalogue", catalogue, "--sources", "."]
    for i, text in enumerate(HOSTILE):
        path = os.path.join(directory, "run%d.ktap" % i)
        with open(path, "w") as file:
            file.write(KTAP % {"text": text[:200]})
        arguments.append("%s=%s" % (text[:5].replace("/", ""), path))
    path = os.path.join(directory, "report.html")
    made = subprocess.run([*arguments, "-o", path], stderr=subprocess.PIPE, text=True)
    ok(made.returncode in (0, 1), "a page is made of strange reports", made.stderr)
    browser.open("file://" + path)
    ok(only_ours(browser), "... in which no text became markup")
    ok(
        browser.run("rows.filter(row => row.textContent.includes('fork.identity.<img')).length") > 0,
        "... and none was lost",
    )
    ok(browser.run("window.hacked") is None and not browser.seen("Runtime.exceptionThrown"), "... or ran")


def main():
    signal.alarm(600)  # a browser that hangs
    with tempfile.TemporaryDirectory() as directory, Browser() as browser:
        data = many_targets()
        expected = expected_table(data)
        path = os.path.join(directory, "matrix.html")
        url = page(data, path)
        browser.size(1700, 1000)
        test_opening(browser, url, path)
        test_contents(browser, data, expected)
        test_filters(browser, data, expected)
        test_details(browser, url, data)
        test_keys(browser, url, data)
        test_looks(browser, url, data)
        test_without_scripts(browser, url, expected)
        test_hostile(browser, directory)
        test_little(browser, directory)
        test_report(browser, directory)
    print("1..%d" % count)
    return 1 if failures else 0


sys.exit(main())
