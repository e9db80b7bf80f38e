// What is shown, and what is concluded from it; nothing here touches the page.
//
// Data = {logs: [name], tools: [{name, version}], notes: [{level, text, at}],
//   rules: {id: {summary, help}}, files: [{path, lines: [[first, [text]]]}],
//   findings: [{check, level, text, at, function, state, certainty, suppressed,
//     ways: [[{at, text, kinds, depth}]], exits: [{at, text}],
//     fixes: [{text, edits: [{at, text}]}]}],
//   holds: [{at, function, what, handle, acquiredBy, statements, calls, blocksOn,
//     tooLong, leaks}]}, as 'conntidy holds' writes them
// at = [file, line, column, end line, end column], columns in UTF-16 code units,
//   0 for what is not known, or null.

const LEVELS = ['error', 'warning', 'note', 'none'];

// How each kind of step is called; also the order in the legend.
const ROLES = {
  acquire: 'acquired',
  wait: 'blocks',
  throw: 'throws',
  lost: 'leaks',
  wrong: 'wrong here',
  release: 'released',
  use: 'used',
  catch: 'caught',
  branch: 'branch',
  step: 'step',
};

// Roles by what other tools say, for steps without kinds.
const WORDS = [
  ['lost', /\bleak|still held|never (closed|released|freed)/i],
  ['acquire', /\bacquired|\ballocated|\bopened/i],
  ['release', /\breleased|\bfreed|\bclosed/i],
  ['throw', /\bthrows?\b|\bthrown/i],
  ['wait', /\bblocks?\b|\bwaits?\b/i],
  ['branch', /\b(true|false)\b( branch)?\.?$|\bassuming\b/i],
];

function roleOf(step) {
  const kinds = new Set(step.kinds || []);
  if (kinds.has('acquire')) return 'acquire';
  if (kinds.has('release')) return 'release';
  if (kinds.has('danger')) return kinds.has('resource') ? 'lost' : 'throw';
  if (kinds.has('handler')) return 'catch';
  if (kinds.has('exit')) return 'lost';
  if (kinds.has('branch')) return 'branch';
  for (const [role, words] of WORDS)
    if (words.test(step.text)) return role;
  return kinds.has('call') ? 'use' : 'step';
}

// SARIF's messages have links, [words](target), and escapes before brackets.
function plainText(message) {
  return message.replace(/\[((?:\\.|[^\\\]])*)\]\((?:\\.|[^\\)])*\)/g, '$1')
    .replace(/\\([\[\]\\])/g, '$1');
}

// Steps and the further exits of a finding as they are marked in the source:
// [{role, at, text, number, depth}], number 0 for what is no step of this way.
function marksOf(finding, way) {
  const steps = finding.ways[way] || [];
  const blocks = /block/.test(finding.check);
  const marks = steps.map((step, index) => {
    let role = roleOf(step);
    // A step where the finding is reported, at the end, is what is wrong.
    const last = index === steps.length - 1;
    const here = step.at && finding.at && step.at[0] === finding.at[0] &&
      step.at[1] === finding.at[1];
    if (blocks && (last || here)) role = 'wait';
    else if (last && here && !['lost', 'throw'].includes(role)) role = 'wrong';
    return {...step, role, text: plainText(step.text), number: index + 1};
  });
  const known = (mark) => mark.at && [mark.at[0], mark.at[1], mark.text].join();
  const taken = new Set(marks.map(known));
  for (const exit of finding.exits) {
    const mark = {at: exit.at, text: plainText(exit.text), number: 0, depth: 0};
    if (!mark.at || taken.has(known(mark))) continue;
    taken.add(known(mark));
    marks.push({...mark, role: roleOf(mark)});
  }
  if (finding.at && !marks.some((mark) => mark.at && mark.at[0] === finding.at[0] &&
                                          mark.at[1] === finding.at[1]))
    marks.push({at: finding.at, text: '', number: 0, depth: 0,
                role: blocks ? 'wait' : 'wrong'});
  return marks;
}

// Where the connection is held: file -> [[first line, last line, certain]...].
// Between two steps of the way it is held on every line that lies between them;
// to an exit that the way does not reach, some way leads on which it is.
function heldSpans(marks) {
  const spans = new Map();
  const add = (file, one, other, certain) => {
    if (!spans.has(file)) spans.set(file, []);
    spans.get(file).push([Math.min(one, other), Math.max(one, other), certain]);
  };
  let from = null;
  let start = null;
  for (const mark of marks) {
    if (!mark.at || !mark.at[1]) continue;
    if (mark.role === 'acquire') {
      // In the innermost function first; it is held where the outermost has it.
      if (!from || mark.depth <= from.depth) from = start = mark;
    } else if (mark.number === 0) {
      if (mark.role === 'lost' && start && start.at[0] === mark.at[0])
        add(mark.at[0], start.at[1], mark.at[1], false);
      continue;
    } else if (from && mark.depth === from.depth) {
      if (mark.at[0] === from.at[0]) add(mark.at[0], from.at[1], mark.at[1], true);
      from = ['release', 'wrong'].includes(mark.role) ? null : mark;
    } else if (from && mark.depth > from.depth) {
      add(mark.at[0], mark.at[1], mark.at[1], true); // in what is called meanwhile
    }
  }
  return spans;
}

// 'certain', 'possible' or '' for a line.
function heldAt(spans, file, line) {
  let result = '';
  for (const [first, last, certain] of spans.get(file) || [])
    if (first <= line && line <= last) {
      if (certain) return 'certain';
      result = 'possible';
    }
  return result;
}

// Text in pieces: what cannot be seen, or turns round what can be, is shown by
// its number: [{text, escape}...].
const HIDDEN = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f' +
  '\\u1160\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufe00-' +
  '\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}]', 'gu');

function pieces(text) {
  const result = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) result.push({text: text.slice(end, match.index)});
    const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
    result.push({text: 'U+' + code, escape: true});
    end = match.index + match[0].length;
  }
  if (end < text.length) result.push({text: text.slice(end)});
  return result;
}

// Lines of one file by number.
function linesOf(file) {
  if (!file.byNumber) {
    file.byNumber = new Map();
    for (const [first, texts] of file.lines)
      texts.forEach((text, index) => file.byNumber.set(first + index, text));
  }
  return file.byNumber;
}

// A fix as hunks: [{file, line, removed: [text], added: [text]}...]. Edits that
// share a line make one hunk; without the lines there is nothing to show.
function hunksOf(fix, files) {
  const edits = fix.edits.filter((edit) => edit.at && edit.at[1]).map((edit) => {
    const [file, line, column, endLine, endColumn] = edit.at;
    // A region without an end is empty if it says where it begins, else a line.
    return {file, line, column: column || 1, endLine, text: edit.text,
            endColumn: endColumn || (column ? column : Infinity)};
  }).sort((a, b) => a.file - b.file || a.line - b.line || a.column - b.column);
  const hunks = [];
  for (let i = 0; i < edits.length;) {
    const first = edits[i];
    const group = [];
    let last = first.endLine;
    for (; i < edits.length && edits[i].file === first.file && edits[i].line <= last; ++i) {
      last = Math.max(last, edits[i].endLine);
      group.push(edits[i]);
    }
    const lines = linesOf(files[first.file]);
    const removed = [];
    for (let number = first.line; number <= last; ++number) removed.push(lines.get(number));
    if (removed.includes(undefined)) continue;
    let text = '';
    let place = {line: first.line, column: 1};
    const upTo = (line, column) => {
      for (; place.line < line; place = {line: place.line + 1, column: 1})
        text += lines.get(place.line).slice(place.column - 1) + '\n';
      text += lines.get(line).slice(place.column - 1, column - 1);
    };
    for (const edit of group) {
      upTo(edit.line, edit.column);
      text += edit.text;
      place = {line: edit.endLine, column: edit.endColumn};
    }
    upTo(last, Infinity);
    hunks.push({file: first.file, line: first.line, removed, added: text.split('\n')});
  }
  return hunks;
}

// The facets that findings are counted and chosen by.
const FACETS = [
  {key: 'check', title: 'Checks', of: (finding) => finding.check},
  {key: 'level', title: 'Levels', of: (finding) => finding.level,
   order: (value) => LEVELS.indexOf(value)},
  {key: 'state', title: 'Against the baseline', of: (finding) => finding.state,
   order: (value) => ['new', 'updated', 'unchanged', 'absent'].indexOf(value)},
  {key: 'file', title: 'Files',
   of: (finding) => finding.at ? data.files[finding.at[0]].path : ''},
];

// [[value, findings]...], the most first unless the facet has an order.
function countBy(facet, findings) {
  const counts = new Map();
  for (const finding of findings) {
    const value = facet.of(finding);
    if (value) counts.set(value, (counts.get(value) || 0) + 1);
  }
  return [...counts].sort((a, b) => facet.order
    ? facet.order(a[0]) - facet.order(b[0])
    : b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// What is not there any more, or was silenced, is shown only when asked for.
function isHidden(finding, filter) {
  return (finding.suppressed !== undefined && !filter.suppressed) ||
    (finding.state === 'absent' && !filter.chosen.state.has('absent'));
}

// Whether a finding is among the chosen: by every facet that has something
// chosen, and by all words of the search.
function isChosen(finding, filter) {
  if (isHidden(finding, filter)) return false;
  for (const facet of FACETS) {
    const chosen = filter.chosen[facet.key];
    if (chosen.size && !chosen.has(facet.of(finding))) return false;
  }
  return filter.words.every((word) => finding.searched.includes(word));
}

function readData() {
  const read = JSON.parse(document.getElementById('data').textContent);
  read.findings.forEach((finding, number) => {
    finding.number = number;
    finding.text = plainText(finding.text);
    finding.searched = [finding.text, finding.check, finding.function, finding.level,
                        finding.at ? read.files[finding.at[0]].path + ':' + finding.at[1] : '']
      .join('\n').toLowerCase();
  });
  return read;
}

const data = readData();
