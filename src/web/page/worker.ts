// A worker with the engine inside. It answers one request after another; the page keeps only the
// newest that waits. Several share a request: each draws its part, the first puts them together.
import type { EngineMessage, EngineReply, EngineRequest, PartMessage } from './engine';

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
        hasModel: number,
        number: number,
        count: number,
    ): number;
    quid_web_take_part(engine: number, bytes: number, size: number): number;
    quid_web_finish(engine: number, depth: number): number;
    quid_web_text(engine: number, document: number): number;
    quid_web_text_size(engine: number, document: number): number;
}

const noDate = -2147483648;
const failing = -1;
let code: Exports;
let engine = 0;
let module: WebAssembly.Module;
let leader: MessagePort | null = null; // of those that share requests with this one
let shared: Shared | null = null; // what this one leads and has not answered
let early: PartMessage[] = []; // others' parts that came before this one's own

// A request that was shared out: parts by number.
interface Shared {
    request: EngineRequest;
    parts: (Uint8Array | undefined)[];
    status: number;
    message?: string;
}

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

function putBytes(bytes: Uint8Array): [number, number] {
    const at = code.quid_web_allocate(bytes.length);
    if (at === 0) throw new Error('there is no memory left');
    new Uint8Array(code.memory.buffer).set(bytes, at);
    return [at, bytes.length];
}

function put(text: string): [number, number] {
    return putBytes(new TextEncoder().encode(text));
}

const documents = { diagnostics: 0, brief: 1, model: 2, part: 3 } as const;

function bytesOf(document: number): Uint8Array {
    const at = code.quid_web_text(engine, document);
    return new Uint8Array(code.memory.buffer, at, code.quid_web_text_size(engine, document));
}

function read(document: number): string {
    return new TextDecoder().decode(bytesOf(document));
}

function dayNumber(date: string | null): number {
    return date === null ? noDate : Math.round(Date.parse(`${date}T00:00:00Z`) / 86400000);
}

function takeFiles(files: [string, string][]): void {
    code.quid_web_forget_files(engine);
    for (const [path, text] of files) {
        const [name, nameSize] = put(path);
        const [bytes, size] = put(text);
        code.quid_web_add_file(engine, name, nameSize, bytes, size);
        code.quid_web_release(name);
        code.quid_web_release(bytes);
    }
}

// The whole answer, or the request's part of it. Returns the engine's status.
function compute(request: EngineRequest): number {
    if (request.files !== undefined) takeFiles(request.files);
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
        Number(request.hasModel),
        request.part.number,
        request.part.count,
    );
    for (const [at] of [path, settings, whatIfs]) code.quid_web_release(at);
    return status;
}

function putTogether(parts: Uint8Array[], depth: number): number {
    for (const part of parts) {
        const [at, size] = putBytes(part);
        code.quid_web_take_part(engine, at, size);
        code.quid_web_release(at);
    }
    return code.quid_web_finish(engine, depth);
}

function reply(id: number, status: number, hasModel: boolean, message?: string): void {
    const isThere = status !== failing;
    const answer: EngineReply = {
        id,
        status,
        diagnostics: isThere ? read(documents.diagnostics) : '',
        brief: isThere ? read(documents.brief) : '',
        model: isThere && hasModel ? read(documents.model) : '',
        message,
    };
    postMessage(answer);
}

// A trap leaves the instance in no known state: the next request gets a new one.
function guarded(act: () => number): [number, string?] {
    try {
        return [act()];
    } catch (error) {
        open();
        return [failing, error instanceof Error ? error.message : String(error)];
    }
}

function finishShared(): void {
    if (shared === null) return;
    const { request, parts, status, message } = shared;
    const there = parts.filter((part) => part !== undefined);
    if (status === 0 && there.length < request.part.count) return;
    shared = null;
    const [finished, trouble] =
        status === 0 ? guarded(() => putTogether(there, request.depth)) : [status, message];
    reply(request.id, finished, request.hasModel, trouble);
}

function takePart({ id, number, status, part, message }: PartMessage): void {
    if (shared?.request.id !== id) return;
    if (status === 0) shared.parts[number] = part;
    else if (shared.status === 0) {
        shared.status = status;
        shared.message = message;
    }
    finishShared();
}

function answer(request: EngineRequest): void {
    const { number, count } = request.part;
    const [status, message] = guarded(() => compute(request));
    if (count === 0) {
        reply(request.id, status, request.hasModel, message);
        return;
    }
    const part = status === 0 ? bytesOf(documents.part).slice() : new Uint8Array();
    const made: PartMessage = { id: request.id, number, status, part, message };
    if (leader !== null) leader.postMessage(made, [part.buffer]);
    else if (request.isLed) {
        early = early.filter((one) => one.id === request.id);
        shared = { request, parts: Array<undefined>(count).fill(undefined), status: 0 };
        for (const one of [made, ...early]) takePart(one);
        early = [];
    } else postMessage(made, { transfer: [part.buffer] });
}

addEventListener('message', (event: MessageEvent<EngineMessage>) => {
    const message = event.data;
    if ('module' in message) {
        module = message.module;
        leader = message.leader ?? null;
        for (const port of message.led ?? []) {
            port.onmessage = (made: MessageEvent<PartMessage>) => {
                if (shared?.request.id === made.data.id) takePart(made.data);
                else early.push(made.data);
            };
        }
        open();
    } else if ('parts' in message) {
        const [status, trouble] = guarded(() => putTogether(message.parts, message.depth));
        reply(message.id, status, false, trouble);
    } else answer(message);
});
