// The model of sampling_bench.c in Squiggle, a language for estimates: ten lognormal quantities, their
// sum, and the latest of three uncertain dates. Prints rows as bench.h does; the answer is checked
// before the time counts.
import { run } from "@quri/squiggle-lang";

const label = "the model (Philox)";
const check = "mean of the sum and share of early dates by closed form";
const quantities = Array.from({ length: 10 }, (_, i) => `x${i} = ${i + 1} to ${2 * i + 3}`);
const dates = Array.from(
    { length: 3 },
    (_, i) => `d${i} = normal({p5: ${20819 + i}, p95: ${21185 + i}})`,
);
const text = `${quantities.join("\n")}
${dates.join("\n")}
sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9
latest = max(max(d0, d1), d2)
[mean(sum), cdf(latest, ${(20819 + 21185) / 2})]`;

const z95 = 1.6448536269514722;
let mean = 0;
let variance = 0;
for (let i = 0; i < 10; i++) {
    const spread = Math.log((2 * i + 3) / (i + 1)) / (2 * z95);
    const own = Math.sqrt((i + 1) * (2 * i + 3)) * Math.exp((spread * spread) / 2);
    mean += own;
    variance += own * own * (Math.exp(spread * spread) - 1);
}
// A half, and a little less than a half twice: one day is a 366th of the interval.
const below = (days) => 0.5 - (days * 2 * z95) / 366 / Math.sqrt(2 * Math.PI);
const share = 0.5 * below(1) * below(2);

for (const count of [1e3, 1e4, 1e5, 1e6]) {
    const runs = [];
    while (runs.length < 7 && runs.reduce((sum, one) => sum + one.cpu, 0) < 1) {
        const beginCpu = process.cpuUsage();
        const begin = performance.now();
        const output = await run(text, { environment: { sampleCount: count, xyPointLength: 1000 } });
        const used = process.cpuUsage(beginCpu);
        runs.push({ cpu: (used.user + used.system) / 1e6, wall: (performance.now() - begin) / 1e3 });
        if (!output.result.ok) {
            console.error(`bench: Squiggle: ${output.result.value}`);
            process.exit(1);
        }
        const [foundMean, foundShare] = output.result.value.result.asJS();
        if (!(Math.abs(foundMean - mean) <= 6 * Math.sqrt(variance / count))) {
            console.error(`bench: Squiggle: the mean is ${foundMean}, not ${mean}`);
            process.exit(1);
        }
        // Its curve is smoothed: half a hundredth more.
        if (!(Math.abs(foundShare - share) <= 6 * Math.sqrt(share / count) + 0.005)) {
            console.error(`bench: Squiggle: the share is ${foundShare}, not ${share}`);
            process.exit(1);
        }
    }
    runs.sort((left, right) => left.cpu - right.cpu);
    const { cpu, wall } = runs[runs.length >> 1];
    console.log(
        `sampling,${label},scenarios,${count},peer,Squiggle,cpu,${cpu.toFixed(9)},` +
            `${wall.toFixed(9)},0,${runs.length},yes,${check}`,
    );
}
