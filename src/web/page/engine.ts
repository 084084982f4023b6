// The page's side of the engine: unpacks the module, starts the workers, and keeps at most one
// request waiting: while a slider moves, what was overtaken is never computed.
declare const WORKER_SOURCE: string;

export const depths = { moving: 0, answers: 1, check: 2, whole: 3 } as const;

export interface EngineRequest {
    id: number;
    files: [string, string][] | undefined; // where they differ from the last request's
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
    part: { number: number; count: number }; // count 0: the whole
    isLed: boolean; // parts go to the first worker, which answers
}

export interface EngineReply {
    id: number;
    status: number; // 0: answered; 1: the deal has errors
    diagnostics: string;
    brief: string;
    model: string;
    message: string | undefined;
}

// To a worker: the module, and ports to or from the one that puts parts together; a request; or
// parts of the tornado of what it answered last.
export type EngineMessage =
    | { module: WebAssembly.Module; leader?: MessagePort; led?: MessagePort[] }
    | { id: number; parts: Uint8Array[]; depth: number }
    | EngineRequest;

export interface PartMessage {
    id: number;
    number: number;
    status: number;
    part: Uint8Array;
    message: string | undefined;
}

type Answered = (reply: EngineReply) => void;
type Asked = Omit<EngineRequest, 'id' | 'files' | 'part' | 'isLed'> & { files: [string, string][] };

interface Waiting {
    request: Asked;
    id: number;
    answered: Answered;
}

// Each solves the game anew, so that many more would save little and take memory.
const workersMax = 4;
const workerCount = Math.max(1, Math.min(workersMax, navigator.hardwareConcurrency || 1));

function startWorker(message: EngineMessage, ports: MessagePort[] = []): Worker {
    const source = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
    const worker = new Worker(source);
    URL.revokeObjectURL(source);
    worker.postMessage(message, ports);
    return worker;
}

// Workers that share each request: the first leads.
export class Engine {
    private readonly workers: Worker[] = [];
    private readonly known: [string, string][][] = []; // by worker: the files that it has
    private busy: Waiting | null = null;
    private waiting: Waiting | null = null;
    private count = 0;
    private weighing: Worker[] = [];

    constructor(private readonly module: WebAssembly.Module) {
        const channels = Array.from({ length: workerCount - 1 }, () => new MessageChannel());
        const led = channels.map((channel) => channel.port1);
        const first = startWorker({ module, led }, led);
        first.addEventListener('message', (event: MessageEvent<EngineReply>) =>
            this.finish(event.data),
        );
        this.workers.push(first);
        for (const { port2 } of channels)
            this.workers.push(startWorker({ module, leader: port2 }, [port2]));
    }

    // A request that waits is replaced: its `answered` is never called.
    ask(request: Asked, answered: Answered): void {
        this.stopWeighing();
        this.waiting = { request, id: ++this.count, answered };
        if (this.busy === null) this.next();
    }

    // The tornado of what was answered last takes seconds: workers of its own, which end where
    // something else is asked for.
    weigh(request: Asked, answered: Answered): void {
        this.stopWeighing();
        if (this.busy !== null) return;
        const id = ++this.count;
        const parts: Uint8Array[] = [];
        let left = workerCount;
        const take = ({ data }: MessageEvent<PartMessage>): void => {
            if (data.status !== 0) {
                this.stopWeighing();
                return;
            }
            parts[data.number] = data.part;
            left -= 1;
            if (left > 0) return;
            this.stopWeighing();
            this.busy = { request, id, answered };
            this.workers[0]?.postMessage({ id, parts, depth: request.depth });
        };
        for (let number = 0; number < workerCount; number++) {
            const worker = startWorker({ module: this.module });
            worker.addEventListener('message', take);
            worker.postMessage({
                ...request,
                id,
                part: { number, count: workerCount },
                isLed: false,
            });
            this.weighing.push(worker);
        }
    }

    private stopWeighing(): void {
        for (const worker of this.weighing) worker.terminate();
        this.weighing = [];
    }

    private next(): void {
        this.busy = this.waiting;
        this.waiting = null;
        if (this.busy === null) return;
        const { request, id } = this.busy;
        const count = workerCount > 1 && request.depth !== depths.check ? workerCount : 0;
        // The first puts the parts together: the others start before it.
        for (let number = Math.max(count, 1) - 1; number >= 0; number--) {
            const isKnown = areEqual(this.known[number], request.files);
            this.known[number] = request.files;
            this.workers[number]?.postMessage({
                ...request,
                id,
                files: isKnown ? undefined : request.files,
                // Values and break-evens are the leader's alone.
                depth: number === 0 ? request.depth : depths.moving,
                part: { number, count },
                isLed: count > 0,
            });
        }
    }

    private finish(reply: EngineReply): void {
        const done = this.busy;
        this.busy = null;
        if (reply.status < 0) this.known.length = 0; // a new instance knows none
        this.next();
        if (done !== null && done.id === reply.id) done.answered(reply);
    }
}

function areEqual(left: [string, string][] | undefined, right: [string, string][]): boolean {
    return (
        left?.length === right.length &&
        left.every(([path, text], i) => path === right[i]?.[0] && text === right[i][1])
    );
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
