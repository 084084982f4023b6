// What the sections share: the answers they show, and how a figure opens to what it rests on.
import type { Brief, Input, Model, Swing } from './answers';
import { h, link, type Child, type VNode } from './tree';
import { shortDate, word } from './format';

export interface View {
    brief: Brief;
    written: Brief; // the deal as it is written
    model: Model;
    isChanged: boolean;
    isMoving: boolean; // a slider
    show(title: string, places: { file: number; line: number }[], ids: string[]): void;
}

export type Section = (view: View) => Child[];

export function label(view: View, id: string): string {
    const isDate = /^\d{4}-\d{2}-\d{2}$/.test(id);
    return (
        view.model.things.find((thing) => thing.id === id)?.label ??
        (isDate ? shortDate(id) : word(id))
    );
}

// What an input is about, in the deal's own words; what is written there, where several are about it.
export function inputTitle(model: Model, input: Input): string {
    const name = inputName(model, input);
    const isAlone = model.inputs.every((one) => one === input || inputName(model, one) !== name);
    return isAlone ? name : `${name} (${input.written.replace(/\s+/g, ' ')})`;
}

function inputName(model: Model, input: Input): string {
    const owner = model.things.find((thing) => thing.id === input.owner);
    const label = owner?.label ?? input.label ?? '';
    if (input.kind === 'quantity')
        return owner === undefined || owner.kind === 'supply'
            ? `${owner === undefined ? '' : `${label}: `}${(input.label ?? '').replace(/^[^:]*: /, '')}`
            : label;
    const outcome = (input.label ?? '').split(' = ')[1] ?? '';
    const party = model.things.find((thing) => thing.kind === 'party' && thing.id === input.party);
    return `${label}: ${word(outcome)}${party === undefined ? '' : `, by ${party.label ?? word(party.id)}`}`;
}

// Several inputs may have one label; then their values differ.
export function isOf(swing: Swing, input: Input): boolean {
    return (
        swing.input === input.label &&
        swing.kind === input.kind &&
        Math.abs(swing.base.input - input.middle) <= 1e-9 * Math.abs(input.middle)
    );
}

export function opener(
    view: View,
    text: Child,
    title: string,
    ids: string[],
    places: { file: number; line: number }[] = [],
): VNode {
    return h(
        'button',
        {
            type: 'button',
            class: 'figure',
            title: 'what this rests on',
            onClick: () => view.show(title, places, ids),
        },
        text,
    );
}

export function sourceMark(view: View, id: string | null): Child {
    const source = view.brief.sources.find((one) => one.id === id);
    if (source === undefined) return null;
    return h(
        'sup',
        {},
        source.url === null ? `[${source.number}]` : link(source.url, `[${source.number}]`),
    );
}

// Dates and figures stay on one line.
function isShort(cell: Child): boolean {
    return typeof cell === 'string' && cell.length <= 16;
}

export function table(caption: string, head: string[], rows: Child[][]): VNode {
    return h(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        h(
            'table',
            {},
            h('caption', { class: 'hidden' }, caption),
            h('thead', {}, h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text)))),
            h(
                'tbody',
                {},
                ...rows.map((row) =>
                    h(
                        'tr',
                        {},
                        ...row.map((cell, i) =>
                            i === 0
                                ? h('th', { scope: 'row' }, cell)
                                : h('td', { class: isShort(cell) ? 'short' : null }, cell),
                        ),
                    ),
                ),
            ),
        ),
    );
}
