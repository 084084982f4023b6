// Elements are made by calls, and text is only ever set as text: nothing of a deal is read as
// markup.
export type Child = Node | string | number | null | undefined | false;
type Attributes = Record<
    string,
    string | number | boolean | null | undefined | ((event: Event) => void)
>;

function fill(element: Element, attributes: Attributes, children: Child[]): void {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === 'function') element.addEventListener(name, value);
        else element.setAttribute(name, value === true ? '' : String(value));
    }
    for (const child of children) {
        if (child === null || child === undefined || child === false) continue;
        element.append(child instanceof Node ? child : String(child));
    }
}

export function h<K extends keyof HTMLElementTagNameMap>(
    name: K,
    attributes: Attributes = {},
    ...children: Child[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(name);
    fill(element, attributes, children);
    return element;
}

// A link to a source: only what the web itself serves, and opened without saying from where.
export function link(url: string, text: string): Node {
    if (!/^https?:\/\//i.test(url)) return document.createTextNode(text);
    return h('a', { href: url, rel: 'noopener noreferrer', target: '_blank' }, text);
}
