// A worker with the engine inside. It answers one request after another; the page keeps only the
// newest that waits.
import type { EngineReply, EngineRequest } from './engine';

interface Exports {
    memory: WebAssembly.Memory;
    _initialize(): void;
    quid_web_allocate(size: number): number;
    quid_web_release(at: number): void;
    quid_web_open(): number;
    quid_web_forget_files(engine: number): void;
    quid_web_add_file(
        engine: number,
        path: number,
        pathSize: number,
        bytes: number,
        size: number,
    ): number;
    quid_web_answer(
        engine: number,
        path: number,
        pathSize: number,
        settings: number,
        settingsSize: number,
        whatIfs: number,
        whatIfsSize: number,
        asOf: number,
        minTrust: number,
        precision: number,
        seed: bigint,
        scenarios: number,
        fans: number,
        points: number,
        depth: number,
    ): number;
    quid_web_text(engine: number, document: number): number;
    quid_web_text_size(engine: number, document: number): number;
}

const noDate = -2147483648;
const failing = -1;
let code: Exports;
let engine = 0;
let module: WebAssembly.Module;

// Nothing of a system is there: no files, no clock, no arguments. Only a failed assertion writes,
// before it traps.
const system = {
    fd_write: () => 8,
    fd_close: () => 0,
    fd_seek: () => 70,
    fd_fdstat_get: () => 8,
    proc_exit(): never {
        throw new Error('the engine stopped');
    },
};

function open(): void {
    code = new WebAssembly.Instance(module, { wasi_snapshot_preview1: system })
        .exports as unknown as Exports;
    code._initialize();
    engine = code.quid_web_open();
}

function put(text: string): [number, number] {
    const bytes = new TextEncoder().encode(text);
    const at = code.quid_web_allocate(bytes.length);
    if (at === 0) throw new Error('there is no memory left');
    new Uint8Array(code.memory.buffer).set(bytes, at);
    return [at, bytes.length];
}

function read(document: number): string {
    const at = code.quid_web_text(engine, document);
    const size = code.quid_web_text_size(engine, document);
    return new TextDecoder().decode(new Uint8Array(code.memory.buffer, at, size));
}

function dayNumber(date: string | null): number {
    return date === null ? noDate : Math.round(Date.parse(`${date}T00:00:00Z`) / 86400000);
}

function answer(request: EngineRequest): EngineReply {
    const start = performance.now();
    if (request.files !== undefined) {
        code.quid_web_forget_files(engine);
        for (const [path, text] of request.files) {
            const [name, nameSize] = put(path);
            const [bytes, size] = put(text);
            code.quid_web_add_file(engine, name, nameSize, bytes, size);
            code.quid_web_release(name);
            code.quid_web_release(bytes);
        }
    }
    const path = put(request.path);
    const settings = put(request.settings.map((line) => `${line}\n`).join(''));
    const whatIfs = put(request.whatIfs.join('\n'));
    const status = code.quid_web_answer(
        engine,
        ...path,
        ...settings,
        ...whatIfs,
        dayNumber(request.asOf),
        request.minTrust,
        request.precision,
        BigInt(request.seed),
        request.scenarios,
        request.fans,
        request.points,
        request.depth,
    );
    for (const [at] of [path, settings, whatIfs]) code.quid_web_release(at);
    return {
        id: request.id,
        status,
        diagnostics: read(0),
        brief: read(1),
        model: request.hasModel ? read(2) : '',
        milliseconds: performance.now() - start,
    };
}

addEventListener(
    'message',
    (event: MessageEvent<{ module: WebAssembly.Module } | EngineRequest>) => {
        if ('module' in event.data) {
            module = event.data.module;
            open();
            return;
        }
        const request = event.data;
        let reply: EngineReply;
        try {
            reply = answer(request);
        } catch (error) {
            // A trap leaves the instance in no known state: the next request gets a new one.
            const message = error instanceof Error ? error.message : String(error);
            reply = {
                id: request.id,
                status: failing,
                diagnostics: '',
                brief: '',
                model: '',
                milliseconds: 0,
                message,
            };
            open();
        }
        postMessage(reply);
    },
);
