// The report page in a real browser: what is shown, what clicks and keys do, that
// nothing in it runs but its script, and how fast it is. The environment names the
// program (CONNTIDY), the browser (CHROMIUM), where the node modules are
// (NODE_TOOLS) and where pictures go (PICTURES).

const assert = require('node:assert/strict');
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {after, afterEach, before, describe, it} = require('node:test');
const logs = require('./logs.js');

const {CHROMIUM, CONNTIDY, NODE_TOOLS, PICTURES} = process.env;
const {chromium} = require(path.join(NODE_TOOLS, 'playwright-core'));
const axe = require(path.join(NODE_TOOLS, 'axe-core'));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conntidy-report-'));
let browser;
let page;
let complaints = [];

// Writes the logs, makes the page of it and opens it.
async function open(name, log, options = {}) {
  const files = [log, ...options.also || []].map((content, index) =>
    logs.write(folder, name + (index || '') + '.sarif', JSON.stringify(content)));
  const html = path.join(folder, name + '.html');
  execFileSync(CONNTIDY, ['report', ...files, '--html', html], {cwd: folder});
  if (page) await page.close();
  page = await browser.newPage({viewport: {width: 1280, height: 800},
                                colorScheme: options.colorScheme});
  complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push('asks for ' + request.url());
  });
  await page.goto('file://' + html + (options.hash || ''));
  return page;
}

const texts = (selector) => page.locator(selector).allTextContents();
const text = (selector) => page.locator(selector).textContent();
const current = () => text('#list [aria-current] .message');
const listed = () => page.locator('#list li').count();

// What axe calls serious or worse.
async function barriers() {
  await page.evaluate(axe.source);
  const {passes, violations} = await page.evaluate(() => globalThis.axe.run(document));
  assert.ok(passes.some(({id}) => id === 'color-contrast'), 'axe has looked at nothing');
  return violations.filter(({impact}) => ['serious', 'critical'].includes(impact))
    .map(({id, nodes}) => id + ': ' + nodes.map((node) => node.html).join(' | '));
}

before(async () => {
  fs.mkdirSync(PICTURES, {recursive: true});
  browser = await chromium.launch({executablePath: CHROMIUM});
});
after(async () => {
  await browser.close();
  fs.rmSync(folder, {recursive: true});
});
// Whatever a test did, the browser had nothing to complain about.
afterEach(() => assert.deepEqual(complaints, []));

describe('A page', () => {
  before(() => open('visits', logs.visits(folder)));

  it('counts by check, level, novelty and file', async () => {
    const facets = await page.locator('.facet').evaluateAll((panels) => panels.map((panel) =>
      [panel.getAttribute('aria-label'), ...[...panel.querySelectorAll('button')].map((button) =>
        [...button.querySelectorAll('.value, .number')].map((part) => part.textContent)
          .join(' '))]));
    assert.deepEqual(facets, [
      ['Checks', 'conn-held-too-long 1', 'conn-held-while-blocking 1', 'conn-leak-on-throw 1',
       'conn-wrong-release 1'],
      ['Levels', 'error 1', 'warning 3'],
      ['Against the baseline', 'new 1', 'unchanged 2'],
      ['Files', 'src/visits.cpp 4'],
    ]);
    assert.match(await text('#origin'), /^4 findings in 1 file, by conntidy 1, from .*visits\.sarif$/);
  });

  it('shows the first finding, its links as text', async () => {
    assert.equal(await text('#detail h2'), "connection 'conn' leaks when line 7 throws.");
    assert.deepEqual(await texts('.trail .step-number'), ['1.', '2.', '3.', '4.']);
  });

  it('shows from where to where the connection is held, and what happens', async () => {
    const lines = await page.locator('.source tr[data-line]').evaluateAll((rows) =>
      rows.map((row) => [row.dataset.line, row.querySelector('.gutter').textContent]));
    assert.deepEqual(lines, [
      ['1', ''], ['2', ''], ['3', ''], ['4', 'held, acquired'], ['5', 'held, branch'],
      ['6', 'held'], ['7', 'held, throws, leaks'], ['8', 'may be held'],
      ['9', 'may be held, leaks'], ['10', ''], ['11', ''], ['12', '']]);
    const bars = await page.locator('.source tr[data-line] .gutter').evaluateAll((cells) =>
      cells.map((cell) => getComputedStyle(cell, '::before').content !== 'none'));
    assert.deepEqual(bars, lines.map(([, said]) => said.includes('held')));
  });

  it('underlines what a step speaks of', async () => {
    assert.deepEqual(await texts('.source tr[data-line="4"] mark'), ['PQconnectdb(', '""', ')']);
  });

  it('is walked through with keys', async () => {
    await page.keyboard.press('n');
    assert.equal(await text('.trail .current .step-number'), '1.');
    await page.keyboard.press('n');
    assert.match(await text('.source .current'), /'!conn' is false/);
    assert.match(await text('#said'), /^Step 2 of 4, line 5: '!conn' is false/);
    await page.keyboard.press('p');
    assert.equal(await text('.trail .current .step-number'), '1.');
    await page.locator('.trail .current').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.step), '2');
    await page.keyboard.press('j');
    assert.equal(await current(), "connection 'conn' is held while it sleeps.");
    assert.match(page.url(), /#finding-2$/);
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    assert.match(await current(), /leaks when line 7 throws/);
    assert.match(await text('#said'), /first finding/);
  });

  it('says that its keys can be switched off', async () => {
    await page.keyboard.press('?');
    assert.equal(await page.locator('#help').isVisible(), true);
    assert.deepEqual(await barriers(), []);
    await page.locator('#letters').uncheck();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#help').isVisible(), false);
    await page.keyboard.press('j');
    assert.match(await current(), /leaks when line 7 throws/);
    await page.evaluate(() => { document.getElementById('letters').checked = true; });
  });

  it('goes to the finding that is clicked, and to the step', async () => {
    await page.locator('#list a', {hasText: 'is released by'}).click();
    assert.equal(await text('#detail h2'), "'conn' is released by 'free'.");
    await page.locator('.trail button', {hasText: 'the wrong way'}).click();
    assert.match(await text('.source .current'), /2\. released the wrong way here/);
  });

  it('shows a fix as a difference', async () => {
    assert.deepEqual(await texts('.fix del'), ['removed: -   free(conn);\n']);
    assert.deepEqual(await texts('.fix ins'), ['added: +   PQfinish(conn);\n']);
    assert.equal(await text('.fix figcaption'), 'src/visits.cpp:17');
  });

  it('marks where a connection is held while something blocks', async () => {
    await page.locator('#list a', {hasText: 'sleeps'}).click();
    assert.equal(await text('.source tr[data-line="16"] .gutter'), 'held, blocks');
  });

  it('tells a release that is right from one that is wrong', async () => {
    await page.locator('#list a', {hasText: 'too long'}).click();
    assert.equal(await text('.source tr[data-line="17"] .gutter'), 'held, released');
    await page.keyboard.press('k');
    assert.equal(await text('.source tr[data-line="17"] .gutter'), 'held, wrong here');
  });

  it('leaves out what does not match', async () => {
    await page.locator('.facet button', {hasText: 'warning'}).click();
    assert.equal(await text('#count'), '3 of 5 findings');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.value), 'warning');
    await page.keyboard.press('/');
    await page.keyboard.type('sleeps HELD');
    assert.equal(await listed(), 1);
    assert.equal(await text('#detail h2'), "connection 'conn' is held while it sleeps.");
    await page.keyboard.press('Escape');
    await page.locator('#clear').click();
    assert.equal(await text('#count'), '4 of 5 findings');
  });

  it('shows what is suppressed only when asked to', async () => {
    await page.locator('#suppressed').check();
    assert.equal(await listed(), 5);
    await page.locator('#list a', {hasText: 'known'}).click();
    assert.match(await text('.facts'), /Suppressed.*ends with the process/);
    await page.locator('#suppressed').uncheck();
    assert.equal(await listed(), 4);
  });

  it('opens at the finding that its address names', async () => {
    await open('visits', logs.visits(folder), {hash: '#finding-3'});
    assert.equal(await current(), "'conn' is released by 'free'.");
  });

  it('is printed whole', async () => {
    await page.evaluate(() => addEventListener('afterprint', () => { window.printed = true; }));
    await page.evaluate(() => addEventListener('beforeprint', () => {
      window.onPaper = document.querySelectorAll('#print article').length;
    }));
    const paper = await page.pdf();
    assert.equal(await page.evaluate(() => window.onPaper), 4);
    assert.equal(await page.locator('#print article').count(), 0);
    fs.writeFileSync(path.join(PICTURES, 'paper.pdf'), paper);
  });

  it('fits a narrow window', async () => {
    await page.setViewportSize({width: 380, height: 800});
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 380);
    await page.screenshot({path: path.join(PICTURES, 'narrow.png'), fullPage: true});
  });
});

for (const colorScheme of ['light', 'dark'])
  it(`has no barriers in the ${colorScheme} theme`, async () => {
    await open('visits', logs.visits(folder), {colorScheme, hash: '#finding-3'});
    await page.keyboard.press('n');
    assert.deepEqual(await barriers(), []);
    const paper = await page.evaluate(() => getComputedStyle(document.documentElement)
      .backgroundColor.match(/\d+/g).map(Number).reduce((a, b) => a + b));
    assert.equal(paper > 600, colorScheme === 'light');
    await page.screenshot({path: path.join(PICTURES, colorScheme + '.png')});
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    await page.screenshot({path: path.join(PICTURES, colorScheme + '-leak.png')});
  });

describe('A page of hostile input', () => {
  before(() => open('evil', logs.evil(folder)));
  const visible = (words) => words.replace(/[\u2028\u2029\u202e\u200b\0]/g, (sign) =>
    'U+' + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, '0'));

  it('shows it as text', async () => {
    assert.equal(await text('#detail h2'), visible(logs.EVIL));
    assert.equal(await text('.source caption'), 'src/<b>&"\'.c');
    assert.equal(await text('.source tr[data-line="2"] code'), visible(`  g("${logs.EVIL}");`));
    assert.equal(await text('.source tr[data-line="3"] code'), '  h("\u00e9\u00ff");');
    assert.match((await texts('.fix ins')).join(''), /window\.ran = 1/);
    await page.screenshot({path: path.join(PICTURES, 'evil.png')});
  });

  it('runs nothing of it', async () => {
    await page.keyboard.press('n');
    await page.locator('.rule summary').click();
    await page.locator('.notes summary').click();
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('script').count(), 2);
    assert.deepEqual(await barriers(), []);
  });

  it('could not run it, whatever was put into the page', async () => {
    const kept = complaints.length;
    const refused = await page.evaluate(async () => {
      const directives = [];
      document.addEventListener('securitypolicyviolation',
                                (event) => directives.push(event.effectiveDirective));
      const attempts = [
        () => { document.body.innerHTML = '<img src=x onerror="window.ran = 3">'; },
        () => { document.createElement('script').textContent = 'window.ran = 4'; },
        () => { document.body.setAttribute('onclick', 'window.ran = 5'); },
      ].map((attempt) => {
        try {
          attempt();
          return 'done';
        } catch (error) {
          return error.name;
        }
      });
      const image = document.createElement('img');
      image.src = 'https://example.invalid/picture.png';
      document.body.append(image);
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(style);
      fetch('https://example.invalid/').catch(() => {});
      document.body.click();
      await new Promise((done) => setTimeout(done, 200));
      return {attempts, directives: directives.sort(), ran: window.ran};
    });
    complaints.length = kept; // each refusal is told on the console
    assert.deepEqual(refused.attempts, ['TypeError', 'TypeError', 'TypeError']);
    assert.deepEqual([...new Set(refused.directives)],
                     ['connect-src', 'img-src', 'require-trusted-types-for', 'style-src-elem']);
    assert.equal(refused.ran, undefined);
  });
});

describe('2,000 findings', () => {
  before(() => open('many', logs.many(folder, 2000)));

  // Other programs run at the same time: the best of some attempts counts.
  async function best(attempt) {
    let least = Infinity;
    for (let i = 0; i < 4; ++i) least = Math.min(least, await attempt());
    return least;
  }

  it('open in less than two seconds', async () => {
    const time = await best(async () => {
      const started = Date.now();
      await page.reload();
      await page.locator('#detail h2').waitFor();
      return Date.now() - started;
    });
    console.log(`opened in ${time} ms`);
    assert.ok(time < 2000, time + ' ms');
  });

  it('are searched and walked through without a wait', async () => {
    const time = await best(() => page.evaluate(() => {
      const started = performance.now();
      const search = document.getElementById('search');
      for (const words of ['c', 'connection 1', 'part7', '']) {
        search.value = words;
        search.dispatchEvent(new Event('input'));
      }
      for (let i = 0; i < 20; ++i)
        dispatchEvent(new KeyboardEvent('keydown', {key: i < 10 ? 'j' : 'k'}));
      document.body.getBoundingClientRect(); // layout counts as well
      return (performance.now() - started) / 24;
    }));
    console.log(`${time.toFixed(1)} ms a key`);
    assert.ok(time < 100, time + ' ms');
    assert.equal(await text('#count'), '2000 findings');
  });

  it('are listed bit by bit, and reached all the same', async () => {
    assert.equal(await listed(), 300);
    await page.locator('#more').click();
    assert.equal(await listed(), 600);
    await page.evaluate(() => { location.hash = '#finding-2000'; });
    await page.locator('#detail h2', {hasText: 'connection 1999'}).waitFor();
    assert.equal(await current(), 'connection 1999 leaks when it returns.');
  });
});

describe('The table of holds', () => {
  before(() => open('held', logs.visits(folder), {also: [logs.holds(folder)]}));

  it('shows how long each connection is held, the longest first', async () => {
    await page.locator('.holds summary', {hasText: '2 connections are held'}).click();
    const rows = await page.locator('.holds tbody tr').evaluateAll((all) => all.map((row) =>
      [...row.cells].map((cell) => cell.textContent).join('|')));
    assert.deepEqual(rows, [
      "20|2|connection 'conn'|pausesrc/visits.cpp:15|blocks on a sleeptoo long",
      "5|2|connection 'conn'|visitssrc/visits.cpp:4|leaks"]);
    const widths = await page.locator('.holds .bar').evaluateAll((bars) => bars.map((bar) =>
      parseFloat(getComputedStyle(bar, '::before').width) / bar.clientWidth));
    assert.deepEqual(widths, [1, 0.25]);
    assert.deepEqual(await barriers(), []);
    await page.screenshot({path: path.join(PICTURES, 'holds.png')});
  });

  it('stays open when something is chosen', async () => {
    await page.locator('.facet button', {hasText: 'warning'}).click();
    assert.equal(await page.locator('.holds tbody').isVisible(), true);
  });
});

describe('A log of another tool', () => {
  before(() => open('foreign', logs.foreign()));

  it('is shown as far as it says where', async () => {
    assert.deepEqual(await texts('#list .message'),
                     ['Something is used.', 'Something without a place.']);
    assert.equal(await text('.source tr[data-line="7"] mark'), 'use(p)');
    await page.keyboard.press('j');
    assert.match(await text('.facts'), /no place/);
    await page.locator('.facet button', {hasText: 'absent'}).click();
    assert.deepEqual(await texts('#list .message'), ['Gone.']);
    assert.deepEqual(await barriers(), []);
  });

  it('may have found nothing', async () => {
    await open('nothing', {version: '2.1.0', runs: []});
    assert.equal(await text('#detail'), 'Nothing was found.');
  });
});
