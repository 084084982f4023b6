// `quid serve` on loopback: the list, a page, and both anew when a file changes. Usage: serve.mjs QUID [SCREENSHOTS]
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axe, openBrowser } from './browser.mjs';

const [quid, screenshots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'quid-serve-'));
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

cpSync('deals', folder, { recursive: true });
writeFileSync(join(folder, 'broken.quid'), 'deal "broken"\nparty A\nparty A\n');
const server = spawn(quid, ['serve', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.on('exit', (code) => resolve(code)));
const port = await new Promise((resolve) =>
    server.stdout.on('data', (text) => {
        const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(String(text));
        if (found !== null) resolve(Number(found[1]));
    }),
);
const address = `http://127.0.0.1:${port}`;

function ask(path, options = {}) {
    return new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, path, ...options }, (reply) => {
            let text = '';
            reply.on('data', (part) => (text += part));
            reply.on('end', () =>
                resolve({ status: reply.statusCode, headers: reply.headers, text }),
            );
        });
        sent.on('error', reject);
        sent.end();
    });
}

// ---- Plain requests

const index = await ask('/');
check('the list is a page', index.status === 200 && index.text.startsWith('<!doctype html>'));
check('… that says what it is', index.headers['x-content-type-options'] === 'nosniff');
const deals = JSON.parse((await ask('/deals.json')).text);
const brief = spawnSync(quid, ['brief', join(folder, 'us-japan/deal.quid'), '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
});
const served = deals.find((deal) => deal.name === 'us-japan').brief;
check(
    'its numbers are the command’s',
    JSON.stringify(served.asks) === JSON.stringify(JSON.parse(brief.stdout).asks),
);
check(
    'a deal with errors is there, with them',
    deals.find((deal) => deal.name === 'broken')?.diagnostics.ok === false,
);
check('no such deal', (await ask('/deal/nothing')).status === 404);
check('no such page', (await ask('/etc/passwd')).status === 404);
check('no way out of the folder', (await ask('/deal/..%2f..%2fetc%2fpasswd')).status === 404);
check('nothing is taken', [405, 501].includes((await ask('/', { method: 'POST' })).status));
check(
    'another name is refused',
    (await ask('/', { headers: { Host: `evil.example:${port}` } })).status === 403,
);
check('its mistakes are text', (await ask('/deal/broken')).text.includes('broken.quid:3:'));

// ---- In the browser

const browser = await openBrowser();
const said = [];
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
page.on('console', (message) => said.push(message.text()));
page.on('pageerror', (error) => said.push(error.message));
await page.goto(`${address}/`);
await page.waitForSelector('tbody tr');
check('every deal has its row', (await page.locator('tbody tr').count()) === deals.length);
await page.evaluate(readFileSync(axe, 'utf8')).catch(() => said.push('axe could not run'));
const found = await page.evaluate(() => window.axe.run());
const serious = found.violations.filter(
    (one) => one.impact === 'serious' || one.impact === 'critical',
);
check('axe, the list', serious.length === 0, serious.map((one) => one.id).join(', '));
if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, 'serve.png') });

await page.getByRole('link', { name: served.title }).click();
await page.waitForSelector('body[data-engine=ready]');
check('a deal’s page opens', (await page.locator('h1').innerText()) === served.title);
const path = join(folder, 'us-japan/deal.quid');
writeFileSync(path, readFileSync(path, 'utf8').replace(served.title, 'Changed on disk'));
await page.waitForFunction(
    () => document.querySelector('h1')?.textContent === 'Changed on disk',
    undefined,
    { timeout: 30000 },
);
check('the page follows its file', true);
await page.goto(`${address}/`);
await page.waitForSelector('tbody tr');
writeFileSync(path, readFileSync(path, 'utf8').replace('Changed on disk', 'Changed again'));
await page.waitForFunction(() => document.body.textContent.includes('Changed again'), undefined, {
    timeout: 30000,
});
check('the list follows it too', true);
check('no message on the console', said.length === 0, said.slice(0, 3).join('; '));
await browser.close();

server.kill('SIGTERM');
check('a signal ends it in order', (await ended) === 0);
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
