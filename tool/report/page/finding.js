// One finding: what is wrong, the trail that leads there, its source and its fix.

function facts(finding) {
  const place = finding.at
    ? data.files[finding.at[0]].path + (finding.at[1] ? ':' + finding.at[1] : '') : 'no place';
  const list = make('dl', {class: 'facts'});
  const add = (title, value, type) => {
    if (value)
      list.append(make('div', {}, make('dt', {}, title),
                       make('dd', {class: type}, shown(value))));
  };
  add('Level', finding.level, 'level-' + finding.level);
  add('Place', place, 'code');
  add('Function', finding.function, 'code');
  add('Certainty', finding.certainty);
  add('Against the baseline', finding.state);
  if (finding.suppressed !== undefined)
    add('Suppressed', finding.suppressed || 'without a reason');
  return list;
}

function rulePanel(finding) {
  const rule = data.rules[finding.check] || {};
  if (!rule.help && !rule.summary) return null;
  return make('details', {class: 'rule'},
    make('summary', {}, make('code', {}, shown(finding.check)), ' ', shown(rule.summary)),
    make('div', {class: 'manual'}, shown(rule.help || rule.summary)));
}

// The steps as buttons; `go` is called with the number of the one that is chosen.
function trailOf(marks, go) {
  const steps = marks.filter((mark) => mark.number);
  if (!steps.length) return null;
  return make('section', {class: 'trail', 'aria-label': 'Trail'}, make('h3', {}, 'Trail'),
    make('ol', {}, steps.map((mark) => {
      const button = make('button', {type: 'button', 'data-step': mark.number},
        sign(mark.role),
        make('span', {class: 'step-number'}, mark.number + '.'),
        make('span', {class: 'step-text'}, shown(mark.text || ROLES[mark.role]),
             make('span', {class: 'where'}, mark.at
               ? shown(' ' + data.files[mark.at[0]].path.split('/').pop() + ':' + mark.at[1])
               : ' no place')));
      if (go) button.addEventListener('click', () => go(mark.number));
      const item = make('li', {}, button);
      item.style.setProperty('--depth', String(Math.min(mark.depth, 5)));
      return item;
    })));
}

function fixPanel(fix) {
  const hunks = hunksOf(fix, data.files);
  const line = (kind, mark, text) => make(kind, {},
    make('span', {class: 'unseen'}, kind === 'ins' ? 'added: ' : 'removed: '),
    mark, shown(text), '\n');
  return make('section', {class: 'fix', 'aria-label': 'Proposed fix'},
    make('h3', {}, 'Proposed fix'),
    fix.text ? make('p', {}, shown(plainText(fix.text))) : null,
    hunks.map((hunk) => make('figure', {},
      make('figcaption', {}, shown(data.files[hunk.file].path + ':' + hunk.line)),
      make('pre', {tabindex: '0', 'aria-label': 'Difference'},
           hunk.removed.map((text) => line('del', '- ', text)),
           hunk.added.map((text) => line('ins', '+ ', text))))),
    hunks.length ? null : make('p', {}, 'The source it changes is not at hand.'));
}

// `view` = {way, opened, go(number), open(gap), choose(way)}; on paper there is
// nothing to choose.
function findingPanel(finding, view) {
  const marks = marksOf(finding, view.way);
  const ways = finding.ways.length > 1 && view.choose
    ? make('p', {class: 'ways'}, 'Ways that lead here: ', finding.ways.map((steps, way) => {
      const button = make('button', {type: 'button', 'aria-pressed': String(way === view.way)},
                          `${way + 1} (${counted(steps.length, 'step', 'steps')})`);
      button.addEventListener('click', () => view.choose(way));
      return button;
    })) : null;
  const source = make('div', {class: 'tables', role: 'region', 'aria-label': 'Source',
                              tabindex: view.go ? '0' : undefined},
                      sourceOf(finding, marks, view.opened, view.open));
  return make('article', {},
    make('h2', {}, shown(finding.text)), facts(finding), rulePanel(finding), ways,
    make('div', {class: 'story'}, trailOf(marks, view.go), source),
    finding.fixes.map(fixPanel));
}
