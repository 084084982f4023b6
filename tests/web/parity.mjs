// The page's engine prints the bytes that the command prints: every shipped deal, as it is and changed.
// Usage: parity.mjs QUID QUID.WASM
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from './engine.mjs';

const [quid, wasm] = process.argv.slice(2);
let passed = 0;
let failed = 0;

function compare(name, wanted, found) {
    if (wanted === found) {
        passed++;
        return;
    }
    failed++;
    const wantedLines = wanted.split('\n');
    const foundLines = found.split('\n');
    const line = wantedLines.findIndex((text, i) => text !== foundLines[i]);
    console.log(
        `FAILED: ${name}, line ${line + 1}\n  native: ${wantedLines[line]}\n  wasm:   ${foundLines[line]}`,
    );
}

function native(...words) {
    const run = spawnSync(quid, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
    // A what-if that the facts contradict is an error, here as there.
    return run.status === 1 ? '' : run.stdout;
}

const engine = await openEngine(wasm);
const crew = [engine, ...(await Promise.all([1, 2, 3].map(() => openEngine(wasm))))];

// The same by several engines, each a part, put together by the first: forecast, then tornado.
function answerTogether(path, how, count) {
    for (const depth of how.depth === 3 ? [1, 3] : [how.depth]) {
        const parts = [];
        // The first is the one that finishes: the tornado's parts are for what it answered last.
        for (let i = 0; i < count; i++) {
            const one = depth === 3 ? crew[(i % (crew.length - 1)) + 1] : crew[i];
            if (one.answer(path, { ...how, depth, number: i, count }) !== 0)
                throw new Error(`${path}: part ${i + 1} of ${count}: ${one.text('diagnostics')}`);
            parts.push(one.part());
        }
        for (const part of parts)
            if (engine.takePart(part) !== 0) throw new Error(`${path}: a part is not taken`);
        if (engine.finish(depth) !== 0) throw new Error(`${path}: the parts do not fit`);
    }
}

for (const name of readdirSync('deals').sort()) {
    const folder = `deals/${name}`;
    const path = `${folder}/deal.quid`;
    for (const one of crew) {
        one.forgetFiles();
        for (const file of readdirSync(folder))
            one.addFile(`${folder}/${file}`, readFileSync(`${folder}/${file}`));
    }
    const start = performance.now();
    // The tornado solves a game many times over: of two deals, it stands for all.
    const isWhole = name === 'us-japan' || name === 'us-china-phase-one';
    engine.answer(path, { depth: isWhole ? 3 : 0 });
    const time = performance.now() - start;
    const written = native('brief', path, '--json', ...(isWhole ? [] : ['--quick']));
    compare(name, written, engine.text('brief'));
    compare(`${name}: diagnostics`, native('check', path, '--json'), engine.text('diagnostics'));
    if (engine.text('brief').length === 0) throw new Error(`${name}: no answer`);
    const model = JSON.parse(engine.text('model'));
    console.log(
        `${name}: ${time.toFixed(0)} ms, ${model.inputs.length} inputs, ${model.what_ifs.length} what-ifs`,
    );
    for (const count of [1, 2, 3, 4]) {
        answerTogether(path, { depth: isWhole && count > 1 ? 3 : 0 }, count);
        compare(
            `${name}: by ${count}`,
            isWhole && count === 1 ? native('brief', path, '--json', '--quick') : written,
            engine.text('brief'),
        );
    }
    // Every chance by the middle of the way to its upper end, as a setting.
    const input = model.inputs.find((one) => one.set !== null && one.kind === 'chance');
    if (input !== undefined) {
        const setting = `${input.set} = ${Math.round((input.middle + input.high) * 50)}%`;
        engine.answer(path, { settings: `${setting}\n`, depth: 0, scenarios: 10000 });
        compare(
            `${name}: ${setting}`,
            native('brief', path, '--json', '--quick', '--scenarios', '10000', '--set', setting),
            engine.text('brief'),
        );
    }
    for (const whatIf of model.what_ifs) {
        engine.answer(path, { whatIfs: whatIf.id, depth: 0, scenarios: 10000 });
        compare(
            `${name}: ${whatIf.id}`,
            native(
                'brief',
                path,
                '--json',
                '--quick',
                '--scenarios',
                '10000',
                '--what-if',
                whatIf.id,
            ),
            engine.text('brief'),
        );
    }
}

// The deepest that the language allows, on the module's small stack: parentheses, ifs, a sum, lets on top of lets.
const depth = 95;
const lets = Array.from(
    { length: 90 },
    (_, i) => `let l${i} = ${i === 0 ? '1 to 2' : `l${i - 1} + 1`}`,
);
const nested = `${'('.repeat(depth)}l89${')'.repeat(depth)}`;
const branches = `${'(1 if l0 > 1.5 else '.repeat(49)}0${')'.repeat(49)}`;
const sum = Array(99).fill('l0').join(' + ');
const folder = mkdtempSync(join(tmpdir(), 'quid-deep-'));
const deep = join(folder, 'deep.quid');
writeFileSync(
    deep,
    `deal "deep"\n  horizon 2027-01-01\n${lets.join('\n')}\nask "a" value ${nested}\nask "b" value ${branches}\nask "c" value ${sum}\n2026-01-01 note "x"\n`,
);
engine.forgetFiles();
engine.addFile(deep, readFileSync(deep));
engine.answer(deep, { depth: 0 });
if (engine.text('brief').length === 0)
    compare('the deepest deal is answered', '', engine.text('diagnostics'));
compare('the deepest deal', native('brief', deep, '--json', '--quick'), engine.text('brief'));
rmSync(folder, { recursive: true });

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
