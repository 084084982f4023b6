// What a section read of its view when it was drawn: while all of that is the same, it stands as it is.
import type { View } from './view';

type Brief = View['brief'];

export class Reading {
    private readonly whole = new Map<keyof View, unknown>();
    private readonly parts = new Map<keyof Brief, unknown>(); // of the answers

    // The view as the section is to see it.
    of(view: View): View {
        const brief = new Proxy(view.brief, {
            get: (target, key: keyof Brief) => noted(this.parts, key, target[key]),
        });
        return new Proxy(view, {
            get: (target, key: keyof View) =>
                key === 'brief' ? brief : noted(this.whole, key, target[key]),
        });
    }

    stands(view: View): boolean {
        return (
            [...this.whole].every(([key, value]) => isEqual(value, view[key])) &&
            [...this.parts].every(([key, value]) => isEqual(value, view.brief[key]))
        );
    }
}

// The first value counts: it is what was drawn.
function noted<K, V>(notes: Map<K, unknown>, key: K, value: V): V {
    if (!notes.has(key)) notes.set(key, value);
    return value;
}

function isEqual(left: unknown, right: unknown): boolean {
    if (left === right) return true;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
        return false;
    const entries = Object.entries(left);
    return (
        entries.length === Object.keys(right).length &&
        entries.every(([key, value]) => isEqual(value, (right as Record<string, unknown>)[key]))
    );
}
