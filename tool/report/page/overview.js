// What was found, counted by check, level, file and novelty. A count is a button
// that chooses what it counts.

const FEW = 4; // rows of a facet that are shown at first
const HOLDS = 20; // rows of the table of holds, likewise

function share(part, whole) {
  const bar = make('span', {class: 'bar', 'aria-hidden': 'true'});
  bar.style.setProperty('--share', String(whole ? part / whole : 0));
  return bar;
}

function counted(count, one, many) {
  return count + ' ' + (count === 1 ? one : many);
}

function facetPanel(facet, filter, wide, changed) {
  const findings = data.findings.filter((finding) => !isHidden(finding, filter) ||
    (facet.key === 'state' && finding.state === 'absent'));
  const counts = countBy(facet, findings);
  if (!counts.length) return null;
  const most = Math.max(...counts.map(([, count]) => count));
  const chosen = filter.chosen[facet.key];
  const rows = counts.filter(([value], index) => wide.has(facet.key) || index < FEW ||
                                                chosen.has(value));
  const list = make('ul', {}, rows.map(([value, count]) => {
    const button = make('button', {type: 'button', 'aria-pressed': String(chosen.has(value)),
                                   'data-facet': facet.key, 'data-value': value},
      make('span', {class: 'value ' + (facet.key === 'level' ? 'level-' + value : '')},
           shown(value)),
      make('span', {class: 'number'}, String(count)), share(count, most));
    button.addEventListener('click', () => {
      if (!chosen.delete(value)) chosen.add(value);
      changed(button);
    });
    return make('li', {}, button);
  }));
  const panel = make('section', {class: 'facet', 'aria-label': facet.title},
                     make('h2', {}, facet.title), list);
  if (rows.length < counts.length) {
    const all = make('button', {type: 'button', class: 'quiet'}, `All ${counts.length}`);
    all.addEventListener('click', () => {
      wide.add(facet.key);
      changed();
    });
    panel.append(all);
  }
  return panel;
}

function suppressedSwitch(filter, changed) {
  const count = data.findings.filter((finding) => finding.suppressed !== undefined).length;
  if (!count) return null;
  const box = make('input', {type: 'checkbox', id: 'suppressed'});
  box.checked = filter.suppressed;
  box.addEventListener('change', () => {
    filter.suppressed = box.checked;
    changed(box);
  });
  return make('p', {}, make('label', {}, box,
                            ` With the ${counted(count, 'finding', 'findings')} that ` +
                            (count === 1 ? 'is' : 'are') + ' suppressed'));
}

// What the tools say of themselves, such as what they did not analyse.
function notesPanel() {
  if (!data.notes.length) return null;
  const failed = data.notes.filter((note) => note.level === 'error').length;
  return make('details', {class: 'notes'},
    make('summary', {}, counted(data.notes.length, 'message', 'messages') + ' of the run' +
         (failed ? `, ${counted(failed, 'error', 'errors')}: not everything was analysed` : '')),
    make('ul', {}, data.notes.map((note) => make('li', {},
      make('strong', {class: 'level-' + note.level}, note.level), ' ',
      note.at ? [make('code', {}, shown(data.files[note.at[0]].path +
                                        (note.at[1] ? ':' + note.at[1] : ''))), ' '] : [],
      shown(plainText(note.text))))));
}

// How long each connection is held, the longest first.
function holdsPanel() {
  if (!data.holds.length) return null;
  const holds = [...data.holds].sort((a, b) => b.statements - a.statements);
  const row = (hold) => make('tr', {},
    make('th', {scope: 'row'}, share(hold.statements, holds[0].statements),
         make('span', {class: 'number'}, String(hold.statements))),
    make('td', {class: 'number'}, String(hold.calls)),
    make('td', {}, shown([hold.what, hold.handle && `'${hold.handle}'`].filter(Boolean).join(' '))),
    make('td', {class: 'code'}, shown(hold.function || ''), make('br'),
         make('span', {class: 'place'}, hold.at
           ? shown(data.files[hold.at[0]].path + ':' + hold.at[1]) : '')),
    make('td', {}, [
      ...(hold.leaks ? [['lost', 'leaks']] : []),
      ...(hold.blocksOn || []).map((what) => ['wait', 'blocks on ' + what]),
      ...(hold.tooLong ? [['wrong', 'too long']] : []),
    ].map(([role, text]) => make('div', {class: 'label ' + role}, sign(role), shown(text)))));
  const body = make('tbody', {}, holds.slice(0, HOLDS).map(row));
  const panel = make('details', {class: 'holds'},
    make('summary', {}, counted(holds.length, 'connection is', 'connections are') +
         ` held, for up to ${counted(holds[0].statements, 'statement', 'statements')}`),
    make('table', {}, make('thead', {}, make('tr', {},
      ['Statements', 'Calls', 'Connection', 'Function', 'Notes'].map(
        (title) => make('th', {scope: 'col'}, title)))), body));
  if (holds.length > HOLDS) {
    const all = make('button', {type: 'button', class: 'quiet'}, `All ${holds.length}`);
    all.addEventListener('click', () => {
      body.append(...holds.slice(HOLDS).map(row));
      all.remove();
    });
    panel.append(all);
  }
  return panel;
}

function fillOverview(place, filter, wide, changed) {
  const opened = [...place.querySelectorAll('details[open]')].map((part) => part.className);
  place.replaceChildren(make('div', {class: 'facets'},
    FACETS.map((facet) => facetPanel(facet, filter, wide, changed))),
    ...[suppressedSwitch(filter, changed), holdsPanel(), notesPanel()].filter((part) => part));
  for (const name of opened) place.querySelector('details.' + name).open = true;
}

function originText(filter) {
  const tools = data.tools.map((tool) => (tool.name + ' ' + tool.version).trim()).join(', ');
  const there = data.findings.filter((finding) => !isHidden(finding, filter));
  const files = new Set(there.filter((finding) => finding.at).map((finding) => finding.at[0]));
  return `${counted(there.length, 'finding', 'findings')} in ` +
    `${counted(files.size, 'file', 'files')}, by ${tools || 'an unnamed tool'}, from ` +
    (data.logs.length > 3 ? `${data.logs.length} logs` : data.logs.join(', '));
}
