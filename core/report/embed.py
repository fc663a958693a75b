"""embed.py -- page.html with its style and script inside becomes two C arrays: what stands before the data, and what behind it.  SPDX-License-Identifier: Apache-2.0"""
import sys

html, css, js = (open(path, encoding='utf-8').read() for path in sys.argv[1:4])
page = html.replace('/* style */', css).replace('/* script */', js)
head, tail = page.split('<!-- data -->')
print('/* made by embed.py */\n#include "report/inside.h"')
for name, text in (('head', head), ('tail', tail)):
    data = text.encode()
    print(f'const unsigned char report_page_{name}[] = {{{",".join(map(str, data))}}};')
    print(f'const size_t report_page_{name}_size = {len(data)};')
