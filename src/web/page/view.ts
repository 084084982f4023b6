// What the sections share: the answers they show, and how a figure opens to what it rests on.
import type { Brief, Model } from './answers';
import { h, link, type Child } from './dom';
import { word } from './format';

export interface View {
    brief: Brief;
    written: Brief; // the deal as it is written
    model: Model;
    isChanged: boolean;
    show(title: string, places: { file: number; line: number }[], ids: string[]): void;
}

export type Section = (view: View) => Child[];

export function label(view: View, id: string): string {
    return view.model.things.find((thing) => thing.id === id)?.label ?? word(id);
}

export function opener(
    view: View,
    text: Child,
    title: string,
    ids: string[],
    places: { file: number; line: number }[] = [],
): HTMLElement {
    return h(
        'button',
        {
            type: 'button',
            class: 'figure',
            title: 'what this rests on',
            // Where these differ, the element that opens them does (dom.ts, patch).
            'data-rests-on': JSON.stringify([title, ids, places]),
            click: () => view.show(title, places, ids),
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

export function table(caption: string, head: string[], rows: Child[][]): HTMLElement {
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
                            i === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell),
                        ),
                    ),
                ),
            ),
        ),
    );
}
