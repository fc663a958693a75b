"""chromium.py -- a page in headless Chromium, driven over a pipe (DevTools protocol), with Python alone.  SPDX-License-Identifier: Apache-2.0"""
import base64
import json
import os
import select
import shutil
import subprocess
import time


class Chromium:
    """One browser with one page. `directory` takes its profile and what the page saves (directory/saved)."""

    def __init__(self, directory, width=1280, height=900, timeout=30):
        program = shutil.which('chromium')
        if not program:
            raise FileNotFoundError('chromium')
        self.timeout, self.last, self.events, self.rest = timeout, 0, [], b''
        self.saved = os.path.join(directory, 'saved')
        os.makedirs(self.saved, exist_ok=True)
        to_browser, self.write = os.pipe()
        self.read, from_browser = os.pipe()
        # It reads from descriptor 3 and writes to 4; which of ours have those numbers is chance, so a shell moves them. No sandbox: root has none.
        move = f'exec 3<&{to_browser} 4>&{from_browser} 0</dev/null >/dev/null 2>"$0/said"; exec "$@"'
        if {to_browser, from_browser} & {3, 4}:
            free = [os.dup(fd) for fd in (to_browser, from_browser, to_browser, from_browser)][2:]
            move = f'exec 3<&{free[0]} 4>&{free[1]} 0</dev/null >/dev/null 2>"$0/said"; exec "$@"'
        else:
            free = [to_browser, from_browser]
        self.process = subprocess.Popen(
            ['bash', '-c', move, directory, program, '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
             '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
             f'--user-data-dir={directory}/profile', f'--window-size={width},{height}', 'about:blank'], pass_fds=free, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.session = None
        target = next(t for t in self('Target.getTargets')['targetInfos'] if t['type'] == 'page')
        self('Browser.setDownloadBehavior', behavior='allow', downloadPath=self.saved)
        self.session = self('Target.attachToTarget', targetId=target['targetId'], flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Network', 'Log'):
            self(domain + '.enable')

    def message(self, end):
        while b'\0' not in self.rest:
            if not select.select([self.read], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError('chromium does not answer')
            got = os.read(self.read, 1 << 20)
            if not got:
                raise EOFError('chromium ended')
            self.rest += got
        one, self.rest = self.rest.split(b'\0', 1)
        return json.loads(one)

    def __call__(self, method, **params):
        self.last += 1
        call = {'id': self.last, 'method': method, 'params': params}
        if self.session:
            call['sessionId'] = self.session
        text = json.dumps(call).encode() + b'\0'
        while text:
            text = text[os.write(self.write, text):]
        end = time.monotonic() + self.timeout
        while True:
            m = self.message(end)
            if m.get('id') == self.last:
                if 'error' in m:
                    raise RuntimeError(f'{method}: {m["error"]["message"]}')
                return m['result']
            self.events.append(m)

    def wait(self, what):
        """Until an event of that name comes; those before it are kept."""
        end = time.monotonic() + self.timeout
        while not any(m.get('method') == what for m in self.events):
            self.events.append(self.message(end))

    def open(self, path, fragment=''):
        """Loads a file anew, whatever was open before; its address is changed afterwards with go."""
        self('Page.navigate', url='about:blank')
        self.events = []
        self('Page.navigate', url='file://' + os.path.abspath(path) + fragment)
        self.until('document.readyState === "complete" && location.protocol === "file:"')

    def js(self, expression):
        got = self('Runtime.evaluate', expression=expression, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in got:
            raise RuntimeError(f'{expression}: {got["exceptionDetails"].get("exception", {}).get("description")}')
        return got['result'].get('value')

    def until(self, expression):
        """Waits, in the page, for a condition: each look is a round trip to it."""
        end = time.monotonic() + self.timeout
        while not self.js(expression):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            self.js('new Promise(requestAnimationFrame).then(() => true)')

    def click(self, selector):
        """A real click, in the middle of the first one."""
        box = self.js(f'(e => {{ e.scrollIntoView({{block: "center"}}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})'
                      f'(document.querySelector({json.dumps(selector)}))')
        for kind in ('mousePressed', 'mouseReleased'):
            self('Input.dispatchMouseEvent', type=kind, x=box[0], y=box[1], button='left', clickCount=1)

    KEYS = {'Enter': 13, 'Escape': 27, 'ArrowLeft': 37, 'ArrowUp': 38, 'ArrowRight': 39, 'ArrowDown': 40, 'Tab': 9}

    def key(self, name):
        code = self.KEYS.get(name, ord(name) if len(name) == 1 else 0)
        text = {'Enter': '\r'}.get(name, name if len(name) == 1 else '')
        self('Input.dispatchKeyEvent', type='keyDown' if text else 'rawKeyDown', key=name, text=text, windowsVirtualKeyCode=code)
        self('Input.dispatchKeyEvent', type='keyUp', key=name, windowsVirtualKeyCode=code)

    def type(self, text):
        self('Input.insertText', text=text)

    def file(self, name):
        """What the page saved under that name, whole."""
        path, end = os.path.join(self.saved, name), time.monotonic() + self.timeout
        while not any(m.get('method') == 'Page.downloadProgress' and m['params']['state'] == 'completed' for m in self.events):
            self.events.append(self.message(end))
        self.events = [m for m in self.events if m.get('method') != 'Page.downloadProgress']
        with open(path, encoding='utf-8', newline='') as f:
            return f.read()

    def requests(self):
        """Addresses that the page asked for since open, without files, data and blobs."""
        urls = [m['params']['request']['url'] for m in self.events if m.get('method') == 'Network.requestWillBeSent']
        return [u for u in urls if not u.startswith(('file:', 'data:', 'blob:', 'about:'))]

    def complaints(self):
        """Exceptions, and errors and warnings of the console, since open."""
        return [m['params'] for m in self.events
                if m.get('method') == 'Runtime.exceptionThrown' or (m.get('method') == 'Log.entryAdded' and m['params']['entry']['level'] == 'error')]

    def screenshot(self, path, whole=False):
        with open(path, 'wb') as f:
            f.write(base64.b64decode(self('Page.captureScreenshot', captureBeyondViewport=whole)['data']))

    def close(self):
        try:
            self.session = None
            self('Browser.close')
            self.process.wait(10)
        except (OSError, EOFError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
