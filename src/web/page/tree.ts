// What the sections describe, and Preact draws: it compares a description with the last one, and touches what differs.
// Text is only ever set as text: nothing of a deal is read as markup.
import { Component, h as describe, type VNode } from 'preact';

export type { VNode };
export type Child = VNode | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | Function>;

export function h(name: string, attributes: Attributes = {}, ...children: Child[]): VNode {
    return describe(name, attributes, ...children);
}

// A link to a source: only what the web itself serves, and opened without saying from where.
export function link(url: string, text: string): Child {
    if (!/^https?:\/\//i.test(url)) return text;
    return h('a', { href: url, rel: 'noopener noreferrer', target: '_blank' }, text);
}

interface Folded {
    summary: string;
    kind: string | null;
    isMoving: boolean;
    more: () => Child;
}

class Fold extends Component<Folded> {
    private element: HTMLDetailsElement | null = null;

    override shouldComponentUpdate(next: Folded): boolean {
        return !next.isMoving || this.element?.open === true;
    }

    override render({ summary, kind, more }: Folded): VNode {
        return h(
            'details',
            {
                class: kind,
                ref: (element: HTMLDetailsElement | null) => {
                    this.element = element;
                },
                onToggle: () => this.forceUpdate(),
            },
            h('summary', {}, summary),
            more(),
        );
    }
}

// While a slider moves, what is folded is not described: it follows when the slider rests, or when
// it is opened. kind: a class of the style sheet.
export function fold(
    isMoving: boolean,
    summary: string,
    more: () => Child,
    kind: string | null = null,
): VNode {
    return describe(Fold, { summary, kind, isMoving, more }) as VNode;
}
