// `quid serve` under clients that mean no good, on loopback alone: ten thousand requests at once, requests that never end,
// answers that nobody reads, bytes that are no HTTP, too few descriptors. Whatever they do, others are answered, nothing
// is left open, memory stays bounded, and a signal ends the server in order. Usage: serve.mjs QUID
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [quid] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'quid-hostile-'));
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

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// descriptors: of the server; 0: as many as it may have. Started by a shell that sets them; `exec` keeps the process.
async function start(descriptors, ...files) {
    const limit = descriptors === 0 ? '' : `ulimit -n ${descriptors};`;
    const child = spawn(
        'sh',
        ['-c', `${limit} exec "$@"`, 'sh', quid, 'serve', ...files, '--port', '0'],
        {
            stdio: ['ignore', 'pipe', 'pipe'],
        },
    );
    const server = { child, said: '', pid: child.pid };
    child.stderr.on('data', (text) => (server.said += text));
    server.ended = new Promise((resolve) =>
        child.on('exit', (code, signal) => resolve(signal ?? code)),
    );
    server.port = await new Promise((resolve, reject) => {
        child.stdout.on('data', (text) => {
            const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(String(text));
            if (found !== null) resolve(Number(found[1]));
        });
        server.ended.then(() => reject(new Error(`quid serve ended: ${server.said}`)));
    });
    return server;
}

const descriptorsOf = (server) => readdirSync(`/proc/${server.pid}/fd`).length;
const peakOf = (server) =>
    Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;

// Sends bytes and reads to the end. Resolves to { status, size }: 0 where there was no answer.
function ask(server, bytes, milliseconds = 60000) {
    return new Promise((resolve) => {
        const socket = connect(server.port, '127.0.0.1');
        let head = '';
        let size = 0;
        const timer = setTimeout(() => socket.destroy(), milliseconds);
        socket.on('connect', () => socket.write(bytes));
        socket.on('data', (part) => {
            if (head.length < 2000) head += part.toString('latin1', 0, 2000);
            size += part.length;
        });
        socket.on('error', () => {});
        socket.on('close', () => {
            clearTimeout(timer);
            resolve({ status: Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1] ?? 0), head, size });
        });
    });
}

const get = (path, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`;

// Opens a connection, says something, and stays.
function stay(server, bytes, isReading) {
    const socket = connect(server.port, '127.0.0.1');
    socket.isGone = false;
    socket.on('connect', () => {
        if (!isReading) socket.pause();
        if (bytes.length > 0) socket.write(bytes);
    });
    socket.on('error', () => {});
    socket.on('close', () => (socket.isGone = true));
    if (isReading) socket.on('data', () => {});
    return socket;
}

async function until(name, milliseconds, isSo) {
    const end = Date.now() + milliseconds;
    while (!isSo() && Date.now() < end) await pause(50);
    check(name, isSo());
}

function count(answers) {
    const by = {};
    for (const one of answers) by[one.status] = (by[one.status] ?? 0) + 1;
    return by;
}

cpSync('deals/us-korea-350', join(folder, 'korea'), { recursive: true });
cpSync('deals/us-japan', join(folder, 'slow'), { recursive: true });
writeFileSync(join(folder, 'broken.quid'), 'deal "broken"\nparty A\nparty A\n');
const server = await start(0, folder);
const before = descriptorsOf(server);

// ---- A page that takes its time holds up nobody: the small ones are answered before it.

let isSlowDone = false;
const slow = ask(server, get('/deal/slow')).then((answer) => {
    isSlowDone = true;
    return answer;
});
const small = await Promise.all(
    ['/', '/nothing', '/deal/broken'].map((path) => ask(server, get(path))),
);
check('small answers come at once', small.map((one) => one.status).join() === '200,404,200');
check('… before the slow one', !isSlowDone);

// ---- Ten thousand at once, most of them before the page they ask for is made

const hard = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout);
const most = Number.isFinite(hard) ? Math.min(10000, hard - 200) : 10000;
const paths = ['/', '/nothing', '/deal/broken', '/deals.json', '/deal/korea', '/deal/none'];
const wanted = [200, 404, 200, 200, 200, 404];
const crowd = Array.from({ length: most }, (_, i) =>
    // Of what is large, few: the test measures the server, not the loopback.
    i % 100 < 4 ? i % 6 : [0, 1, 2, 5][i % 4],
);
const answers = await Promise.all(crowd.map((which) => ask(server, get(paths[which]))));
check(
    `${most} requests at once are all answered`,
    answers.every((one, i) => one.status === wanted[crowd[i]]),
    JSON.stringify(count(answers)),
);
check('the slow page is there', (await slow).status === 200);

// ---- Who never ends, never reads, or leaves

const hangers = [];
for (let i = 0; i < 300; i++) {
    hangers.push(stay(server, '', true));
    hangers.push(stay(server, 'GET / HTTP/1.1\r\nHost: local', true));
    hangers.push(stay(server, `GET /deals.json HTTP/1.1\r\nHost: localhost\r\nX-${i}: `, true));
}
const drip = setInterval(() => {
    for (const one of hangers) if (!one.isGone) one.write('x');
}, 500);
const deaf = Array.from({ length: 300 }, () => stay(server, get('/deal/slow'), false));
const listeners = Array.from({ length: 100 }, () => stay(server, get('/events'), true));
await pause(500);
check('beside them others are answered', (await ask(server, get('/deal/slow'))).status === 200);
const peak = peakOf(server);
check('deaf readers share the bytes of one page: less than 400 MB', peak < 400, `${peak} MB`);
// Half of those who listen leave; their places are free for others.
for (const one of listeners) one.destroy();
await pause(700);
const again = stay(server, get('/events'), true);
let told = '';
again.on('data', (part) => (told += part));
await pause(300);
check('a listener’s place is free when he leaves', told.startsWith('HTTP/1.1 200'), told);
writeFileSync(join(folder, 'broken.quid'), 'deal "broken"\nparty B\nparty B\n');
await until('who listens is told of a change', 5000, () => told.includes('event: change'));

// Connections that end in the middle of an answer.
await Promise.all(
    Array.from(
        { length: 300 },
        () =>
            new Promise((resolve) => {
                const socket = connect(server.port, '127.0.0.1');
                socket.on('error', () => {});
                socket.on('close', resolve);
                socket.on('connect', () => socket.write(get('/deal/slow')));
                socket.once('data', () => socket.resetAndDestroy());
            }),
    ),
);

// ---- What is no request

const filler = 'a'.repeat(1 << 20);
for (const [name, bytes, statuses] of [
    ['a header of a megabyte', get('/', `X-Long: ${filler}\r\n`), [0, 400, 413]],
    ['a path of a megabyte', get(`/${filler}`), [0, 400, 413]],
    ['bytes', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)), [0, 400]],
    ['zeros', `${'\0'.repeat(3000)}\r\n\r\n`, [0, 400]],
    [
        'a body',
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n`,
        [0, 400, 405, 413, 501],
    ],
    [
        'a body of less than nothing',
        `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`,
        [0, 400],
    ],
    [
        'no such method',
        'BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
        [0, 400, 405, 501],
    ],
    ['no host', 'GET / HTTP/1.0\r\n\r\n', [403]],
    ['a name cut off', get('/deal/%'), [404]],
    ['a name with a zero', get('/deal/broken%00'), [404]],
    ['a way up', get('/deal/%2e%2e%2fkorea'), [404]],
]) {
    const answer = await ask(server, bytes, 15000);
    check(name, statuses.includes(answer.status), `status ${answer.status}`);
}
check('a name may be written otherwise', (await ask(server, get('/deal/%62roken'))).status === 200);
const chain = await ask(
    server,
    get('/').replace('Connection: close\r\n', '').repeat(50) + get('/'),
);
check('requests in a row', chain.head.split('HTTP/1.1 200').length > 1 && chain.size > 51 * 1000);

await until('who never ends his request is let go', 20000, () =>
    hangers.every((one) => one.isGone),
);
clearInterval(drip);
for (const one of [...deaf, again]) one.destroy();
await until('no descriptor is left open', 5000, () => descriptorsOf(server) <= before);
check('it still answers', (await ask(server, get('/deal/korea'))).status === 200);
check('it said nothing', server.said === '', server.said.slice(0, 300));
server.child.kill('SIGTERM');
check('a signal ends it in order', (await server.ended) === 0);

// ---- Few descriptors: who comes too many waits, and is answered

const small_server = await start(256, folder);
const idle = Array.from({ length: 300 }, () => stay(small_server, 'GET', true));
await pause(300);
const late = await Promise.all(
    Array.from({ length: 100 }, () => ask(small_server, get('/'), 20000)),
);
check(
    'beyond the last descriptor others are answered',
    late.every((one) => one.status === 200),
    JSON.stringify(count(late)),
);
check('it says that it is full', small_server.said.includes('connections are taken'));
// A signal while a page is made.
const open = stay(small_server, get('/deal/slow'), true);
await pause(100);
small_server.child.kill('SIGINT');
check('a signal ends it while a page is made', (await small_server.ended) === 0);
for (const one of [...idle, open]) one.destroy();
const none = spawnSync(
    'sh',
    ['-c', 'ulimit -n 60; exec "$@"', 'sh', quid, 'serve', folder, '--port', '0'],
    {
        encoding: 'utf8',
        timeout: 10000,
    },
);
check(
    'too few descriptors are said',
    none.status === 3 && none.stderr.includes('ulimit -n'),
    none.stderr,
);

rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed (at most ${Math.round(peak)} MB)`);
process.exit(failed === 0 ? 0 : 1);
