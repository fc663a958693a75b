'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const items = data.items || [], rules = data.rules || [], log = data.log || [], run = data.run || {}, volumes = data.volumes || [];
  const PAGE = 200;
  const $ = id => document.getElementById(id);
  // Everything is put into the page as text: names and values are other people's.
  const el = (tag, attributes, ...children) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes || {}))
      if (k === 'on') for (const [event, f] of Object.entries(v)) e.addEventListener(event, f);
      else if (v !== undefined && v !== null && v !== false) e.setAttribute(k, v === true ? '' : v);
    e.append(...children.filter(c => c !== null && c !== undefined && c !== false));
    return e;
  };
  const plural = (n, one, many) => `${n.toLocaleString('en')} ${n === 1 ? one : many || one + 's'}`;
  const text = v => (v === undefined ? '' : typeof v === 'string' ? v : JSON.stringify(v, null, 2));

  // ---- what the items come to
  const LOST = ['lost', 'changed', 'invalid', 'no-replacement', 'not-served', 'doubtful'];
  const OWN = ['pintle.io/reset-metadata', 'pintle.io/restore-labels']; // every item of a restore goes through them
  const unresolved = [], lost = [], memory = new Map();
  let known = null;
  for (const item of items) {
    item.findings = [];
    item.rules = new Set();
    item.nChanges = 0;
    for (const a of item.actions || []) {
      item.nChanges += OWN.includes(a.action) ? 0 : (a.changes || []).length;
      for (const c of a.changes || []) if (c.why) item.rules.add(ruleOf(a.action, c.why));
      for (const n of a.notes || []) item.rules.add(ruleOf(a.action, n.why));
      for (const f of a.findings || []) {
        item.findings.push({...f, action: a.action});
        if (f.code === 'unresolved') unresolved.push({item, f, action: a.action});
        else if (LOST.includes(f.code)) lost.push({item, f, action: a.action});
      }
      if (a.skip) lost.push({item, f: {severity: 'warn', code: 'skipped', text: a.skip}, action: a.action});
    }
  }
  // A change's note says what became of one value; the rule behind it is the one of that place, or whose pattern fits that value.
  function ruleOf(action, why) {
    const note = why.replace(/ \(\d+ times\)$/, ''), at = (note.match(/^[\w.[\]]*\](?=: )/) || [note])[0];
    known = known || new Map(rules.map(r => [r.action + '\n' + r.rule, r]));
    if (known.has(action + '\n' + note)) return action + '\n' + note;
    const fits = r => {
      if (r.action !== action) return false;
      if (at !== note) return r.rule.startsWith(at + ': ');
      const [option, from] = split(r.rule), [mine, value] = split(note);
      return option === mine && from.includes('*') && new RegExp('^' + from.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*') + '$').test(value);
    };
    const key = action + '\n' + note;
    if (!memory.has(key)) memory.set(key, (rules.find(fits) || {rule: note}).rule);
    return action + '\n' + memory.get(key);
  }
  function split(rule) {
    const colon = rule.indexOf(': '), arrow = rule.lastIndexOf(' -> ');
    return colon < 0 || arrow < 0 ? ['', ''] : [rule.slice(0, colon), rule.slice(colon + 2, arrow)];
  }
  const id = item => `${item.resource || ''} ${item.namespace ? item.namespace + '/' : ''}${item.name || ''}`;
  const errors = log.filter(l => l.level === 'error'), warnings = log.filter(l => l.level === 'warning');
  const haystack = item => item.text || (item.text = (id(item) + ' ' + (item.message || '') + ' ' + JSON.stringify(item.actions || '')).toLowerCase());

  // ---- filters, kept in the address so that a view can be passed on
  const state = {tab: 'items', q: '', tile: '', kind: '', ns: '', action: '', rule: '', open: ''};
  const TABS = ['items', 'unresolved', 'rules', 'volumes', 'errors', 'timeline'];
  const read = () => {
    const from = new URLSearchParams(location.hash.slice(1));
    for (const k of Object.keys(state)) state[k] = from.get(k) || '';
    if (!TABS.includes(state.tab)) state.tab = 'items';
  };
  const write = replace => {
    const to = new URLSearchParams();
    for (const [k, v] of Object.entries(state)) if (v && !(k === 'tab' && v === 'items')) to.set(k, v);
    const hash = '#' + to;
    if (hash !== location.hash) history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  };
  const set = (change, replace) => {
    Object.assign(state, change);
    write(replace);
    show();
  };
  const TILES = {
    changed: i => i.nChanges > 0, created: i => i.outcome === 'created', updated: i => i.outcome === 'updated', unchanged: i => i.outcome === 'unchanged',
    skipped: i => i.outcome === 'skipped', failed: i => i.outcome === 'failed', unresolved: i => i.findings.some(f => f.code === 'unresolved'),
    lost: i => i.findings.some(f => LOST.includes(f.code)) || (i.actions || []).some(a => a.skip),
  };
  const matches = item =>
    (!state.tile || !TILES[state.tile] || TILES[state.tile](item)) && (!state.kind || item.resource === state.kind) &&
    (!state.ns || (state.ns === '(cluster)' ? !item.namespace : item.namespace === state.ns)) &&
    (!state.action || (item.actions || []).some(a => a.action === state.action)) && (!state.rule || item.rules.has(state.rule)) &&
    state.q.toLowerCase().split(/\s+/).every(w => haystack(item).includes(w));

  // ---- an item
  const lines = (value, other, kind, none) => {
    const pre = el('pre', {}), mine = text(value).split('\n'), theirs = new Set(text(other).split('\n'));
    if (value === undefined) pre.append(el('span', {class: 'none'}, none));
    else for (const l of mine) pre.append(el('span', {class: mine.length > 1 && theirs.has(l) ? 'same' : kind}, l || ' '));
    return pre;
  };
  const rulePlace = key => {
    const r = rules.find(r => ruleOf(r.action, r.rule) === key);
    return r && r.place;
  };
  const change = (action, c) => {
    const key = c.why && ruleOf(action, c.why), place = key && rulePlace(key);
    const rule = key && rules.some(r => ruleOf(r.action, r.rule) === key)
      ? el('button', {type: 'button', on: {click: () => set({tab: 'rules', open: key})}}, c.why + (place ? `  ${place}` : ''))
      : c.why ? el('span', {class: 'none'}, c.why) : null;
    const head = el('p', {}, el('code', {}, c.path || '(all of it)'), rule);
    return el('div', {class: 'change'}, head, el('div', {class: 'sides'}, lines(c.old, c.new, 'gone', c.op === 'add' ? 'not there' : 'not known'),
      lines(c.new, c.old, 'come', c.from ? 'from ' + c.from : 'removed')));
  };
  const finding = f => el('p', {class: 'finding'}, el('span', {class: 'pill ' + f.severity}, f.code || f.severity),
    el('span', {}, f.text, f.at ? el('code', {}, '  ' + f.at) : null));
  const detail = item => {
    const box = el('div', {class: 'detail'});
    if (item.place) box.append(el('p', {class: 'none mono'}, item.place));
    if (item.message) box.append(el('p', {}, item.message));
    for (const a of item.actions || []) {
      const paths = new Set((a.changes || []).map(c => c.path)), rest = (a.notes || []).filter(n => !paths.has(n.at));
      if (!a.changed && !(a.findings || []).length && !a.skip && !a.error && !a.left && !rest.length && !(a.log || []).length) continue;
      box.append(el('h3', {}, a.action, el('small', {}, `  ${a.plugin || ''}${a.ns ? '  ' + (a.ns / 1000).toFixed(0) + ' µs' : ''}`)));
      if (!a.changes && a.changed) box.append(el('p', {class: 'none'}, plural(a.changed, 'change') + ' that every item goes through'));
      for (const c of a.changes || []) box.append(change(a.action, c));
      for (const n of rest) box.append(el('p', {class: 'none'}, n.why, el('code', {}, '  ' + n.at)));
      for (const f of a.findings || []) box.append(finding(f));
      if (a.skip) box.append(finding({severity: 'warn', code: 'left out', text: a.skip}));
      if (a.left) box.append(el('p', {class: 'none'}, a.left));
      if (a.error) box.append(finding({severity: 'error', code: a.error.status || 'error', text: [a.error.message, a.error.hint].filter(Boolean).join('. '), at: a.error.at}));
      for (const l of a.log || []) box.append(finding({severity: l.level, code: l.level, text: l.msg}));
    }
    if (box.childNodes.length === 0) box.append(el('p', {class: 'none'}, 'No action changed it.'));
    return box;
  };
  const row = item => {
    const key = id(item), open = state.open === key;
    const about = [item.nChanges && plural(item.nChanges, 'change'), item.findings.length && plural(item.findings.length, 'finding')].filter(Boolean).join(', ');
    const button = el('button', {type: 'button', 'aria-expanded': open ? 'true' : 'false', 'data-item': key, on: {click: () => toggle(box, item)}},
      el('span', {}, el('span', {class: 'pill ' + item.outcome}, item.outcome || '?')), el('span', {class: 'kind'}, item.resource || ''),
      el('span', {class: 'name'}, item.namespace ? el('small', {}, item.namespace + '/') : null, item.name || ''), el('span', {class: 'about'}, about));
    const box = el('div', {class: 'row'}, button);
    if (open) box.append(detail(item));
    return box;
  };
  const toggle = (box, item) => {
    const open = box.childNodes.length > 1;
    for (const other of document.querySelectorAll('.row')) {
      if (other.childNodes.length > 1) other.lastChild.remove();
      other.firstChild.setAttribute('aria-expanded', 'false');
    }
    if (!open) box.append(detail(item)), box.firstChild.setAttribute('aria-expanded', 'true');
    state.open = open ? '' : id(item);
    write(true);
  };

  // ---- the tabs
  let showAll = null; // shows the rows that are not shown yet: paper has no button for them
  addEventListener('beforeprint', () => showAll && showAll());
  const list = (main, found) => {
    let shown = 0;
    const box = el('div', {});
    const more = el('button', {id: 'more', type: 'button', on: {click: () => grow()}});
    const grow = () => {
      for (const end = Math.min(found.length, shown + PAGE); shown < end; shown++) box.append(row(found[shown]));
      more.textContent = `Show ${Math.min(PAGE, found.length - shown)} more of ${(found.length - shown).toLocaleString('en')}`;
      more.hidden = shown >= found.length;
    };
    grow();
    main.append(found.length ? box : el('p', {class: 'empty'}, 'Nothing matches.'), more);
    const at = state.open ? found.findIndex(i => id(i) === state.open) : -1;
    while (at >= shown) grow();
    showAll = () => { while (shown < found.length) grow(); };
  };
  const table = (heads, rows) => el('table', {}, el('thead', {}, el('tr', {}, ...heads.map(h => el('th', {scope: 'col', class: h.startsWith('#') ? 'number' : null}, h.replace('#', ''))))),
    el('tbody', {}, ...rows.map(r => el('tr', {}, ...r.map((c, i) => el('td', {class: heads[i].startsWith('#') ? 'number' : null}, c))))));
  const link = item => el('button', {type: 'button', on: {click: () => set({tab: 'items', q: '', tile: '', kind: '', ns: '', action: '', rule: '', open: id(item)})}}, id(item));
  const findings = (title, all, none) => [el('h2', {}, title), all.length
    ? table(['Item', 'What', 'Why', 'Where'], all.map(({item, f}) => [link(item), el('span', {class: 'pill ' + f.severity}, f.code), f.text, el('code', {}, f.at || '')]))
    : el('p', {class: 'empty'}, none)];
  const seen = all => all.filter(({item, f}) => matches(item) && (!state.q || (id(item) + f.text + (f.at || '')).toLowerCase().includes(state.q.toLowerCase())));
  const PANES = {
    items: main => {
      const found = items.filter(matches);
      $('count').textContent = found.length === items.length ? plural(items.length, 'item') : `${found.length.toLocaleString('en')} of ${plural(items.length, 'item')}`;
      list(main, found);
    },
    unresolved: main => main.append(...findings('Still pointing at the old cluster', seen(unresolved), 'Nothing that was looked at points at the old cluster.'),
      ...findings('Not kept, or to be looked at', seen(lost), 'Nothing was lost.')),
    rules: main => {
      const found = rules.filter(r => (!state.action || r.action === state.action) && (r.rule + (r.place || '')).toLowerCase().includes(state.q.toLowerCase()))
        .sort((a, b) => (a.count > 0) - (b.count > 0) || b.count - a.count);
      $('count').textContent = `${plural(rules.length, 'rule')}, ${rules.filter(r => !r.count).length} never matched`;
      main.append(found.length ? table(['Rule', 'Where it stands', '#Matches', 'Nearest misses'], found.map(r => {
        const key = ruleOf(r.action, r.rule);
        const items = el('button', {type: 'button', 'data-rule': key, on: {click: () => set({tab: 'items', tile: '', q: '', kind: '', ns: '', action: '', rule: key, open: ''})}}, r.rule);
        const misses = (r.misses || []).filter(m => m.count).map(m => `${m.count} but for ${m.what}`).join('; ');
        return [el('span', {}, items, el('br', {}), el('small', {class: 'none'}, r.action)), el('code', {}, r.place || ''),
          r.count ? r.count.toLocaleString('en') : el('span', {class: 'pill warn'}, 'never'), misses];
      })) : el('p', {class: 'empty'}, 'No rules.'));
    },
    volumes: main => main.append(volumes.length ? table(['Volume', 'Claim', 'How its data is saved', 'More'], volumes.map(v => [
      v.pvName || '', v.pvcName ? `${v.pvcNamespace}/${v.pvcName}` : '', v.skipped ? el('span', {class: 'pill warn'}, 'not saved') : v.backupMethod || v.restoreMethod || '',
      v.skippedReason || [v.result, (v.nativeSnapshotInfo || v.csiSnapshotInfo || {}).snapshotHandle].filter(Boolean).join(' ')]))
      : el('p', {class: 'empty'}, 'No volumes, or the backup says nothing of them.')),
    errors: main => {
      const found = log.filter(l => (l.message + id(l) + (l.plugin || '')).toLowerCase().includes(state.q.toLowerCase()) && (!state.action || l.plugin === state.action));
      const by = {};
      for (const l of errors) by[l.plugin || 'pintle'] = (by[l.plugin || 'pintle'] || 0) + 1;
      $('count').textContent = Object.entries(by).map(([k, n]) => `${k}: ${plural(n, 'error')}`).join(', ');
      main.append(found.length ? table(['Level', 'Item', 'Message', 'From'], found.map(l => [el('span', {class: 'pill ' + l.level}, l.level), id(l).trim(), l.message, l.plugin || 'pintle']))
        : el('p', {class: 'empty'}, 'No warnings and no errors.'));
      if (data.logDropped) main.append(el('p', {class: 'none'}, `${plural(data.logDropped, 'more line')} only counted.`));
    },
    timeline: main => {
      const phases = data.phases || [], start = phases.length ? Date.parse(phases[0].time) : 0;
      main.append(el('h2', {}, 'Phases'), phases.length ? table(['Phase', 'Began', '#After'], phases.map(p => [p.phase, p.time, ((Date.parse(p.time) - start) / 1000).toFixed(0) + ' s']))
        : el('p', {class: 'empty'}, 'None told.'));
      const times = (data.actions || []).slice().sort((a, b) => seconds(b) - seconds(a));
      if (times.length) main.append(el('h2', {}, 'Actions, the slowest first'), table(['Action', 'Plugin', '#Calls', '#Errors', '#Seconds', '#Mean'],
        times.map(a => [a.action || a.name || '', a.plugin || '', (a.calls || 0).toLocaleString('en'), a.errors || 0, seconds(a).toFixed(3),
          a.calls ? (seconds(a) / a.calls * 1e6).toFixed(1) + ' µs' : ''])));
      if ((data.operations || []).length) main.append(el('h2', {}, 'Operations'), table(['Operation', 'State'], data.operations.map(o => [
        (o.spec || {}).operationID || '', (o.status || {}).phase || ''])));
    },
  };
  const seconds = a => a.seconds || (a.ns || a.nanoseconds || 0) / 1e9;

  // ---- the frame
  const tile = (key, n, label, kind) => el('button', {type: 'button', class: 'tile ' + (n ? kind || '' : ''), 'data-tile': key, 'aria-pressed': state.tile === key && state.tab === 'items' ? 'true' : 'false',
    on: {click: () => set({tab: 'items', tile: state.tile === key && state.tab === 'items' ? '' : key, open: ''})}}, el('b', {}, n.toLocaleString('en')), el('span', {}, label));
  const count = key => items.reduce((n, i) => n + TILES[key](i), 0);
  const counts = Object.fromEntries(Object.keys(TILES).map(k => [k, count(k)]));
  const tiles = () => {
    const all = [tile('', items.length, 'items'), tile('changed', counts.changed, run.dryRun ? 'would change' : 'changed by actions')];
    for (const [k, kind] of [['created', 'good'], ['updated', 'good'], ['unchanged', ''], ['skipped', 'warn'], ['failed', 'bad']])
      if (counts[k] || k === 'failed') all.push(tile(k, counts[k], k === 'created' && run.dryRun ? 'would be created' : k, kind));
    all.push(tile('unresolved', counts.unresolved, 'with unresolved references', 'warn'), tile('lost', counts.lost, 'not kept whole', 'warn'));
    $('tiles').replaceChildren(...all);
  };
  const tabs = () => {
    const n = {items: items.length, unresolved: unresolved.length + lost.length, rules: rules.length, volumes: volumes.length, errors: errors.length + warnings.length, timeline: ''};
    const names = {items: 'Items', unresolved: 'Unresolved', rules: 'Rules', volumes: 'Volumes', errors: 'Errors', timeline: 'Timeline'};
    $('tabs').replaceChildren(...TABS.map(t => el('button', {type: 'button', role: 'tab', id: 'tab-' + t, 'aria-selected': state.tab === t ? 'true' : 'false', tabindex: state.tab === t ? '0' : '-1',
      on: {click: () => set({tab: t, open: ''})}}, names[t] + ' ', el('small', {}, n[t].toLocaleString('en')))));
  };
  const choices = (box, what, values, value) => {
    box.replaceChildren(el('option', {value: ''}, what), ...[...values].sort().map(v => el('option', {value: v}, v)));
    box.value = value;
  };
  const kinds = new Set(items.map(i => i.resource).filter(Boolean)), spaces = new Set(items.map(i => i.namespace || '(cluster)'));
  const names = new Set(items.flatMap(i => (i.actions || []).map(a => a.action)));
  function show() {
    const main = $('main'), started = performance.now(), {tile, rule} = document.activeElement.dataset, focused = document.activeElement.id;
    main.replaceChildren();
    showAll = null;
    $('count').textContent = '';
    tiles();
    tabs();
    choices($('kind'), 'All kinds', kinds, state.kind);
    choices($('namespace'), 'All namespaces', spaces, state.ns);
    choices($('action'), 'All actions', names, state.action);
    if ($('search').value !== state.q) $('search').value = state.q;
    if (state.rule) main.append(el('p', {}, 'Items that the rule ', el('code', {}, state.rule.split('\n')[1]), ' changed. ',
      el('button', {type: 'button', on: {click: () => set({rule: ''})}}, 'All items')));
    main.setAttribute('aria-labelledby', 'tab-' + state.tab);
    PANES[state.tab](main);
    // What had the focus was made anew: who works with the keyboard goes on from there.
    const again = tile !== undefined ? [...$('tiles').children].find(t => t.dataset.tile === tile) : focused && $(focused);
    if (again && again !== document.activeElement) again.focus({preventScroll: true});
    else if (rule && !again) main.focus({preventScroll: true});
    document.body.dataset.rendered = (performance.now() - started).toFixed(1);
  }
  const save = (name, type, content) => {
    const a = el('a', {href: URL.createObjectURL(new Blob([content], {type})), download: name});
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  };
  // A leading = + - @ would be a formula to a spreadsheet.
  const cell = v => '"' + String(v ?? '').replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""') + '"';
  const csv = () => {
    const out = [['resource', 'namespace', 'name', 'outcome', 'action', 'path', 'old', 'new', 'rule', 'finding', 'text'].map(cell).join(',')];
    for (const i of items.filter(matches)) {
      const head = [i.resource, i.namespace, i.name, i.outcome], before = out.length;
      for (const a of i.actions || []) {
        for (const c of a.changes || []) out.push([...head, a.action, c.path, text(c.old), text(c.new), c.why].map(cell).join(','));
        for (const f of a.findings || []) out.push([...head, a.action, f.at, '', '', '', f.code, f.text].map(cell).join(','));
      }
      if (out.length === before) out.push([...head, '', '', '', '', '', '', i.message].map(cell).join(','));
    }
    return out.join('\r\n') + '\r\n';
  };
  const file = (run.name || 'report').replace(/[^\w.-]/g, '-');
  $('csv').addEventListener('click', () => save(file + '.csv', 'text/csv', csv()));
  $('json').addEventListener('click', () => save(file + '.json', 'application/json', $('data').textContent.trim() + '\n'));
  $('search').addEventListener('input', () => set({q: $('search').value, open: ''}, true));
  $('kind').addEventListener('change', () => set({kind: $('kind').value, open: ''}));
  $('namespace').addEventListener('change', () => set({ns: $('namespace').value, open: ''}));
  $('action').addEventListener('change', () => set({action: $('action').value, open: ''}));
  $('clear').addEventListener('click', () => set({q: '', tile: '', kind: '', ns: '', action: '', rule: '', open: ''}));
  addEventListener('popstate', () => (read(), show()));
  addEventListener('hashchange', () => (read(), show()));
  $('tabs').addEventListener('keydown', e => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
    if (!step) return;
    set({tab: TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length], open: ''});
    $('tab-' + state.tab).focus();
  });
  addEventListener('keydown', e => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (e.key === '/' && !typing) $('search').focus(), e.preventDefault();
    else if (e.key === 'Escape' && document.activeElement === $('search')) set({q: ''}, true), $('main').focus();
    else if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && !typing) {
      const all = [...document.querySelectorAll('.row > button')], at = all.indexOf(document.activeElement);
      if (!all.length || !(at >= 0 || document.activeElement === $('main') || document.activeElement === document.body)) return;
      const next = all[Math.max(0, Math.min(all.length - 1, at + (e.key === 'ArrowDown' ? 1 : -1)))];
      next.focus(), e.preventDefault();
    }
  });
  const facts = [['', run.dryRun ? 'A dry run: nothing was written' : ''], ['Phase', run.phase], ['From', run.source], ['To', run.target], ['Chain', run.chain], ['Namespaces', run.namespaceMapping &&
    Object.entries(run.namespaceMapping).map(([a, b]) => `${a} → ${b}`).join(', ')], ['Took', run.seconds !== undefined && run.seconds + ' s']];
  $('title').textContent = `${run.kind || 'Run'} ${run.name || ''}`;
  document.title = $('title').textContent + ' — pintle report';
  for (const [k, v] of facts.filter(f => f[1])) $('facts').append(el('span', {}, k ? k + ' ' : '', el('b', {}, v)));
  const plugins = (run.plugins || []).map(p => `${p.name} ${p.version || ''} ${(p.sha256 || '').slice(0, 12)}`.trim()).join(', ');
  $('footer').append(...[run.configuration && `Configuration ${run.configuration}. `, plugins && `Plugins: ${plugins}. `, run.next && el('span', {}, 'Next: ', el('code', {}, run.next))].filter(Boolean));
  read();
  show();
  document.body.dataset.ready = performance.now().toFixed(1);
})();
