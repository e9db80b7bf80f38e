// The page as a whole: what is chosen, and what keys and clicks do.

const PORTION = 300; // rows that are added to the list at a time

const byId = (id) => document.getElementById(id);
const filter = {chosen: Object.fromEntries(FACETS.map((facet) => [facet.key, new Set()])),
                words: [], suppressed: false};
const wide = new Set(); // facets of which all rows are shown
let chosen = []; // findings that the filter leaves
let listed = 0; // of these, so many are in the list
let current = null; // the finding that is shown
let way = 0;
let step = 0; // 0: none
let opened = []; // gaps

function say(text) {
  byId('said').textContent = text;
}

function rowOf(finding) {
  const place = finding.at
    ? data.files[finding.at[0]].path + (finding.at[1] ? ':' + finding.at[1] : '') : '';
  return make('li', {}, make('a', {href: '#finding-' + (finding.number + 1)},
    make('span', {class: 'level level-' + finding.level}, finding.level),
    finding.state === 'new' ? make('span', {class: 'new'}, 'new') : null,
    make('span', {class: 'message'}, shown(finding.text)),
    make('span', {class: 'place'}, shown(place)),
    make('span', {class: 'check'}, shown(finding.check))));
}

function listMore() {
  const next = chosen.slice(listed, listed + PORTION);
  byId('list').append(...next.map(rowOf));
  listed += next.length;
  byId('more').hidden = listed >= chosen.length;
  byId('more').textContent = `Show more of ${chosen.length}`;
}

function markCurrent() {
  for (const link of byId('list').querySelectorAll('[aria-current]'))
    link.removeAttribute('aria-current');
  const index = chosen.indexOf(current);
  if (index < 0) return null;
  while (listed <= index) listMore();
  const link = byId('list').children[index].firstElementChild;
  link.setAttribute('aria-current', 'true');
  return link;
}

function showList() {
  chosen = data.findings.filter((finding) => isChosen(finding, filter));
  byId('list').replaceChildren();
  listed = 0;
  listMore();
  const whole = data.findings.length;
  byId('count').textContent = chosen.length === whole
    ? counted(whole, 'finding', 'findings') : `${chosen.length} of ${whole} findings`;
  markCurrent();
}

function filterChanged(origin) {
  const again = origin && origin.dataset;
  fillOverview(byId('overview'), filter, wide, filterChanged);
  // The button that was pressed has been made anew.
  if (origin && origin.id) byId(origin.id).focus();
  else if (again)
    [...byId('overview').querySelectorAll('[data-facet]')].find((button) =>
      button.dataset.facet === again.facet && button.dataset.value === again.value)?.focus();
  showList();
  if (chosen.length && !chosen.includes(current)) show(chosen[0]);
}

function draw() {
  byId('detail').replaceChildren(current ? findingPanel(current, {
    way, opened, go: goTo,
    open: (gap) => {
      opened.push(gap);
      draw();
      goTo(step, false);
    },
    choose: (other) => {
      way = other;
      opened = [];
      step = 0;
      draw();
    },
  }) : make('p', {class: 'nothing'}, 'Nothing was found.'));
}

function show(finding) {
  current = finding;
  way = 0;
  step = 0;
  opened = [];
  draw();
  byId('detail').scrollTop = 0;
  const link = markCurrent();
  if (link) link.scrollIntoView({block: 'nearest'});
  if (finding) history.replaceState(null, '', '#finding-' + (finding.number + 1));
}

function move(by) {
  const index = chosen.indexOf(current);
  const next = chosen[index < 0 ? 0 : index + by];
  if (!next) return say(by > 0 ? 'This is the last finding.' : 'This is the first finding.');
  const inList = byId('list').contains(document.activeElement);
  show(next);
  if (inList) markCurrent().focus();
  say(`Finding ${chosen.indexOf(next) + 1} of ${chosen.length}: ${next.text}`);
}

// Shows a step in the trail and in the source.
function goTo(number, speak = true) {
  const detail = byId('detail');
  const steps = current ? (current.ways[way] || []).length : 0;
  if (number < 1 || number > steps) return;
  step = number;
  for (const old of detail.querySelectorAll('.current')) {
    old.classList.remove('current');
    old.removeAttribute('aria-current');
  }
  for (const part of detail.querySelectorAll(`[data-step="${number}"]`)) {
    part.classList.add('current');
    if (part.tagName === 'BUTTON') part.setAttribute('aria-current', 'step');
    part.scrollIntoView({block: 'nearest'});
  }
  if (speak) {
    const said = current.ways[way][number - 1];
    say(`Step ${number} of ${steps}${said.at ? ', line ' + said.at[1] : ''}: ` +
        plainText(said.text));
  }
}

function walk(by) {
  goTo(step === 0 && by < 0 ? 1 : step + by);
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || byId('help').open) return;
  const within = document.activeElement;
  if (within === byId('search')) {
    if (event.key === 'Escape') within.blur();
    return;
  }
  const vertical = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (vertical && within.closest('.trail')) {
    walk(vertical);
    byId('detail').querySelector('.trail .current')?.focus();
    return event.preventDefault();
  }
  if (vertical && within.closest('#list')) {
    move(vertical);
    return event.preventDefault();
  }
  if (!byId('letters').checked) return;
  const action = {
    j: () => move(1), k: () => move(-1), n: () => walk(1), p: () => walk(-1),
    '/': () => byId('search').focus(), '?': () => byId('help').showModal(),
  }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

// On paper all chosen findings follow one another.
function toPaper() {
  byId('print').replaceChildren(...chosen.map(
    (finding) => findingPanel(finding, {way: 0, opened: []})));
}

function fromAddress() {
  const number = Number((/^#finding-(\d+)$/.exec(location.hash) || [])[1]);
  return data.findings[number - 1];
}

function start() {
  byId('origin').append(...shown(originText(filter)));
  for (const [role, name] of Object.entries(ROLES))
    byId('legend').append(make('dt', {}, sign(role)), make('dd', {}, name));
  byId('legend').append(
    make('dt', {}, make('span', {class: 'gutter certain'})), make('dd', {}, 'held'),
    make('dt', {}, make('span', {class: 'gutter possible'})),
    make('dd', {}, 'held on some other way'));
  fillOverview(byId('overview'), filter, wide, filterChanged);
  showList();
  show(fromAddress() || chosen[0] || null);

  byId('search').addEventListener('input', () => {
    filter.words = byId('search').value.toLowerCase().split(/\s+/).filter((word) => word);
    showList();
    if (chosen.length && !chosen.includes(current)) show(chosen[0]);
  });
  byId('clear').addEventListener('click', () => {
    byId('search').value = '';
    filter.words = [];
    for (const facet of FACETS) filter.chosen[facet.key].clear();
    filterChanged();
  });
  byId('more').addEventListener('click', listMore);
  byId('help-open').addEventListener('click', () => byId('help').showModal());
  byId('list').addEventListener('click', (event) => {
    const link = event.target.closest('a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(data.findings[Number(link.hash.slice('#finding-'.length)) - 1]);
  });
  addEventListener('hashchange', () => {
    const finding = fromAddress();
    if (finding && finding !== current) show(finding);
  });
  addEventListener('keydown', pressed);
  addEventListener('beforeprint', toPaper);
  addEventListener('afterprint', () => byId('print').replaceChildren());
}

start();
