"""report_page.py -- what report-page.sh expects of the page that it made.  SPDX-License-Identifier: Apache-2.0
usage: report_page.py PAGE DIRECTORY"""
import csv
import io
import json
import sys
from urllib.parse import parse_qs

from chromium import Chromium

page, directory = sys.argv[1:3]
OWN = ('pintle.io/reset-metadata', 'pintle.io/restore-labels')  # every item goes through them
PVC, WEB = 'persistentvolumeclaims shop/data', 'ingresses.networking.k8s.io shop/web'


def same(got, wanted, what):
    if got != wanted:
        sys.exit(f'{what}: {got!r}, not {wanted!r}')


def names(c):
    return c.js('[...document.querySelectorAll(".row .name")].map(e => e.textContent)')


def state(c):
    return {k: v[0] for k, v in parse_qs(c.js('location.hash.slice(1)')).items()}


def focused(c):
    return c.js('(e => e.id || e.dataset.tile || e.dataset.item || e.tagName)(document.activeElement)')


def tile(c, key):
    return int(c.js(f'document.querySelector(\'[data-tile="{key}"] b\').textContent').replace(',', ''))


def items(c, data):
    same(tile(c, ''), len(data['items']), 'items of the tile')
    changed = [i for i in data['items'] if any(a['action'] not in OWN and a.get('changes') for a in i.get('actions', []))]
    same(tile(c, 'changed'), len(changed), 'changed items of the tile')
    same(len(names(c)), 200, 'rows of the first part of 305')
    c.click('#more')
    same(len(names(c)), 305, 'rows after "more"')
    same(c.js('document.querySelector("#more").hidden'), True, 'nothing more')


def filters(c):
    c.js('document.querySelector("#search").focus()')
    c.type('gp2')
    same(sorted(names(c)), ['shop/data', 'shop/script'], 'items that say gp2')
    same(state(c), {'q': 'gp2'}, 'the address')
    c.click('#clear')
    same((len(names(c)), state(c)), (200, {}), 'all again')
    c.js('(s => { s.value = "ingresses.networking.k8s.io"; s.dispatchEvent(new Event("change")); })(document.querySelector("#kind"))')
    same((names(c), state(c)), (['shop/web'], {'kind': 'ingresses.networking.k8s.io'}), 'items of a kind')
    c.click('#clear')
    c.click('[data-tile="failed"]')
    same(state(c), {'tile': 'failed'}, 'a tile in the address')
    same(len(names(c)), tile(c, 'failed'), 'items of the tile')
    c.js('history.back()')
    c.until('location.hash.length < 2 && document.querySelectorAll(".row").length > 100')
    c.open(page, '#kind=persistentvolumeclaims&q=gp2')
    same(sorted(names(c)), ['shop/data', 'shop/script'], 'items of an address')
    same(c.js('[document.querySelector("#search").value, document.querySelector("#kind").value]'), ['gp2', 'persistentvolumeclaims'], 'fields of an address')


def diff(c):
    c.open(page, '#q=shop/data')
    c.click(f'[data-item="{PVC}"]')
    same(state(c).get('open'), PVC, 'the open item in the address')
    sides = '(p => [...p.closest(".change").querySelectorAll("pre")].map(e => e.textContent))([...document.querySelectorAll(".change code")].find(e => e.textContent === "/spec/storageClassName"))'
    same(c.js(sides), ['gp2', 'standard'], 'both sides')
    same(c.js('document.querySelector(".detail").textContent.includes("pintle.yaml:8:")'), True, 'the place of the rule')
    c.open(page, '#open=' + WEB.replace(' ', '+'))
    same(c.js('document.querySelector("[aria-expanded=true]").dataset.item'), WEB, 'an item opened by the address')
    c.click('.change > p button')
    same(state(c).get('tab'), 'rules', 'from a change to its rule')


def tabs(c, data):
    c.open(page, '#tab=rules')
    rows = c.js('[...document.querySelectorAll("tbody tr")].map(r => [...r.cells].map(c => c.textContent))')
    same(len(rows), len(data['rules']), 'rules')
    never = next(r for r in rows if 'never.old.example.com' in r[0])
    same((never[1].startswith('pintle.yaml:9:') or '/pintle.yaml:9:' in never[1], never[2]), (True, 'never'), 'a rule that matched nothing')
    rule = next(r['rule'] for r in data['rules'] if r['rule'].startswith('storageClasses: gp2'))
    c.js(f'[...document.querySelectorAll("[data-rule]")].find(b => b.textContent === {json.dumps(rule)}).click()')
    same(sorted(names(c)), ['shop/data', 'shop/script'], 'items of a rule')
    for tab in ('items', 'unresolved', 'rules', 'volumes', 'errors', 'timeline'):
        c.click('#tab-' + tab)
        same(c.js('[document.querySelector("[role=tab][aria-selected=true]").id, document.querySelector("#main").getAttribute("aria-labelledby")]'), ['tab-' + tab] * 2, 'the tab')


def keyboard(c):
    c.open(page)
    c.key('/')
    same((focused(c), c.js('document.querySelector("#search").value')), ('search', ''), '/ goes to the search')
    c.type('shop/')
    c.key('Escape')
    same((focused(c), state(c)), ('main', {}), 'Escape leaves it')
    c.key('ArrowDown')
    first = focused(c)
    c.key('ArrowDown')
    second = focused(c)
    same(first != second and ' shop/' in first and ' shop/' in second, True, f'arrows go through the items: {first}, {second}')
    c.key('Enter')
    same((state(c), focused(c)), ({'open': second}, second), 'Enter opens')
    c.js('document.querySelector("#tab-items").focus()')
    c.key('ArrowRight')
    same((focused(c), state(c)), ('tab-unresolved', {'tab': 'unresolved'}), 'arrows go through the tabs')
    c.js('document.querySelector("[data-tile=failed]").focus()')
    c.key('Enter')
    same((focused(c), state(c)), ('failed', {'tile': 'failed'}), 'a tile keeps the focus when it is pressed')


def paper(c):
    c.open(page)
    same(len(names(c)), 200, 'rows before')
    c('Page.printToPDF')
    same((len(names(c)), c.js('document.querySelector("#more").hidden')), (305, True), 'rows on paper')
    c.open(page, '#tab=rules')
    c('Page.printToPDF')
    same(len(names(c)), 0, 'rows of another tab')


def export(c, data):
    c.open(page, '#q=gp2')
    c.click('#json')
    same(json.loads(c.file('r1.json')), data, 'the JSON that it saves')
    c.click('#csv')
    rows = list(csv.DictReader(io.StringIO(c.file('r1.csv'), newline='')))
    same({r['name'] for r in rows}, {'data', 'script'}, 'names in the CSV')
    row = next(r for r in rows if r['path'] == '/spec/storageClassName' and r['name'] == 'data')
    same((row['old'], row['new'], row['action']), ('gp2', 'standard', 'pintle.io/resolve-references'), 'a change in the CSV')


def hostile(c):
    """Everything that can be opened is open once, and nothing of it has run."""
    for name in (WEB, 'persistentvolumeclaims shop/script', 'configmaps shop/hostile', 'secrets shop/login'):
        c.open(page, '#open=' + name.replace(' ', '+'))
        same(c.js('document.querySelector("[aria-expanded=true]").dataset.item'), name, 'the open item')
        same(c.js('[document.querySelectorAll("main script, main img").length, window.ran === undefined]'), [0, True], f'what {name} does')
        same((c.requests(), c.complaints()), ([], []), f'requests and complaints with {name}')
        same(c.js('document.documentElement.outerHTML.includes("verysecretvalue")'), False, 'a value of a Secret')


with Chromium(directory) as c:
    c.open(page)
    data = c.js('JSON.parse(document.getElementById("data").textContent)')
    items(c, data)
    filters(c)
    diff(c)
    tabs(c, data)
    keyboard(c)
    paper(c)
    export(c, data)
    hostile(c)
