// The page's side of the engine: unpacks the module, starts the worker, and keeps at most one
// request waiting: while a slider moves, what was overtaken is never computed.
declare const WORKER_SOURCE: string;

export const depths = { moving: 0, answers: 1, check: 2, whole: 3 } as const;

export interface EngineRequest {
    id: number;
    files?: [string, string][]; // where they differ from the last request's
    path: string;
    settings: string[];
    whatIfs: string[];
    asOf: string | null;
    minTrust: number;
    precision: number; // negative: the deal's own
    seed: string;
    scenarios: number; // 0: as many as the command
    fans: number; // likewise, for amounts by date
    points: number; // likewise, for the stakes
    depth: number;
    hasModel: boolean;
}

export interface EngineReply {
    id: number;
    status: number; // 0: answered; 1: the deal has errors
    diagnostics: string;
    brief: string;
    model: string;
    milliseconds: number;
    message?: string;
}

type Answered = (reply: EngineReply) => void;

interface Waiting {
    request: EngineRequest;
    answered: Answered;
}

export class Engine {
    private readonly worker: Worker;
    private busy: Waiting | null = null;
    private waiting: Waiting | null = null;
    private count = 0;
    private files = '';

    constructor(module: WebAssembly.Module) {
        const source = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
        this.worker = new Worker(source);
        URL.revokeObjectURL(source);
        this.worker.postMessage({ module });
        this.worker.addEventListener('message', (event: MessageEvent<EngineReply>) =>
            this.finish(event.data),
        );
    }

    // A request that waits is replaced: its `answered` is never called.
    ask(request: Omit<EngineRequest, 'id'>, answered: Answered): void {
        this.waiting = { request: { ...request, id: ++this.count }, answered };
        if (this.busy === null) this.next();
    }

    private next(): void {
        this.busy = this.waiting;
        this.waiting = null;
        if (this.busy === null) return;
        const request = this.busy.request;
        const files = JSON.stringify(request.files);
        const sent = files === this.files ? { ...request, files: undefined } : request;
        this.files = files;
        this.worker.postMessage(sent);
    }

    private finish(reply: EngineReply): void {
        const done = this.busy;
        this.busy = null;
        if (reply.status < 0) this.files = ''; // a new instance knows none
        this.next();
        if (done !== null && done.request.id === reply.id) done.answered(reply);
    }
}

// What the page carries is gzip as base64.
export async function unpack(id: string): Promise<Response> {
    const base64 = document.getElementById(id)?.textContent?.trim() ?? '';
    const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')));
}

export async function compileEngine(): Promise<WebAssembly.Module> {
    return WebAssembly.compile(await (await unpack('quid-engine')).arrayBuffer());
}
