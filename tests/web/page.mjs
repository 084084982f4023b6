// The page in Chromium: what it shows and does is what the command prints. Usage: page.mjs QUID [SCREENSHOTS]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { axe, openBrowser } from './browser.mjs';

const [quid, screenshots] = process.argv.slice(2);
const deal = 'deals/us-japan/deal.quid';
const day = '2026-02-11'; // with moves and events still to come
const sizeMax = 600000;
const folder = mkdtempSync(join(tmpdir(), 'quid-page-'));
let passed = 0;
let failed = 0;

function check(name, isTrue, found = '') {
    if (isTrue) {
        passed++;
        return;
    }
    failed++;
    console.log(`FAILED: ${name}${found === '' ? '' : `: ${found}`}`);
}

function command(...words) {
    const run = spawnSync(quid, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`quid ${words.join(' ')}: ${run.stderr}`);
    return run.stdout;
}

function native(...words) {
    return JSON.parse(command('brief', deal, '--json', '--quick', '--as-of', day, ...words));
}

// As the page rounds a chance.
function percent(value) {
    const share = value * 100;
    return share < 0.1 && value > 0
        ? 'under 0.1%'
        : share > 99.9 && value < 1
          ? 'over 99.9%'
          : value === 0 || value === 1
            ? `${share}%`
            : `${share < 1 || share > 99 ? share.toFixed(1) : share.toFixed(0)}%`;
}

function median(times) {
    return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

const path = join(folder, 'brief.html');
command('brief', deal, '--as-of', day, '--html', path);
check('the page is small', statSync(path).size <= sizeMax, `${statSync(path).size} bytes`);
const address = pathToFileURL(path).href;
const browser = await openBrowser();
const said = [];

// workers: so many the page may have; 0: as the machine says.
async function open(options = {}, fragment = '', workers = 0, at = address) {
    const context = await browser.newContext({
        viewport: { width: 1400, height: 1000 },
        ...options,
    });
    if (workers > 0)
        await context.addInitScript(
            (count) => Object.defineProperty(navigator, 'hardwareConcurrency', { value: count }),
            workers,
        );
    const page = await context.newPage();
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => {
        if (!/^(file|blob|data):/.test(request.url())) said.push(`asked for ${request.url()}`);
    });
    await page.goto(at + fragment);
    await page.waitForSelector('body[data-engine=ready]');
    return page;
}

function answers(page) {
    return page.locator('.answers .answer').allInnerTexts();
}

// Resolves when the page has computed anew and shows it.
async function afterAnswer(page, act) {
    const before = Number(await page.evaluate(() => document.body.dataset.answers ?? '0'));
    await act();
    await page.waitForFunction(
        (count) => Number(document.body.dataset.answers ?? '0') > count,
        before,
        { timeout: 60000 },
    );
}

function shownChances(brief) {
    return brief.asks
        .map((ask, i) => [ask, i])
        .filter(([ask]) => ask.kind === 'chance')
        .map(([ask, i]) => [i, percent(ask.answer)]);
}

async function compare(name, page, brief) {
    const shown = await answers(page);
    for (const [i, text] of shownChances(brief))
        check(`${name}, question ${i + 1}`, shown[i] === text, `${shown[i]}, not ${text}`);
}

// ---- It opens, with the native numbers

// The first paint has the answers: nothing is there to be painted before them.
const openings = [];
for (let i = 0; i < 5; i++) {
    const page = await open();
    const paint = await page.evaluate(() => ({
        first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
        built: performance.getEntriesByName('first-answer')[0].startTime,
    }));
    openings.push(Math.max(paint.first, paint.built));
    await page.context().close();
}
console.log(
    `opening to the first painted answer: ${median(openings).toFixed(0)} ms (median of ${openings.length})`,
);

const page = await open();
await compare('as written', page, native());
check('every question is there', (await answers(page)).length === native().asks.length);
check('the title is text', (await page.title()) === native().title);

// ---- A slider: the flag and the answer of the command

const slider = page.getByRole('slider', {
    name: 'Technical hurdles at 6,000 metres: cleared',
    exact: true,
});
await afterAnswer(page, () => slider.fill('60'));
const flags = await page.locator('#flags').inputValue();
check('the slider is a flag', flags === '--set hurdles.cleared=30%', flags);
const changed = native('--set', 'hurdles.cleared=30%');
await compare('with --set', page, changed);
const choice = changed.asks.findIndex((ask) => ask.kind === 'choice' && ask.answer !== null);
const words = Object.entries(changed.asks[choice].answer)
    .map(([option, chance]) => `${option} ${percent(chance)}`)
    .join(', ');
check(
    'a choice with --set',
    (await answers(page))[choice] === words,
    (await answers(page))[choice],
);
check('a difference is said', (await page.locator('.answers .was').count()) > 0);
const fragment = await page.evaluate(() => location.hash);
for (const workers of [0, 1, 3]) {
    const shared = await open({}, fragment, workers);
    await shared.waitForFunction(() => document.body.dataset.answers !== undefined);
    await compare(`from its address, ${workers} workers`, shared, changed);
    await shared.context().close();
}

// What the command calls a difference is the difference between the two.
const whatIf = JSON.parse(
    command('what-if', deal, '--as-of', day, '--set', 'hurdles.cleared=30%', '--json'),
);
check(
    'quid what-if answers alike',
    JSON.stringify(shownChances(whatIf.changed)) === JSON.stringify(shownChances(changed)),
);

// What --set has no name for is changed in the text: a belief.
await afterAnswer(page, () =>
    page.getByRole('button', { name: 'As written', exact: true }).click(),
);
await page.getByText('What each party believes', { exact: true }).click();
const belief = page.getByRole('slider', {
    name: 'The Supreme Court on the legality of the tariffs: struck, by Japan',
    exact: true,
});
await afterAnswer(page, () => belief.fill('30'));
cpSync('deals/us-japan', join(folder, 'changed'), { recursive: true });
const copy = join(folder, 'changed/deal.quid');
writeFileSync(
    copy,
    readFileSync(copy, 'utf8').replace('Japan believes struck 65%', 'Japan believes struck 15%'),
);
const believed = JSON.parse(command('brief', copy, '--json', '--quick', '--as-of', day));
await compare('another belief', page, believed);
check('it is no flag', (await page.locator('#flags').inputValue()).startsWith('# and 1 change'));
check('the difference is said', (await page.locator('.answers .was').count()) > 0);

// ---- The tornado that a page computes itself

const quick = join(folder, 'quick.html');
command('brief', deal, '--as-of', day, '--quick', '--html', quick);
const swings = JSON.parse(command('sensitivity', deal, '--as-of', day, '--json')).sensitivity;
const first = swings.find((one) => typeof one.low.answer === 'number').ask;
const ends = swings
    .filter((one) => one.ask === first)
    .map((one) => [percent(one.low.answer), percent(one.high.answer)])
    .filter(([low, high]) => low !== high)
    .slice(0, 8)
    .map(([low, high]) => `${low} to ${high}`);
for (const workers of [1, 2, 3]) {
    const weighing = await open({}, '', workers, pathToFileURL(quick).href);
    await weighing.waitForSelector('#tornado .swing', { timeout: 120000 });
    const figure = weighing.locator('#tornado figure', { hasText: first });
    const shown = await figure.locator('.swing .quiet').allInnerTexts();
    check(
        `the tornado by ${workers} workers`,
        JSON.stringify(shown) === JSON.stringify(ends),
        `${shown.join(', ')}, not ${ends.join(', ')}`,
    );
    await weighing.context().close();
}

// ---- Moving: answers follow

await page.evaluate(() => {
    document.body.dataset.steps = '';
});
const box = await slider.boundingBox();
await page.mouse.move(box.x + 20, box.y + box.height / 2);
await page.mouse.down();
for (let i = 1; i <= 40; i++) {
    await page.mouse.move(box.x + 20 + ((box.width - 40) * i) / 40, box.y + box.height / 2);
    await page.waitForTimeout(60);
}
await afterAnswer(page, () => page.mouse.up());
const steps = (await page.evaluate(() => document.body.dataset.steps))
    .split(' ')
    .map((step) => step.split('/').map(Number))
    .slice(-30);
check('answers follow while the slider moves', steps.length >= 5, `${steps.length} steps`);
const [computed, drawn, painted] = [0, 1, 2].map((i) => median(steps.map((step) => step[i])));
console.log(
    `a slider's step, median of ${steps.length}: answered after ${computed.toFixed(0)} ms, all charts drawn after ` +
        `${drawn.toFixed(0)} ms, on the screen after ${painted.toFixed(0)} ms`,
);

// ---- A move bound, a what-if, another day

await afterAnswer(page, () =>
    page.getByRole('button', { name: 'As written', exact: true }).click(),
);
await page.getByText('Moves', { exact: true }).click();
await afterAnswer(page, () => page.getByLabel('The first wave').selectOption('deliver'));
await compare('a bound move', page, native('--set', 'wave=deliver'));
await afterAnswer(page, () => page.getByLabel('The first wave').selectOption(''));
await afterAnswer(page, () => page.getByLabel('Washington hardens its demands').check());
await compare('a what-if', page, native('--what-if', 'hard'));
await afterAnswer(page, () => page.getByLabel('Washington hardens its demands').uncheck());
await afterAnswer(page, () => page.getByLabel('As of', { exact: true }).fill('2026-03-31'));
await compare(
    'another day',
    page,
    JSON.parse(command('brief', deal, '--json', '--quick', '--as-of', '2026-03-31')),
);
await afterAnswer(page, () =>
    page.getByRole('button', { name: 'As written', exact: true }).click(),
);
check('as written again', (await page.locator('#flags').inputValue()) === '');

// ---- What a figure rests on

await page.locator('.answers .figure').first().click();
const basis = await page.locator('#basis').innerText();
check(
    'a figure opens to its line',
    basis.includes('Is the first tranche formalised by the end of February?') &&
        basis.includes('deal.quid:'),
);
check('… to the things it rests on', basis.includes('milestone formalised'));
check('… and to sources', (await page.locator('#basis .sources a[href^="http"]').count()) > 0);
await page.keyboard.press('Escape');

// ---- The text: an error and its diagnostic, and back

const area = page.getByLabel('text of the deal');
const text = await area.inputValue();
await area.fill(text.replace('from Japan to US', 'from Jpaan to US'));
await page.waitForSelector('.diagnostics .error');
const diagnostic = await page.locator('.diagnostics .error').first().innerText();
const line = text.split('\n').findIndex((row) => row.includes('from Japan to US')) + 1;
check('an error has its place', diagnostic.includes(`deal.quid:${line}:`), diagnostic);
check('… and its code', /error\[E\d+\]/.test(diagnostic), diagnostic);
await afterAnswer(page, () => page.locator('.diagnostics .fix').first().click());
check(
    'the fix mends it',
    (await page.locator('.diagnostics .error').count()) === 0 && (await area.inputValue()) === text,
);

// ---- A deal is no markup

const hostile = join(folder, 'hostile.html');
spawnSync(quid, ['brief', 'tests/web/hostile.quid', '--html', hostile]);
const other = await browser.newPage();
other.on('dialog', () => said.push('a script of the deal ran'));
other.on('console', (message) => said.push(message.text()));
await other.goto(pathToFileURL(hostile).href);
await other.waitForSelector('.answers .answer');
check('text stays text', (await other.locator('h1').innerText()).includes('</script>'));
check(
    'no element comes from a deal',
    (await other.locator('img, iframe, script[src]').count()) === 0,
);
check('no address but of the web', (await other.locator('a[href^="javascript"]').count()) === 0);

// ---- Accessible, in light and dark, and on a phone; prints

for (const [name, options] of [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 } }],
]) {
    const view = await open(options);
    await view.evaluate(readFileSync(axe, 'utf8'));
    const found = await view.evaluate(() => window.axe.run());
    const serious = found.violations.filter(
        (one) => one.impact === 'serious' || one.impact === 'critical',
    );
    check(
        `axe, ${name}`,
        serious.length === 0,
        serious
            .map(
                (one) =>
                    `${one.id} at ${one.nodes
                        .slice(0, 3)
                        .map((node) => node.target)
                        .join(', ')}`,
            )
            .join('; '),
    );
    const overflow = await view.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    check(`nothing is wider than the screen, ${name}`, overflow <= 0, `${overflow} pixels`);
    if (screenshots !== undefined)
        await view.screenshot({ path: join(screenshots, `page-${name}.png`) });
    await view.context().close();
}
const printed = await page.pdf({ format: 'A4' });
check('it prints', printed.subarray(0, 5).toString() === '%PDF-' && printed.length > 20000);
if (screenshots !== undefined)
    await page.pdf({ format: 'A4', path: join(screenshots, 'page.pdf') });

await page.getByText('what it is made with').click();
const notices = await page.locator('footer pre', { hasText: 'cJSON' }).innerText();
check(
    'whose work is in the page',
    ['cJSON', 'musl', 'preact', 'd3-scale', 'd3-shape'].every((name) => notices.includes(name)) &&
        /Permission is hereby granted/.test(notices),
    notices.slice(0, 200),
);

// Keyboard alone: from the address bar to a slider, and a step of it.
const keys = await open();
let isReached = false;
for (let i = 0; i < 200 && !isReached; i++) {
    await keys.keyboard.press('Tab');
    isReached = await keys.evaluate(
        () => document.activeElement?.matches('input[type=range]') === true,
    );
}
check('the keyboard reaches a slider', isReached);
await keys.keyboard.press('ArrowRight');
check('… and moves it', (await keys.locator('#flags').inputValue()).startsWith('--set '));

check(
    'no message on the console, nothing asked of a network',
    said.length === 0,
    said.slice(0, 5).join('; '),
);
await browser.close();
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
