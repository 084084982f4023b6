// The page's engine prints the bytes that the command prints: random small deals, every eighth with its tornado.
// Usage: random.mjs QUID QUID.WASM PRINT_DEALS [FIRST COUNT]: the seeds, for longer runs by hand
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from './engine.mjs';

const [quid, wasm, printDeals, first = '1', count = '48'] = process.argv.slice(2);
const scenarios = 1000;
const folder = mkdtempSync(join(tmpdir(), 'quid-random-'));
const path = join(folder, 'deal.quid');
const engine = await openEngine(wasm);
let answered = 0;
let refused = 0;
let failed = 0;

function run(program, words) {
    const ended = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (ended.status === null || ended.status > 1)
        throw new Error(
            `${program} ${words.join(' ')}: ${ended.error ?? ended.signal ?? ended.stderr}`,
        );
    return ended;
}

function compare(seed, deal, isWhole) {
    writeFileSync(path, deal);
    engine.forgetFiles();
    engine.addFile(path, new TextEncoder().encode(deal));
    engine.answer(path, { depth: isWhole ? 3 : 0, scenarios });
    const words = ['brief', path, '--json', '--scenarios', `${scenarios}`];
    const native = run(quid, isWhole ? words : [...words, '--quick']);
    const wanted = native.status === 0 ? native.stdout : '';
    const found = engine.text('brief');
    if (wanted === found) {
        answered += wanted.length > 0;
        refused += wanted.length === 0;
        return;
    }
    failed++;
    const foundLines = found.split('\n');
    const wantedLines = wanted.split('\n');
    const line = wantedLines.findIndex((text, i) => text !== foundLines[i]);
    console.log(
        `FAILED: seed ${seed}, line ${line + 1}\n  native: ${wantedLines[line]}\n  wasm:   ${foundLines[line]}\n${deal}`,
    );
}

const deals = run(printDeals, [first, count]).stdout.split('\0').slice(0, -1);
deals.forEach((deal, i) => compare(Number(first) + i, deal, i % 8 === 7));
rmSync(folder, { recursive: true });

// A deal that is refused says nothing of figures: most must be answered.
if (deals.length !== Number(count) || answered < (deals.length * 2) / 3) {
    console.log(`FAILED: of ${deals.length} deals ${answered} were answered`);
    failed++;
}
console.log(`${answered} answered alike, ${refused} refused alike`);
console.log(`${answered + refused} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
