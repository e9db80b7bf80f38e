// The source of a finding as a table: beside each line a gutter that shows where
// the connection is held, and below it what happens there.

const CONTEXT = 3; // lines around a mark
const SMALL_GAP = 2; // lines that are not worth leaving out

// An element; text goes in as text, whatever it contains.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

// Text in which nothing is hidden.
function shown(text) {
  return pieces(text).map((piece) => piece.escape
    ? make('span', {class: 'escape', title: 'a character that cannot be seen'}, piece.text)
    : piece.text);
}

// Each role has a shape of its own, so that colours are not needed.
const SHAPES = {
  acquire: 'M8 3a5 5 0 1 0 .01 0z',
  release: 'M8 2a6 6 0 1 0 .01 0zM8 5a3 3 0 1 1-.01 0z',
  throw: 'M9 1 3 9h4l-1 6 7-9H8z',
  lost: 'M3.5 2 8 6.5 12.5 2 14 3.5 9.5 8 14 12.5 12.5 14 8 9.5 3.5 14 2 12.5 6.5 8 2 3.5z',
  wrong: 'M8 1l7.5 14H.5zM7.2 6v4.5h1.6V6zM7.2 11.7v1.6h1.6v-1.6z',
  wait: 'M3 2h3.5v12H3zM9.5 2H13v12H9.5z',
  use: 'M4 2l9 6-9 6z',
  catch: 'M2 2h12v3H2zM6 5h4v4h3l-5 6-5-6h3z',
  branch: 'M8 3l5 5-5 5-5-5z',
  step: 'M8 5.5a2.5 2.5 0 1 0 .01 0z',
};

function sign(role) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'sign ' + role);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', SHAPES[role]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

const TOKENS = new RegExp([
  String.raw`(?<comment>\/\/.*|\/\*.*?(?:\*\/|$)|^\s*\*(?:\s.*|\/.*|$))`,
  String.raw`(?<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])+'|<[\w.\/-]+>(?=\s*$))`,
  String.raw`(?<directive>^\s*#\s*\w+)`,
  String.raw`(?<keyword>\b(?:auto|bool|break|case|catch|char|class|const|constexpr|continue|default|delete|do|double|else|enum|explicit|extern|false|float|for|goto|if|inline|int|long|namespace|new|noexcept|nullptr|operator|private|protected|public|return|short|signed|sizeof|static|struct|switch|template|this|throw|true|try|typedef|typename|union|unsigned|using|virtual|void|while)\b)`,
].join('|'), 'g');

// [[begin, end, class]...] of what is coloured in a line of C or C++.
function tokensOf(text) {
  const result = [];
  if (text.length > 500) return result;
  for (const match of text.matchAll(TOKENS)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    result.push([match.index, match.index + match[0].length, kind]);
  }
  return result;
}

// A line with its tokens, and with the regions of the marks on it.
function codeOf(text, number, marks) {
  const regions = marks.filter((mark) => mark.at[2]).map((mark) => {
    const [, line, column, endLine, endColumn] = mark.at;
    let end = endLine === line && endColumn ? endColumn - 1 : text.length;
    if (endLine === line && !endColumn) end = text.length;
    return [column - 1, Math.max(end, column), mark.role];
  });
  const tokens = tokensOf(text);
  const cuts = [...new Set([0, text.length, ...[...regions, ...tokens].flatMap(
    ([begin, end]) => [begin, end])])].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  const code = make('code');
  for (let i = 0; i + 1 < cuts.length; ++i) {
    const covers = ([begin, end]) => begin <= cuts[i] && cuts[i + 1] <= end;
    const token = tokens.find(covers);
    const region = regions.find(covers);
    let content = shown(text.slice(cuts[i], cuts[i + 1]));
    if (token) content = [make('span', {class: token[2]}, content)];
    if (region) content = [make('mark', {class: region[2]}, content)];
    code.append(...content);
  }
  return code;
}

function gutter(held, roles) {
  const said = [...(held ? [held === 'certain' ? 'held' : 'may be held'] : []),
                ...roles.map((role) => ROLES[role])];
  return make('td', {class: 'gutter ' + held},
              roles.map(sign), make('span', {class: 'unseen'}, said.join(', ')));
}

// Lines of one file that are shown, with the gaps between them: numbers, and
// [first, last] for what is left out.
function rowsOf(file, marks, opened) {
  const lines = linesOf(file);
  const wanted = new Set();
  for (const mark of marks)
    for (let n = mark.at[1] - CONTEXT; n <= mark.at[1] + CONTEXT; ++n)
      if (lines.has(n)) wanted.add(n);
  for (const [first, last] of opened)
    for (let n = first; n <= last; ++n) if (lines.has(n)) wanted.add(n);
  const rows = [];
  let before = null;
  for (const n of [...wanted].sort((a, b) => a - b)) {
    const missing = before === null ? 0 : n - before - 1;
    if (missing > 0) {
      const between = [];
      for (let m = before + 1; m < n; ++m) if (lines.has(m)) between.push(m);
      if (missing <= SMALL_GAP && between.length === missing) rows.push(...between);
      else rows.push({first: before + 1, last: n - 1, whole: between.length === missing});
    }
    rows.push(n);
    before = n;
  }
  return rows;
}

function gapRow(gap, held, open) {
  const count = gap.last - gap.first + 1;
  const text = count === 1 ? '1 line' : count + ' lines';
  const what = gap.whole && open
    ? make('button', {type: 'button'}, `Show ${text}: ${gap.first} to ${gap.last}`)
    : `${text} left out`;
  if (gap.whole && open) what.addEventListener('click', () => open(gap));
  return make('tr', {class: 'gap'}, gutter(held, []), make('td'), make('td', {}, what));
}

function markRow(mark, held) {
  const row = make('tr', {class: 'said', 'data-step': mark.number || undefined},
                   make('td', {class: 'gutter ' + held}), make('td'),
                   make('td', {}, make('div', {class: 'label ' + mark.role},
                     sign(mark.role),
                     make('span', {class: 'step-number'},
                          mark.number ? mark.number + '. ' : 'Also: '),
                     shown(mark.text))));
  return row;
}

// One table a file. `open` is called with a gap that a person wants to see;
// without it gaps stay as they are.
function sourceOf(finding, marks, opened, open) {
  const spans = heldSpans(marks);
  const order = [];
  if (finding.at) order.push(finding.at[0]);
  for (const mark of marks)
    if (mark.at && !order.includes(mark.at[0])) order.push(mark.at[0]);
  return order.map((number) => {
    const file = data.files[number];
    const here = marks.filter((mark) => mark.at && mark.at[0] === number && mark.at[1]);
    const rows = rowsOf(file, here, opened.filter((gap) => gap.file === number));
    const body = make('tbody');
    for (const row of rows) {
      if (typeof row !== 'number') {
        body.append(gapRow(row, heldAt(spans, number, row.first),
                           open && ((gap) => open({...gap, file: number}))));
        continue;
      }
      const marked = here.filter((mark) => mark.at[1] === row);
      const held = heldAt(spans, number, row);
      const roles = [...new Set(marked.map((mark) => mark.role))];
      body.append(make('tr', {'data-line': row, class: marked.length ? 'marked' : undefined},
        gutter(held, roles), make('th', {scope: 'row'}, String(row)),
        make('td', {}, codeOf(linesOf(file).get(row), row, marked))));
      const below = heldAt(spans, number, row + 1) && held;
      for (const mark of marked) if (mark.text) body.append(markRow(mark, below));
    }
    if (!rows.length)
      body.append(make('tr', {}, make('td', {class: 'absent', colspan: 3},
                                      'The source of this file is not at hand.')));
    return make('table', {class: 'source'},
      make('caption', {}, shown(file.path)),
      make('thead', {class: 'unseen'}, make('tr', {}, ...['Connection', 'Line', 'Source'].map(
        (title) => make('th', {scope: 'col'}, title)))), body);
  });
}
