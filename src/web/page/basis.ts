// What a figure rests on: the lines of the deal that speak of the things behind it, the facts about
// them, and the sources of both.
import type { Brief, Model, Source } from './answers';
import { h, link } from './dom';
import { shortDate } from './format';

export interface Texts {
    lines(file: number): string[];
}

// A statement ends where the next begins: in column one.
export function statement(texts: Texts, file: number, first: number): string[] {
    const lines = texts.lines(file);
    const found = [lines[first - 1] ?? ''];
    for (let i = first; i < lines.length && /^([ \t]|$)/.test(lines[i] ?? ''); i++)
        found.push(lines[i] ?? '');
    while (found.length > 1 && found[found.length - 1]?.trim() === '') found.pop();
    return found;
}

function names(text: string): Set<string> {
    return new Set(
        text.replace(/"[^"]*"|#.*/g, ' ').match(/[\p{L}_][\p{L}\d_]*(?:-[\p{L}\d_]+)*/gu) ?? [],
    );
}

// The things that a statement names, and the things that those name.
export function related(model: Model, texts: Texts, ids: Iterable<string>): Set<string> {
    const known = new Map(
        model.things.filter((thing) => thing.kind !== 'party').map((thing) => [thing.id, thing]),
    );
    const found = new Set<string>();
    const pending = [...ids].filter((id) => known.has(id)).map((id): [string, number] => [id, 0]);
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
        const [id, depth] = next;
        const thing = known.get(id);
        if (thing === undefined || found.has(id)) continue;
        found.add(id);
        if (depth >= 2) continue;
        for (const name of names(statement(texts, thing.file, thing.line).join('\n')))
            if (known.has(name) && !found.has(name)) pending.push([name, depth + 1]);
    }
    return found;
}

function sourceItem(source: Source): HTMLElement {
    const about = [
        source.by,
        source.published === null ? null : shortDate(source.published),
        source.trust === null ? null : `trust ${Math.round(source.trust * 100)}%`,
    ].filter((part) => part !== null);
    return h(
        'li',
        {},
        `[${source.number}] `,
        source.url === null ? source.title : link(source.url, source.title),
        about.length === 0 ? null : h('span', { class: 'quiet' }, ` ${about.join(', ')}`),
    );
}

export function showBasis(
    model: Model,
    brief: Brief,
    texts: Texts,
    title: string,
    places: { file: number; line: number }[],
    ids: string[],
): void {
    const dialog = document.querySelector<HTMLDialogElement>('#basis');
    if (dialog === null) return;
    const shown = places.map((place) => ({
        ...place,
        text: statement(texts, place.file, place.line),
    }));
    const named = related(model, texts, [
        ...ids,
        ...shown.flatMap((one) => [...names(one.text.join('\n'))]),
    ]);
    for (const thing of model.things)
        if (
            named.has(thing.id) &&
            !shown.some((one) => one.file === thing.file && one.line === thing.line)
        )
            shown.push({
                file: thing.file,
                line: thing.line,
                text: statement(texts, thing.file, thing.line),
            });
    const facts = model.facts.filter(
        (fact) => fact.about !== null && named.has(fact.about) && fact.known <= brief.as_of,
    );
    const cited = new Set<string>(facts.map((fact) => fact.source ?? ''));
    for (const one of shown)
        for (const match of one.text.join('\n').matchAll(/@([\p{L}\d_-]+)/gu))
            cited.add(match[1] ?? '');
    const sources = brief.sources.filter((source) => cited.has(source.id));
    dialog.replaceChildren(
        h(
            'form',
            { method: 'dialog' },
            h('button', { class: 'close', 'aria-label': 'close' }, '×'),
        ),
        h('h2', { id: 'basis-title' }, title),
        h('h3', {}, 'Lines of the deal'),
        ...shown.map((one) =>
            h(
                'figure',
                { class: 'excerpt' },
                h('figcaption', {}, `${model.files[one.file] ?? ''}:${one.line}`),
                h('pre', { tabindex: '0' }, one.text.join('\n')),
            ),
        ),
        facts.length === 0 ? '' : h('h3', {}, 'Facts by this day'),
        facts.length === 0
            ? ''
            : h(
                  'ul',
                  { class: 'facts' },
                  ...facts.map((fact) =>
                      h(
                          'li',
                          {},
                          h('time', { datetime: fact.date }, fact.date),
                          ` ${fact.verb} ${fact.about ?? ''}`,
                          fact.text === null ? null : ` — ${fact.text}`,
                          fact.source === null
                              ? null
                              : h('span', { class: 'quiet' }, ` @${fact.source}`),
                      ),
                  ),
              ),
        h('h3', {}, 'Sources'),
        sources.length === 0
            ? h('p', { class: 'quiet' }, 'None is cited: the author’s judgement.')
            : h('ul', { class: 'sources' }, ...sources.map(sourceItem)),
    );
    dialog.showModal();
}

export { sourceItem };
