// The WebAssembly module as node sees it. What it may ask of its host is nothing but this: an assertion's text.
import { readFileSync } from 'node:fs';

const documents = { diagnostics: 0, brief: 1, model: 2, part: 3 };
const noDate = -2147483648;

export async function openEngine(path) {
    let memory;
    const said = [];
    const system = {
        // Only a failed assertion writes, to standard error, before it traps.
        fd_write(descriptor, vectors, count, written) {
            const view = new DataView(memory.buffer);
            let size = 0;
            for (let i = 0; i < count; i++) {
                const at = view.getUint32(vectors + 8 * i, true);
                const length = view.getUint32(vectors + 8 * i + 4, true);
                said.push(new TextDecoder().decode(new Uint8Array(memory.buffer, at, length)));
                size += length;
            }
            view.setUint32(written, size, true);
            return 0;
        },
        fd_close: () => 0,
        fd_seek: () => 70,
        fd_fdstat_get: () => 8,
        proc_exit() {
            throw new Error(said.join(''));
        },
    };
    const module = new WebAssembly.Module(readFileSync(path));
    const unknown = WebAssembly.Module.imports(module).filter(
        (wanted) => wanted.module !== 'wasi_snapshot_preview1' || !(wanted.name in system),
    );
    if (unknown.length > 0)
        throw new Error(`the module wants more than it may: ${JSON.stringify(unknown)}`);
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: system });
    const code = instance.exports;
    memory = code.memory;
    code._initialize();
    const engine = code.quid_web_open();

    function put(text) {
        const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
        const at = code.quid_web_allocate(bytes.length);
        new Uint8Array(memory.buffer).set(bytes, at);
        return [at, bytes.length];
    }
    return {
        addFile(name, bytes) {
            const texts = [put(name), put(bytes)];
            const status = code.quid_web_add_file(engine, ...texts.flat());
            for (const [at] of texts) code.quid_web_release(at);
            return status;
        },
        forgetFiles: () => code.quid_web_forget_files(engine),
        // depth: 0 quick, 1 values too, 2 check alone, 3 the tornado too. count: of parts, 0 for the whole.
        answer(
            name,
            {
                settings = '',
                whatIfs = '',
                asOf = noDate,
                minTrust = 0,
                precision = -1,
                seed = 1n,
                scenarios = 0,
                fans = 0,
                points = 0,
                depth = 3,
                hasModel = true,
                number = 0,
                count = 0,
            } = {},
        ) {
            const texts = [put(name), put(settings), put(whatIfs)];
            const status = code.quid_web_answer(
                engine,
                ...texts.flat(),
                asOf,
                minTrust,
                precision,
                seed,
                scenarios,
                fans,
                points,
                depth,
                Number(hasModel),
                number,
                count,
            );
            for (const [at] of texts) code.quid_web_release(at);
            return status;
        },
        takePart(bytes) {
            const [at, size] = put(bytes);
            const status = code.quid_web_take_part(engine, at, size);
            code.quid_web_release(at);
            return status;
        },
        finish: (depth) => code.quid_web_finish(engine, depth),
        part() {
            const at = code.quid_web_text(engine, documents.part);
            return new Uint8Array(
                memory.buffer,
                at,
                code.quid_web_text_size(engine, documents.part),
            ).slice();
        },
        text(which) {
            const at = code.quid_web_text(engine, documents[which]);
            const size = code.quid_web_text_size(engine, documents[which]);
            return new TextDecoder().decode(new Uint8Array(memory.buffer, at, size));
        },
    };
}
