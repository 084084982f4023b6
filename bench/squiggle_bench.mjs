// The model of program_bench.c in Squiggle, a language for estimates: ten lognormal quantities, their
// sum, and the latest of three uncertain dates. The answer is checked before the time counts.
import { run } from "@quri/squiggle-lang";

const count = 1000000;
const quantities = Array.from({ length: 10 }, (_, i) => `x${i} = ${i + 1} to ${2 * i + 3}`);
const dates = Array.from(
    { length: 3 },
    (_, i) => `d${i} = normal({p5: ${20819 + i}, p95: ${21185 + i}})`,
);
const text = `${quantities.join("\n")}
${dates.join("\n")}
sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9
latest = max(max(d0, d1), d2)
[mean(sum), mean(latest)]`;

const z95 = 1.6448536269514722;
const means = Array.from({ length: 10 }, (_, i) => {
    const deviation = Math.log((2 * i + 3) / (i + 1)) / (2 * z95);
    return Math.sqrt((i + 1) * (2 * i + 3)) * Math.exp((deviation * deviation) / 2);
});
const wanted = means.reduce((left, right) => left + right, 0);

let best = Infinity;
for (let trial = 0; trial < 3; trial++) {
    const begin = process.cpuUsage();
    const output = await run(text, { environment: { sampleCount: count, xyPointLength: 1000 } });
    const used = process.cpuUsage(begin);
    const spent = (used.user + used.system) / 1e3;
    if (!output.result.ok) {
        console.error(`squiggle_bench: ${output.result.value}`);
        process.exit(1);
    }
    const found = output.result.value.result.asJS();
    if (!(Math.abs(found[0] / wanted - 1) < 2e-3)) {
        console.error(`squiggle_bench: the mean is ${found[0]}, not ${wanted}`);
        process.exit(1);
    }
    best = Math.min(best, spent);
}
const nanoseconds = (best * 1e6) / count;
console.log(
    `${"Squiggle (node)".padEnd(24)} ${nanoseconds.toFixed(1).padStart(8)} ns a scenario  ` +
        `${(1e3 / nanoseconds).toFixed(2).padStart(8)} million scenarios a second`,
);
