// What the page's engine takes, as node runs it: the model of the sampling benchmark, and a slider's step on the
// flagship. Rows as the other benchmarks print them; answers are checked before times count.
// Usage: page_bench.mjs QUID.WASM [--quick]
import { readdirSync, readFileSync } from 'node:fs';
import { openEngine } from '../tests/web/engine.mjs';

const [wasm, ...words] = process.argv.slice(2);
const isQuick = words.includes('--quick');
const runCount = isQuick ? 1 : 7;

function fail(what) {
    console.error(`page_bench: ${what}`);
    process.exit(1);
}

function timed(act) {
    const before = process.cpuUsage();
    const begin = performance.now();
    act();
    const used = process.cpuUsage(before);
    return { cpu: (used.user + used.system) / 1e6, wall: (performance.now() - begin) / 1e3 };
}

function median(runs) {
    return [...runs].sort((a, b) => a.cpu - b.cpu)[runs.length >> 1];
}

function print(path, label, unit, size, time, check) {
    console.log(
        `${path},${label},${unit},${size},quid,quid as WebAssembly,cpu,${time.cpu.toFixed(9)},` +
            `${time.wall.toFixed(9)},0,${runCount},yes,${check}`,
    );
}

// ---- Ten lognormals and the latest of three dates, as `quid forecast` draws, counts and sums them up

const numbers = Array.from({ length: 10 }, (_, i) => i);
const sum = numbers.map((i) => `x${i}`).join(' + ');
const model = `deal "Ten quantities, three dates"
  horizon 2036-12-31
party A
party B
pledge p "p"
  from A to B
  made 2026-01-01
${numbers.map((i) => `let x${i} = ${i + 1} to ${2 * i + 3}`).join('\n')}
${[1, 2, 3].map((i) => `let d${i} = 2027-01-0${i} to 2028-01-0${i}`).join('\n')}
ask "sum" ASKED
ask "early" chance max(d1, d2, d3) < 2027-07-03
2026-01-01 note "x"
`;
const z95 = 1.6448536269514722;
const mean = numbers
    .map((i) => {
        const deviation = Math.log((2 * i + 3) / (i + 1)) / (2 * z95);
        return Math.sqrt((i + 1) * (2 * i + 3)) * Math.exp((deviation * deviation) / 2);
    })
    .reduce((left, right) => left + right, 0);

const sampler = await openEngine(wasm);
// The values are kept for their quantiles; a chance is counted alone, and costs what drawing costs.
sampler.addFile('value.quid', model.replace('ASKED', `value ${sum}`));
sampler.addFile('chance.quid', model.replace('ASKED', `chance ${sum} > 0`));

function sample(path, wanted, count) {
    if (sampler.answer(path, { scenarios: count, depth: 0, hasModel: false }) !== 0)
        fail(sampler.text('diagnostics'));
    const found = JSON.parse(sampler.text('brief')).asks[0].answer;
    if (!(Math.abs(found / wanted - 1) < 1e-3)) fail(`${path}: ${found}, not ${wanted}`);
}

const scenarioCount = isQuick ? 65536 : 4194304;
for (const [path, label, wanted] of [
    ['chance.quid', 'the model (Sobol); drawn and counted', 1],
    ['value.quid', 'the model (Sobol); with quantiles of the sum', mean],
]) {
    sample(path, wanted, 65536);
    const runs = Array.from({ length: runCount }, () =>
        timed(() => sample(path, wanted, scenarioCount)),
    );
    print('sampling', label, 'scenarios', scenarioCount, median(runs), 'the sum by closed form');
}

// ---- A slider's step: the whole engine, and the part and the rest of one of two workers

const folder = 'deals/us-japan';
const path = `${folder}/deal.quid`;
const crew = [await openEngine(wasm), await openEngine(wasm)];
for (const one of crew) {
    for (const file of readdirSync(folder))
        one.addFile(`${folder}/${file}`, readFileSync(`${folder}/${file}`));
}
const asOf = Math.round(Date.parse('2026-02-11T00:00:00Z') / 86400000);

function request(step, more) {
    return {
        settings: `hurdles.cleared = ${20 + (step % 40)}%\n`,
        asOf,
        scenarios: 10000,
        fans: 1024,
        points: 32,
        depth: 0,
        hasModel: false,
        ...more,
    };
}

function stepAlone(step) {
    if (crew[0].answer(path, request(step)) !== 0) fail(crew[0].text('diagnostics'));
}

// What the first of two workers does: the other's part is made beside it.
function stepTogether(step) {
    const parts = [];
    if (crew[1].answer(path, request(step, { number: 1, count: 2 })) !== 0) fail('no part');
    const other = crew[1].part();
    const time = timed(() => {
        if (crew[0].answer(path, request(step, { number: 0, count: 2 })) !== 0) fail('no part');
        parts.push(crew[0].part(), other);
        for (const part of parts) crew[0].takePart(part);
        if (crew[0].finish(0) !== 0) fail('the parts do not fit');
    });
    return time;
}

const stepCount = isQuick ? 2 : 60;
for (let step = 0; step < stepCount / 2; step++) stepTogether(step);
const together = Array.from({ length: stepCount }, (_, step) => stepTogether(step));
const text = crew[0].text('brief');
stepAlone(stepCount - 1);
if (crew[0].text('brief') !== text) fail('two workers answer otherwise than one');
const alone = Array.from({ length: stepCount }, (_, step) => timed(() => stepAlone(step)));
const check = 'one worker and two: the same bytes';
print('page step', 'us-japan; one worker', 'scenarios', 10000, median(alone), check);
print(
    'page step',
    'us-japan; the first of two workers',
    'scenarios',
    10000,
    median(together),
    check,
);
