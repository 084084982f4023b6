// Elements are made by calls, and text is only ever set as text: nothing of a deal is read as
// markup.
export type Child = Node | string | number | null | undefined | false;
type Attributes = Record<
    string,
    string | number | boolean | null | undefined | ((event: Event) => void)
>;

const listening = new WeakSet<Node>();

function fill(element: Element, attributes: Attributes, children: Child[]): void {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === 'function') {
            element.addEventListener(name, value);
            listening.add(element);
        } else element.setAttribute(name, value === true ? '' : String(value));
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

export function svg<K extends keyof SVGElementTagNameMap>(
    name: K,
    attributes: Attributes = {},
    ...children: Child[]
): SVGElementTagNameMap[K] {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    fill(element, attributes, children);
    return element;
}

// A link to a source: only what the web itself serves, and opened without saying from where.
export function link(url: string, text: string): Node {
    if (!/^https?:\/\//i.test(url)) return document.createTextNode(text);
    return h('a', { href: url, rel: 'noopener noreferrer', target: '_blank' }, text);
}

// ---- Patching

function copyAttributes(from: Element, to: Element): void {
    for (const { name } of [...to.attributes])
        if (!from.hasAttribute(name) && name !== 'open') to.removeAttribute(name);
    for (const { name, value } of [...from.attributes])
        if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

function patchNode(before: ChildNode, after: Node): void {
    // What stays is no work for layout, and keeps its focus, its place and what the reader opened.
    if (before.isEqualNode(after)) return;
    if (before instanceof Text && after instanceof Text) before.data = after.data;
    else if (
        before instanceof Element &&
        after instanceof Element &&
        before.tagName === after.tagName &&
        !listening.has(after)
    ) {
        copyAttributes(after, before);
        patch(before, [...after.childNodes]);
    } else before.replaceWith(after);
}

// Makes the children of an element like these, and leaves alone what is as it should be. Elements that
// listen are replaced where they differ: so what they were made with is of the same text.
export function patch(element: Element, children: Node[]): void {
    const before = [...element.childNodes];
    children.forEach((child, i) => {
        const old = before[i];
        if (old === undefined) element.append(child);
        else patchNode(old, child);
    });
    for (const old of before.slice(children.length)) old.remove();
}
