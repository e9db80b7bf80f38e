// SARIF logs and their sources, as the tests of the page need them.

const fs = require('node:fs');
const path = require('node:path');

// A place in a file: one line, from the first column of `words` to their last.
function place(uri, source, line, words) {
  const column = source.split('\n')[line - 1].indexOf(words) + 1;
  if (!column) throw new Error(`line ${line} of ${uri} has no '${words}'`);
  return {physicalLocation: {artifactLocation: {uri, uriBaseId: '%SRCROOT%'},
    region: {startLine: line, startColumn: column, endLine: line,
             endColumn: column + words.length}}};
}

function step(kinds, text, where, depth = 0) {
  return {location: {...where, message: {text}}, kinds, nestingLevel: depth};
}

function finding(check, text, where, steps, more = {}) {
  return {ruleId: check, level: 'warning', message: {text}, locations: [where],
          codeFlows: [{threadFlows: [{locations: steps}]}], ...more};
}

function log(folder, results, more = {}) {
  return {version: '2.1.0', runs: [{tool: {driver: {name: 'conntidy', version: '1', rules: []}},
    originalUriBaseIds: {'%SRCROOT%': {uri: 'file://' + folder + '/'}},
    columnKind: 'utf16CodeUnits', results, ...more}]};
}

function write(folder, name, content) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(file, content);
  return file;
}

const VISITS = `#include <libpq-fe.h>

int visits(bool all) {
  PGconn *conn = PQconnectdb("");
  if (!conn)
    return -1;
  int count = ask(conn, all);
  if (count < 0)
    return -1;
  PQfinish(conn);
  return count;
}

void pause() {
  PGconn *conn = PQconnectdb("");
  sleep(10);
  free(conn);
}
`;

// A leak with two exits, something that blocks, and a release that is wrong and
// has a fix.
function visits(folder) {
  write(folder, 'src/visits.cpp', VISITS);
  const at = (line, words) => place('src/visits.cpp', VISITS, line, words);
  const leak = finding('conn-leak-on-throw', "connection 'conn' leaks when [line 7](1) throws.",
    at(4, 'PQconnectdb("")'), [
      step(['acquire', 'resource'], "acquired here by 'PQconnectdb'.", at(4, 'PQconnectdb("")')),
      step(['branch'], "'!conn' is false.", at(5, '!conn')),
      step(['danger', 'implicit', 'branch'], "'ask' may throw.", at(7, 'ask(conn, all)')),
      step(['exit', 'function'], "'conn' is still held when the exception leaves the function.",
           at(7, 'ask(conn, all)')),
    ], {level: 'error', baselineState: 'new', relatedLocations: [
      {...at(7, 'ask(conn, all)'), message: {text: "'conn' is still held here."}},
      {...at(9, 'return -1'), message: {text: "'conn' is still held when this returns."}}]});
  const wait = finding('conn-held-while-blocking', "connection 'conn' is held while it sleeps.",
    at(16, 'sleep(10)'), [
      step(['acquire', 'resource'], 'acquired here.', at(15, 'PQconnectdb("")')),
      step(['call', 'function'], 'waits here.', at(16, 'sleep(10)'))],
    {baselineState: 'unchanged'});
  const wrong = finding('conn-wrong-release', "'conn' is released by 'free'.",
    at(17, 'free(conn)'), [
      step(['acquire', 'resource'], 'acquired here.', at(15, 'PQconnectdb("")')),
      step(['release', 'resource'], 'released the wrong way here.', at(17, 'free(conn)'))],
    {baselineState: 'unchanged', fixes: [{description: {text: 'Calls what belongs to it.'},
      artifactChanges: [{artifactLocation: {uri: 'src/visits.cpp', uriBaseId: '%SRCROOT%'},
        replacements: [{deletedRegion: at(17, 'free').physicalLocation.region,
                        insertedContent: {text: 'PQfinish'}}]}]}]});
  const idle = finding('conn-held-too-long', "'conn' is held too long.",
    at(15, 'PQconnectdb("")'), [
      step(['acquire', 'resource'], 'acquired here.', at(15, 'PQconnectdb("")')),
      step(['release', 'resource'], 'released here.', at(17, 'free(conn)'))]);
  const silenced = finding('conn-leak', 'This one is known.', at(15, 'PQconnectdb("")'), [],
    {suppressions: [{kind: 'inSource', justification: 'ends with the process'}]});
  return log(folder, [leak, wait, wrong, idle, silenced]);
}

// Everything that a page could take for something else than text.
const EVIL = '</script><script>window.ran = 1</script><img src=x onerror="window.ran = 2">' +
             '"\'`&lt;\u2028\u2029\u202e\u200b\u0000';

function evil(folder) {
  const name = 'src/<b>&"\'.c';
  // Latin-1 and no UTF-8, with what is in EVIL on the line before.
  const source = Buffer.concat([Buffer.from(`int f(void) {\n  g("${EVIL}");\n  h("`),
                                Buffer.from([0xe9, 0xff]), Buffer.from('");\n}\n')]);
  write(folder, name, source);
  const at = (startLine) => ({physicalLocation: {
    artifactLocation: {uri: encodeURI(name).replace('#', '%23'), uriBaseId: '%SRCROOT%'},
    region: {startLine, startColumn: 3}},
    logicalLocations: [{fullyQualifiedName: EVIL}]});
  const rule = {id: EVIL, shortDescription: {text: EVIL}, help: {text: EVIL}};
  return {version: '2.1.0', runs: [{tool: {driver: {name: EVIL, version: EVIL, rules: [rule]}},
    originalUriBaseIds: {'%SRCROOT%': {uri: 'file://' + folder + '/'}},
    invocations: [{toolExecutionNotifications: [{level: 'error', message: {text: EVIL},
                                                 locations: [at(2)]}]}],
    results: [finding(EVIL, EVIL, at(2), [step(['acquire'], EVIL, at(2)),
                                          step(['danger', 'resource'], EVIL, at(3))],
                      {ruleIndex: 0, properties: {certainty: EVIL},
                       fixes: [{description: {text: EVIL}, artifactChanges: [{
                         artifactLocation: at(3).physicalLocation.artifactLocation,
                         replacements: [{deletedRegion: {startLine: 3},
                                         insertedContent: {text: EVIL}}]}]}]})]}]};
}

// As many findings as asked for, in files of 20 each.
function many(folder, count) {
  const results = [];
  for (let i = 0; i < count; ++i) {
    const name = `src/part${Math.floor(i / 20)}.c`;
    if (i % 20 === 0) write(folder, name, VISITS.repeat(20));
    const base = (i % 20) * (VISITS.split('\n').length - 1);
    const at = (line, words) => {
      const where = place(name, VISITS, line, words);
      where.physicalLocation.region.startLine += base;
      where.physicalLocation.region.endLine += base;
      return where;
    };
    results.push(finding(`conn-check-${i % 7}`, `connection ${i} leaks when it returns.`,
      at(4, 'PQconnectdb("")'), [
        step(['acquire', 'resource'], 'acquired here.', at(4, 'PQconnectdb("")')),
        step(['branch'], "'!conn' is false.", at(5, '!conn')),
        step(['exit', 'function'], 'still held when this returns.', at(9, 'return -1'))]));
  }
  return log(folder, results);
}

// What another tool may write: no rules, no flows, columns by code points, and a
// file that is not here, but of which the log has a part.
function foreign() {
  const text = 'char *p = "\u{1F600}"; use(p);';
  const at = {physicalLocation: {artifactLocation: {uri: 'not/here.c'},
    region: {startLine: 7, startColumn: 16, endColumn: 22, snippet: {text: 'use(p)'}},
    contextRegion: {startLine: 6, snippet: {text: 'int f() {\n' + text + '\n}'}}}};
  return {version: '2.1.0', runs: [{tool: {driver: {name: 'another'}},
    columnKind: 'unicodeCodePoints',
    results: [{message: {text: 'Something is used.'}, locations: [at]},
              {message: {text: 'Something without a place.'}},
              {message: {text: 'All is well here.'}, kind: 'pass', locations: [at]},
              {message: {text: 'Gone.'}, baselineState: 'absent', locations: [at]}]}]};
}

// What 'conntidy holds' writes.
function holds(folder) {
  const hold = {function: 'visits', file: folder + '/src/visits.cpp', line: 4, handle: 'conn',
                what: 'connection', acquiredBy: 'PQconnectdb', statements: 5, calls: 2,
                blocksOn: [], tooLong: false, leaks: true};
  return {holds: [hold, {...hold, function: 'pause', line: 15, statements: 20, leaks: false,
                         blocksOn: ['a sleep'], tooLong: true}], totals: {holds: 2}};
}

module.exports = {EVIL, VISITS, evil, foreign, holds, many, visits, write};
