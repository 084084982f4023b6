// What the reader has changed, and its form in the page's address and as flags of the command.
import type { Input, Model } from './answers';

export interface State {
    inputs: Map<number, string>; // by input of the written deal: the value it is held at, as written
    moves: Map<string, string>; // bound to an option
    whatIfs: string[];
    asOf: string | null;
    files: Map<number, string>; // edited
}

export function emptyState(): State {
    return { inputs: new Map(), moves: new Map(), whatIfs: [], asOf: null, files: new Map() };
}

export function isChanged(state: State): boolean {
    return (
        state.inputs.size + state.moves.size + state.whatIfs.length + state.files.size > 0 ||
        state.asOf !== null
    );
}

// An input that --set has no name for is changed in the text.
export function settings(state: State, model: Model): string[] {
    const lines: string[] = [];
    for (const [index, value] of state.inputs) {
        const input = model.inputs[index];
        if (input?.set != null) lines.push(`${input.set} = ${value}`);
    }
    for (const [move, option] of state.moves) lines.push(`${move} = ${option}`);
    return lines;
}

// Offsets count bytes, as the engine does.
export function replaceInputs(text: string, file: number, changes: [Input, string][]): string {
    const bytes = new TextEncoder().encode(text);
    const here = changes
        .filter(([input]) => input.file === file)
        .sort(([a], [b]) => a.offset - b.offset);
    const decoder = new TextDecoder();
    let result = '';
    let at = 0;
    for (const [input, value] of here) {
        result += decoder.decode(bytes.subarray(at, input.offset)) + value;
        at = input.offset + input.size;
    }
    return result + decoder.decode(bytes.subarray(at));
}

export function inputChanges(
    state: State,
    model: Model,
    isWanted: (input: Input) => boolean,
): [Input, string][] {
    const changes: [Input, string][] = [];
    for (const [index, value] of state.inputs) {
        const input = model.inputs[index];
        if (input !== undefined && isWanted(input)) changes.push([input, value]);
    }
    return changes;
}

function quote(text: string): string {
    return /^[\w.=%:,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

export function flags(state: State, model: Model): string {
    const words = settings(state, model).map((line) => `--set ${quote(line.replace(' = ', '='))}`);
    for (const id of state.whatIfs) words.push(`--what-if ${quote(id)}`);
    if (state.asOf !== null) words.push(`--as-of ${state.asOf}`);
    return words.join(' ');
}

// ---- The address

// An edited file as the one place where it differs: start, length of what is gone, what stands there.
function splice(before: string, after: string): string {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    let end = 0;
    while (
        end < before.length - start &&
        end < after.length - start &&
        before[before.length - 1 - end] === after[after.length - 1 - end]
    )
        end++;
    return `${start}.${before.length - start - end}.${after.slice(start, after.length - end)}`;
}

export function toAddress(state: State, model: Model, written: [string, string][]): string {
    const query = new URLSearchParams();
    for (const [index, value] of state.inputs) {
        const name = model.inputs[index]?.set ?? null;
        query.append(name === null ? `input.${index}` : `set.${name}`, value);
    }
    for (const [move, option] of state.moves) query.append(`move.${move}`, option);
    for (const id of state.whatIfs) query.append('what-if', id);
    if (state.asOf !== null) query.append('as-of', state.asOf);
    for (const [file, text] of state.files)
        query.append(`text.${file}`, splice(written[file]?.[1] ?? '', text));
    return query.toString();
}

// Whatever is not understood is left out: an address comes from anywhere.
export function fromAddress(address: string, model: Model, written: [string, string][]): State {
    const state = emptyState();
    for (const [key, value] of new URLSearchParams(address)) {
        const [kind = '', name = ''] = [key.split('.')[0], key.slice(key.indexOf('.') + 1)];
        const index =
            kind === 'set' ? model.inputs.findIndex((input) => input.set === name) : Number(name);
        const move = model.things.find((thing) => thing.kind === 'move' && thing.id === name);
        const parts = /^(\d+)\.(\d+)\.([^]*)$/.exec(value);
        const text = written[index]?.[1];
        if (
            (kind === 'set' || kind === 'input') &&
            model.inputs[index] !== undefined &&
            /^[^\n"]{1,80}$/.test(value)
        )
            state.inputs.set(index, value);
        else if (kind === 'move' && move?.options?.includes(value) === true)
            state.moves.set(name, value);
        else if (key === 'what-if' && model.what_ifs.some((one) => one.id === value))
            state.whatIfs.push(value);
        else if (key === 'as-of' && /^\d{4}-\d{2}-\d{2}$/.test(value)) state.asOf = value;
        else if (kind === 'text' && parts !== null && text !== undefined) {
            const start = Number(parts[1]);
            state.files.set(
                index,
                text.slice(0, start) + (parts[3] ?? '') + text.slice(start + Number(parts[2])),
            );
        }
    }
    return state;
}
