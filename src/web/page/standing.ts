// Where it stands, and what comes when: the ledger, and the time before and behind the as-of day.
import type { Brief, Pledge } from './answers';
import { chart, timeAxis, timeScale, today, type Frame } from './charts';
import { fold, h, type VNode } from './tree';
import { amount, day, digits, percent, shortDate } from './format';
import { label, opener, table, type Section, type View } from './view';

const stageOrder = [
    'completed',
    'disbursed',
    'committed',
    'pledged',
    'demanded',
    'offered',
    'cancelled',
    'lapsed',
];

function stageBar(pledge: Pledge): VNode {
    const sums = stageOrder.map((stage): [string, number] => [
        stage,
        Number(pledge.with_parts[stage] ?? 0),
    ]);
    const total = sums.reduce((sum, [, value]) => sum + value, 0);
    const text = sums
        .filter(([, value]) => value !== 0)
        .map(([stage, value]) => `${amount(value, pledge.currency ?? '')} ${stage}`)
        .join(', ');
    let x = 0;
    const parts = sums
        .filter(([, value]) => value > 0)
        .map(([stage, value]) => {
            const width = (value / total) * 100;
            x += width;
            return h(
                'rect',
                { class: `stage-${stage}`, x: x - width, width, height: 10 },
                h('title', {}, `${stage} ${amount(value, pledge.currency ?? '')}`),
            );
        });
    return h(
        'div',
        { class: 'stage' },
        h(
            'svg',
            {
                viewBox: '0 0 100 10',
                preserveAspectRatio: 'none',
                role: 'img',
                'aria-label': text === '' ? 'nothing yet' : text,
            },
            ...parts,
        ),
        h('span', { class: 'quiet' }, text === '' ? 'nothing on record yet' : text),
    );
}

function depthOf(view: View, pledge: Pledge): number {
    const parent = view.brief.status.pledges.find((one) => one.id === pledge.in);
    return parent === undefined ? 0 : 1 + depthOf(view, parent);
}

function movedList(view: View, list: Brief['status']['balance'][number]['gave']): VNode {
    if (list.length === 0) return h('p', { class: 'quiet' }, 'nothing yet');
    return h(
        'ul',
        {},
        ...list.map((one) =>
            h(
                'li',
                {},
                opener(view, label(view, one.pledge), label(view, one.pledge), [one.pledge]),
                h(
                    'span',
                    { class: 'quiet' },
                    ` ${one.amount === null ? '' : `${amount(Number(one.amount), one.currency ?? '')} `}${one.stage}`,
                ),
            ),
        ),
    );
}

// Parts below what they are a part of.
function inOrder(pledges: Pledge[], parent: string | null = null): Pledge[] {
    return pledges
        .filter((one) => one.in === parent)
        .flatMap((one) => [one, ...inOrder(pledges, one.id)]);
}

// Between two parties, what one gives is what the other gets: two columns say it all.
function balance(view: View): VNode {
    const parties = view.brief.status.balance;
    const [first, second] = parties;
    if (parties.length === 2 && first !== undefined && second !== undefined)
        return h(
            'div',
            { class: 'columns' },
            ...[first, second].map((party) =>
                h(
                    'section',
                    {},
                    h('h4', {}, `${label(view, party.party)} gives`),
                    movedList(view, party.gave),
                ),
            ),
        );
    return h(
        'div',
        { class: 'balance' },
        ...parties.map((party) =>
            h(
                'section',
                {},
                h('h4', {}, label(view, party.party)),
                h(
                    'div',
                    { class: 'columns' },
                    h('div', {}, h('h5', {}, 'gives'), movedList(view, party.gave)),
                    h('div', {}, h('h5', {}, 'gets'), movedList(view, party.got)),
                ),
            ),
        ),
    );
}

export const stands: Section = (view) => [
    h(
        'div',
        { class: 'stages' },
        ...inOrder(view.brief.status.pledges).map((pledge) =>
            h(
                'div',
                { class: `pledge depth-${Math.min(3, depthOf(view, pledge))}` },
                h('div', { class: 'name' }, opener(view, pledge.label, pledge.label, [pledge.id])),
                pledge.currency === null
                    ? h(
                          'div',
                          { class: 'quiet' },
                          `${pledge.stage ?? 'not on record by this day'}${pledge.stage === null ? '' : ' (in kind)'}`,
                      )
                    : stageBar(pledge),
            ),
        ),
    ),
    h(
        'p',
        { class: 'legend' },
        ...['disbursed', 'committed', 'pledged', 'demanded', 'lapsed'].map((stage) =>
            h(
                'span',
                {},
                h(
                    'svg',
                    { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
                    h('rect', { class: `stage-${stage}`, width: 10, height: 10 }),
                ),
                stage === 'disbursed'
                    ? 'paid'
                    : stage === 'demanded'
                      ? 'offered or demanded'
                      : stage,
            ),
        ),
    ),
    h('h3', {}, 'Given and got'),
    balance(view),
    ...view.brief.conversions
        .slice(0, 1)
        .map((one) =>
            h(
                'p',
                { class: 'quiet' },
                `Sums over currencies at ${digits(one.rate, 4)} ${one.to} for one ${one.from}, the rate of ${shortDate(one.date)}.`,
            ),
        ),
];

// ---- Deadlines and the time to come

interface Row {
    id: string;
    draw(x: (date: string) => number, y: number): (VNode | null)[];
    text: string;
}

function mark(
    x: number,
    y: number,
    shape: 'first' | 'now' | 'move' | 'half',
    title: string,
): VNode {
    const paths = {
        first: 'M0,-6L6,0L0,6L-6,0Z',
        now: 'M0,-6L6,0L0,6L-6,0Z',
        move: 'M0,-6L6,5L-6,5Z',
        half: 'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0',
    };
    return h(
        'path',
        { class: `mark-${shape}`, d: paths[shape], transform: `translate(${x},${y})` },
        h('title', {}, title),
    );
}

function timelineRows(view: View): Row[] {
    const rows = new Map<string, Row>();
    const add = (id: string, text: string, draw: Row['draw']) => {
        const old = rows.get(id);
        rows.set(
            id,
            old === undefined
                ? { id, text, draw }
                : {
                      id,
                      text: `${old.text}; ${text}`,
                      draw: (x, y) => [...old.draw(x, y), ...draw(x, y)],
                  },
        );
    };
    for (const one of view.model.things) {
        if (one.kind === 'event' && one.from != null && one.to != null)
            add(one.id, `may happen from ${one.from} to ${one.to}`, (x, y) => [
                h('rect', {
                    class: 'window',
                    x: x(one.from ?? ''),
                    width: Math.max(3, x(one.to ?? '') - x(one.from ?? '')),
                    y: y - 6,
                    height: 12,
                    rx: 3,
                }),
            ]);
        if (one.kind === 'move' && (one.dates?.length ?? 0) > 0)
            add(one.id, `choice on ${one.dates?.join(', ') ?? ''}`, (x, y) =>
                (one.dates ?? []).map((date) => mark(x(date), y, 'move', date)),
            );
    }
    for (const one of [...view.brief.status.pledges, ...view.brief.status.milestones]) {
        const due = one.due;
        if (due?.current == null) continue;
        add(
            one.id,
            `due ${due.current}${due.days_slipped > 0 ? `, moved ${due.extensions} time${due.extensions === 1 ? '' : 's'} by ${due.days_slipped} days from ${due.original ?? ''}` : ''}${due.met === null ? '' : `, met on ${due.met}`}`,
            (x, y) => [
                due.original === due.current
                    ? null
                    : h('line', {
                          class: 'slip',
                          x1: x(due.original ?? ''),
                          x2: x(due.current ?? ''),
                          y1: y,
                          y2: y,
                      }),
                due.original === due.current
                    ? null
                    : mark(x(due.original ?? ''), y, 'first', `first due ${due.original ?? ''}`),
                mark(x(due.current ?? ''), y, 'now', `due ${due.current ?? ''}`),
            ],
        );
    }
    for (const one of view.brief.forecast?.milestones ?? []) {
        if (one.p50 === null) continue;
        const isFact = one.reached || one.p10 === one.p90;
        add(
            one.id,
            isFact
                ? `reached on ${one.p50}`
                : `reached in ${percent(one.chance)} of cases, if so from ${one.p10 ?? ''} to ${one.p90 ?? ''} in 8 of 10`,
            (x, y) => [
                isFact
                    ? null
                    : h('line', {
                          class: 'range',
                          x1: x(one.p10 ?? ''),
                          x2: x(one.p90 ?? ''),
                          y1: y,
                          y2: y,
                      }),
                mark(
                    x(one.p50 ?? ''),
                    y,
                    'half',
                    isFact ? `reached ${one.p50 ?? ''}` : `half by ${one.p50 ?? ''}`,
                ),
            ],
        );
    }
    return [...rows.values()];
}

export const timeline: Section = (view) => {
    const rows = timelineRows(view);
    const size: Frame = {
        width: 860,
        height: rows.length * 26 + 40,
        left: 290,
        right: 12,
        top: 6,
        bottom: 24,
    };
    const scale = timeScale(view.model.first_date, view.model.horizon, size);
    const x = (date: string) =>
        Math.max(size.left, Math.min(size.width - size.right, scale(day(date))));
    const drawn = chart(
        size,
        `Timeline from ${view.model.first_date} to ${view.model.horizon}; the table below has its dates`,
        timeAxis(scale, size),
        today(scale, view.brief.as_of, size),
        ...rows.flatMap((row, i) => {
            const y = size.top + 14 + i * 26;
            const name = label(view, row.id);
            return [
                h(
                    'text',
                    { class: 'row', x: size.left - 10, y: y + 4, 'text-anchor': 'end' },
                    name.length > 43 ? `${name.slice(0, 42)}…` : name,
                    h('title', {}, name),
                ),
                ...row.draw(x, y).filter((element): element is VNode => element !== null),
            ];
        }),
    );
    const late = [...view.brief.status.pledges, ...view.brief.status.milestones].filter(
        (one) => one.due !== null,
    );
    return [
        h(
            'div',
            { class: 'scroll wide', tabindex: '0', role: 'region', 'aria-label': 'timeline' },
            drawn,
        ),
        h(
            'p',
            { class: 'quiet' },
            '◇ first deadline, ◆ deadline now, ▲ a move, ● half of the cases by then, the line 8 of 10 cases; a bar is the time in which an event may happen. The upright line is the as-of day.',
        ),
        late.length === 0
            ? null
            : table(
                  'Deadlines',
                  ['', 'first', 'now', 'moved', 'state'],
                  late.map((one) => {
                      const due = one.due!;
                      return [
                          opener(view, label(view, one.id), label(view, one.id), [one.id]),
                          due.original,
                          due.current,
                          due.extensions === 0
                              ? 'never'
                              : `${due.extensions} × (${due.days_slipped} days)`,
                          due.met !== null ? `met ${due.met}` : due.past_due ? 'past due' : 'open',
                      ];
                  }),
              ),
        fold(
            view.isMoving,
            'The timeline as a table',
            () =>
                table(
                    'Timeline',
                    ['', 'dates'],
                    rows.map((row) => [label(view, row.id), row.text]),
                ),
            'alternative',
        ),
    ];
};
