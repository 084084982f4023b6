// Bundles the page into a template for the command: markers (a byte 1 and a letter) stand where the
// command writes what belongs to a deal. Usage: build.mjs SOURCES PACKAGES WASM OUTPUT.c NOTICES.txt
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const [sources, packages, wasm, output, told] = process.argv.slice(2);
const { buildSync } = createRequire(join(resolve(packages), 'package.json'))('esbuild');

const packed = new Set(); // packages that the page holds something of

function bundle(entry, define = {}) {
    const built = buildSync({
        entryPoints: [join(sources, entry)],
        bundle: true,
        minify: true,
        format: 'iife',
        target: 'es2022',
        write: false,
        metafile: true,
        nodePaths: [join(packages, 'node_modules')],
        define,
        legalComments: 'inline',
        charset: 'utf8',
        logLevel: 'warning',
    });
    for (const path of Object.keys(built.metafile.inputs)) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
        if (name !== undefined) packed.add(name);
    }
    return built.outputFiles[0].text.trim();
}

const worker = bundle('worker.ts');
const script = bundle('main.ts', { WORKER_SOURCE: JSON.stringify(worker) });
const style = buildSync({
    entryPoints: [join(sources, 'style.css')],
    minify: true,
    write: false,
}).outputFiles[0].text.trim();
// A closing tag inside would end the element.
for (const [name, text] of [
    ['script', script],
    ['style', style],
])
    if (text.toLowerCase().includes(`</${name}`) || text.includes('<!--'))
        throw new Error(`the ${name} holds markup`);

// Their licences want to be told wherever they go: who, and under each licence's text once.
function tellNotices() {
    const cjson = readFileSync(join(packages, 'cjson', 'cJSON.c'), 'utf8');
    const mit = cjson.slice(cjson.indexOf('/*') + 2, cjson.indexOf('*/'));
    const musl = mit.replace(/Copyright.*/, 'Copyright 2005-2019 Rich Felker and contributors');
    const licences = [
        ['cJSON', mit],
        ['musl, in wasi-libc', musl],
        ...[...packed].map((name) => [
            name,
            readFileSync(join(packages, 'node_modules', name, 'LICENSE'), 'utf8'),
        ]),
    ];
    const holders = new Map(); // by the licence's words
    for (const [name, text] of licences) {
        const holder = /^.*Copyright.*$/m.exec(text)?.[0].trim() ?? '';
        const words = text
            .replace(/^.*Copyright.*$|^The MIT License.*$/gm, '')
            .replace(/\s+/g, ' ')
            .trim();
        holders.set(words, [...(holders.get(words) ?? []), `${name}: ${holder}`]);
    }
    return [...holders].map(([words, names]) => [...names, '', words].join('\n')).join('\n\n\n');
}

const notices = tellNotices();
const hash = (text) => createHash('sha256').update(text).digest('base64');
const markers = {
    LIVE: 'L',
    CONNECT: 'C',
    TITLE: 'T',
    TEXT: 'X',
    REQUEST: 'Q',
    FILES: 'F',
    MODEL: 'M',
    BRIEF: 'B',
};

function fill(template, values) {
    return readFileSync(join(sources, template), 'utf8').replace(/%([A-Z_]+)%/g, (_, name) =>
        name in markers ? `\u0001${markers[name]}` : values[name],
    );
}

function array(name, text) {
    const bytes = Buffer.from(text);
    const rows = [];
    for (let i = 0; i < bytes.length; i += 32) rows.push([...bytes.subarray(i, i + 32)].join(','));
    return `const unsigned char ${name}[] = {\n${rows.join(',\n')}};\nconst size_t ${name}_size = ${bytes.length};\n`;
}

const pack = (bytes) => gzipSync(bytes, { level: 9 }).toString('base64');
const page = fill('page.html', {
    SCRIPT: script,
    STYLE: style,
    SCRIPT_HASH: hash(script),
    STYLE_HASH: hash(style),
    ENGINE: pack(readFileSync(wasm)),
    NOTICES: pack(notices),
});
const list = bundle('index.ts');
const index = fill('index.html', {
    SCRIPT: list,
    STYLE: style,
    SCRIPT_HASH: hash(list),
    STYLE_HASH: hash(style),
});
writeFileSync(
    output,
    `// Made by src/web/page/build.mjs.\n#include "page.h"\n\n${array('quid_page_template', page)}\n${array('quid_index_page', index)}`,
);
writeFileSync(told, `${notices}\n`);
