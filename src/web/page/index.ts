// The list of `quid serve`: the deals beside each other, each with what its brief says.
import type { Brief, Diagnostic, Model } from './answers';
import { h, type Child } from './dom';
import { percent, shortDate } from './format';
import { sentence } from './sentence';

interface Served {
    name: string;
    brief: Brief | null;
    model: Model | null;
    diagnostics: { diagnostics: Diagnostic[] };
}

const held = ['disbursed', 'completed'];

// Of the largest promise of money that is no part of another: what is committed or further.
function committed(brief: Brief): string {
    const sum = (stages: Record<string, string | null>, wanted: string[]) =>
        wanted.reduce((total, stage) => total + Number(stages[stage] ?? 0), 0);
    const promised = brief.status.pledges
        .filter((pledge) => pledge.in === null && pledge.currency !== null)
        .map((pledge) => ({
            done: sum(pledge.with_parts, ['committed', ...held]),
            all: sum(pledge.with_parts, ['pledged', 'committed', ...held]),
        }))
        .sort((a, b) => b.all - a.all)[0];
    return promised === undefined || promised.all === 0
        ? '–'
        : percent(promised.done / promised.all);
}

function dues(brief: Brief) {
    return [...brief.status.pledges, ...brief.status.milestones].flatMap((one) =>
        one.due === null ? [] : [{ id: one.id, ...one.due }],
    );
}

function slipped(brief: Brief): string {
    return String(Math.max(0, ...dues(brief).map((due) => due.days_slipped)));
}

function next(brief: Brief, model: Model): string {
    const open = dues(brief)
        .filter((due) => due.met === null && due.current !== null && due.current >= brief.as_of)
        .sort((a, b) => (a.current ?? '').localeCompare(b.current ?? ''))[0];
    if (open === undefined) return '–';
    const label = model.things.find((thing) => thing.id === open.id)?.label ?? open.id;
    return `${shortDate(open.current ?? '')}: ${label}`;
}

function row(deal: Served): HTMLElement {
    const address = `/deal/${encodeURIComponent(deal.name)}`;
    const { brief, model } = deal;
    if (brief === null || model === null) {
        const first = deal.diagnostics.diagnostics.find((one) => one.severity === 'error');
        return h(
            'tr',
            {},
            h('th', { scope: 'row' }, h('a', { href: address }, deal.name)),
            h(
                'td',
                { colspan: 5, class: 'notice' },
                first === undefined
                    ? 'no answer'
                    : `${first.file ?? ''}:${first.line}: ${first.message}`,
            ),
        );
    }
    const chances = brief.asks
        .map((ask, i): [typeof ask, Model['asks'][number] | undefined] => [ask, model.asks[i]])
        .filter(([ask]) => ask.kind === 'chance')
        .slice(0, 3);
    const cells: Child[] = [
        shortDate(brief.as_of),
        committed(brief),
        slipped(brief),
        next(brief, model),
        h(
            'ul',
            {},
            ...chances.map(([ask, asked]) =>
                h(
                    'li',
                    {},
                    h('strong', {}, sentence({ brief, model }, ask, asked).main),
                    ` ${ask.question}`,
                ),
            ),
        ),
    ];
    return h(
        'tr',
        {},
        h('th', { scope: 'row' }, h('a', { href: address }, brief.title)),
        ...cells.map((cell) => h('td', {}, cell)),
    );
}

const body = h('tbody', {});
const notice = h('p', { class: 'quiet', role: 'status' }, 'Reading the deals …');

async function load(): Promise<void> {
    try {
        const deals = (await (await fetch('/deals.json')).json()) as Served[];
        body.replaceChildren(...deals.map(row));
        notice.textContent = `${deals.length} deal${deals.length === 1 ? '' : 's'}; anew whenever a file changes.`;
    } catch (error) {
        notice.textContent = `The server gives no answer: ${error instanceof Error ? error.message : String(error)}`;
    }
}

document.body.append(
    h(
        'main',
        { class: 'index' },
        h('h1', {}, 'Deals'),
        notice,
        h(
            'div',
            { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'deals' },
            h(
                'table',
                {},
                h('caption', { class: 'hidden' }, 'Deals'),
                h(
                    'thead',
                    {},
                    h(
                        'tr',
                        {},
                        ...[
                            '',
                            'as of',
                            'committed',
                            'days slipped',
                            'next deadline',
                            'chances',
                        ].map((text) => h('th', { scope: 'col' }, text)),
                    ),
                ),
                body,
            ),
        ),
    ),
);
void load();
new EventSource('/events').addEventListener('change', () => void load());
