// The page's sections, in the order of the brief. Each is made anew from the answers; what it shows
// beside the written deal's answers says what a change did.
import type { Ask, Brief, Model, Pledge } from './answers';
import { chart, fanChart, lineChart, timeAxis, timeScale, today, type Frame, type Line } from './charts';
import { h, link, svg, type Child } from './dom';
import { amount, day, digits, figure, percent, plusMinus, scaleOf, shortDate, word } from './format';

export interface View {
    brief: Brief;
    written: Brief; // the deal as it is written
    model: Model;
    isChanged: boolean;
    show(title: string, places: { file: number; line: number }[], ids: string[]): void;
}

export type Section = (view: View) => Child[];

function label(view: View, id: string): string {
    return view.model.things.find((thing) => thing.id === id)?.label ?? word(id);
}

function opener(view: View, text: Child, title: string, ids: string[], places: { file: number; line: number }[] = []): HTMLElement {
    return h('button', { type: 'button', class: 'figure', title: 'what this rests on', click: () => view.show(title, places, ids) }, text);
}

function sourceMark(view: View, id: string | null): Child {
    const source = view.brief.sources.find((one) => one.id === id);
    if (source === undefined) return null;
    return h('sup', {}, source.url === null ? `[${source.number}]` : link(source.url, `[${source.number}]`));
}

function table(caption: string, head: string[], rows: Child[][]): HTMLElement {
    return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        h('table', {}, h('caption', { class: 'hidden' }, caption),
            h('thead', {}, h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text)))),
            h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell, i) =>
                i === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell)))))));
}

// ---- The answers

function options(answer: Record<string, number>): string {
    return Object.entries(answer).map(([option, chance]) => `${word(option)} ${percent(chance)}`).join(', ');
}

// What was chosen on the dates that are past.
function decided(view: { brief: Brief }, id: string | null): { main: string; more: string } {
    const epochs = view.brief.solution?.moves.find((move) => move.id === id)?.epochs ?? [];
    const taken = epochs.filter((epoch) => epoch.past && epoch.reached > 0.5).flatMap((epoch) => {
        const [option = '', chance = 0] = Object.entries(epoch.options).sort(([, a], [, b]) => b - a)[0] ?? [];
        return chance > 0.9995 ? [{ option: word(option), date: shortDate(epoch.date) }] : [];
    });
    const last = taken.pop();
    if (last === undefined) return { main: 'Decided', more: 'no date on which to choose is left' };
    const before = taken.map((one) => `${one.option} on ${one.date}`);
    return { main: last.option, more: [`decided on ${last.date}`, ...before.length === 0 ? [] : [`before that ${before.join(', ')}`]].join('; ') };
}

type Asked = Model['asks'][number] | undefined;

export function sentence(view: { brief: Brief; model: Model }, ask: Ask, asked: Asked): { main: string; more: string } {
    const answer = ask.answer;
    if (ask.kind === 'choice') {
        if (answer !== null && typeof answer === 'object')
            return { main: options(answer), more: ask.date == null ? '' : `on ${shortDate(ask.date)}` };
        return decided(view, asked?.move ?? null);
    }
    if (ask.kind === 'break even') {
        if ((ask.crossings ?? []).length === 0) return { main: '–', more: 'not computed' };
        const open = (ask.crossings ?? []).filter((one) => !one.decided);
        const crossing = open.filter((one) => one.at !== null);
        if (crossing.length > 0)
            return {
                main: crossing.map((one) => percent(one.at ?? 0)).join(', '),
                more: crossing.map((one) => `below ${percent(one.at ?? 0)} ${word(one.below ?? '')}, above it ${word(one.above ?? '')}`).join('; '),
            };
        const always = open[0]?.below;
        return open.length === 0
            ? { main: 'Decided', more: 'nothing is left to turn' }
            : { main: 'At none', more: always == null ? '' : `${word(always)} is likeliest at any odds` };
    }
    if (answer === null || typeof answer === 'object') return { main: 'Never', more: 'in no scenario by the deal’s horizon' };
    const unit = asked?.is_share === true ? 'probability' : ask.unit;
    const happens = ask.happens ?? 1;
    const range = ask.p10 != null && ask.p90 != null && ask.p10 !== ask.p90
        ? `${figure(ask.p10, unit)} to ${figure(ask.p90, unit)} in 8 of 10 cases` : '';
    if (ask.kind === 'when') {
        const by = `in ${percent(happens)} of cases by ${shortDate(view.model.horizon)}`;
        return { main: shortDate(String(answer)), more: happens === 1 ? range : `${by}${range === '' ? '' : `; if so, ${range}`}` };
    }
    return { main: figure(answer, unit), more: [range, plusMinus(ask.standard_error ?? 0, unit)].filter((part) => part !== '').join('; ') };
}

function chanceBar(value: number, before: number): HTMLElement {
    return h('div', { class: 'bar', 'aria-hidden': 'true' }, svg('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none' },
        svg('rect', { class: 'fill hue-0', width: value * 100, height: 6 }),
        before === value ? null : svg('rect', { class: 'mark', x: Math.min(99, before * 100), width: 1, height: 6 })));
}

export const answers: Section = (view) => [
    h('ol', { class: 'answers' }, ...view.brief.asks.map((ask, i) => {
        const place = view.model.asks[i];
        const now = sentence(view, ask, place);
        const before = view.written.asks[i];
        const was = before === undefined ? now : sentence({ brief: view.written, model: view.model }, before, place);
        const differs = view.isChanged && (was.main !== now.main);
        const isChance = ask.kind === 'chance' && typeof ask.answer === 'number';
        return h('li', { class: differs ? 'differs' : '' },
            h('h3', {}, ask.question),
            h('p', { class: 'answer' }, opener(view, now.main, ask.question, [], place === undefined ? [] : [place])),
            isChance ? chanceBar(ask.answer as number, typeof before?.answer === 'number' ? before.answer : ask.answer as number) : null,
            h('p', { class: 'more' }, now.more),
            differs ? h('p', { class: 'was' }, `as written: ${was.main}`) : null);
    })),
];

// ---- Where it stands

const stageOrder = ['completed', 'disbursed', 'committed', 'pledged', 'demanded', 'offered', 'cancelled', 'lapsed'];

function stageBar(pledge: Pledge): HTMLElement {
    const sums = stageOrder.map((stage): [string, number] => [stage, Number(pledge.with_parts[stage] ?? 0)]);
    const total = sums.reduce((sum, [, value]) => sum + value, 0);
    const text = sums.filter(([, value]) => value !== 0).map(([stage, value]) => `${amount(value, pledge.currency ?? '')} ${stage}`).join(', ');
    let x = 0;
    const parts = sums.filter(([, value]) => value > 0).map(([stage, value]) => {
        const width = (value / total) * 100;
        x += width;
        return svg('rect', { class: `stage-${stage}`, x: x - width, width, height: 10 }, svg('title', {}, `${stage} ${amount(value, pledge.currency ?? '')}`));
    });
    return h('div', { class: 'stage' },
        svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': text === '' ? 'nothing yet' : text }, ...parts),
        h('span', { class: 'quiet' }, text === '' ? 'nothing on record yet' : text));
}

function depthOf(view: View, pledge: Pledge): number {
    const parent = view.brief.status.pledges.find((one) => one.id === pledge.in);
    return parent === undefined ? 0 : 1 + depthOf(view, parent);
}

function movedList(view: View, list: Brief['status']['balance'][number]['gave']): HTMLElement {
    if (list.length === 0) return h('p', { class: 'quiet' }, 'nothing yet');
    return h('ul', {}, ...list.map((one) => h('li', {},
        opener(view, label(view, one.pledge), label(view, one.pledge), [one.pledge]),
        h('span', { class: 'quiet' }, ` ${one.amount === null ? '' : `${amount(Number(one.amount), one.currency ?? '')} `}${one.stage}`))));
}

// Parts below what they are a part of.
function inOrder(pledges: Pledge[], parent: string | null = null): Pledge[] {
    return pledges.filter((one) => one.in === parent).flatMap((one) => [one, ...inOrder(pledges, one.id)]);
}

// Between two parties, what one gives is what the other gets: two columns say it all.
function balance(view: View): HTMLElement {
    const parties = view.brief.status.balance;
    const [first, second] = parties;
    if (parties.length === 2 && first !== undefined && second !== undefined)
        return h('div', { class: 'columns' }, ...[first, second].map((party) => h('section', {},
            h('h4', {}, `${label(view, party.party)} gives`), movedList(view, party.gave))));
    return h('div', { class: 'balance' }, ...parties.map((party) => h('section', {},
        h('h4', {}, label(view, party.party)),
        h('div', { class: 'columns' },
            h('div', {}, h('h5', {}, 'gives'), movedList(view, party.gave)),
            h('div', {}, h('h5', {}, 'gets'), movedList(view, party.got))))));
}

export const stands: Section = (view) => [
    h('div', { class: 'stages' }, ...inOrder(view.brief.status.pledges).map((pledge) => h('div', { class: `pledge depth-${Math.min(3, depthOf(view, pledge))}` },
        h('div', { class: 'name' }, opener(view, pledge.label, pledge.label, [pledge.id])),
        pledge.currency === null
            ? h('div', { class: 'quiet' }, `${pledge.stage ?? 'not on record by this day'}${pledge.stage === null ? '' : ' (in kind)'}`)
            : stageBar(pledge)))),
    h('p', { class: 'legend' }, ...['disbursed', 'committed', 'pledged', 'demanded', 'lapsed'].map((stage) =>
        h('span', {}, svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg('rect', { class: `stage-${stage}`, width: 10, height: 10 })), stage === 'disbursed' ? 'paid' : stage))),
    h('h3', {}, 'Given and got'),
    balance(view),
    ...view.brief.conversions.slice(0, 1).map((one) => h('p', { class: 'quiet' },
        `Sums over currencies at ${digits(one.rate, 4)} ${one.to} for one ${one.from}, the rate of ${shortDate(one.date)}.`)),
];

// ---- Deadlines and the time to come

interface Row {
    id: string;
    draw(x: (date: string) => number, y: number): (SVGElement | null)[];
    text: string;
}

function mark(x: number, y: number, shape: 'first' | 'now' | 'move' | 'half', title: string): SVGElement {
    const paths = { first: 'M0,-6L6,0L0,6L-6,0Z', now: 'M0,-6L6,0L0,6L-6,0Z', move: 'M0,-6L6,5L-6,5Z', half: 'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0' };
    return svg('path', { class: `mark-${shape}`, d: paths[shape], transform: `translate(${x},${y})` }, svg('title', {}, title));
}

function timelineRows(view: View): Row[] {
    const rows = new Map<string, Row>();
    const add = (id: string, text: string, draw: Row['draw']) => {
        const old = rows.get(id);
        rows.set(id, old === undefined ? { id, text, draw }
            : { id, text: `${old.text}; ${text}`, draw: (x, y) => [...old.draw(x, y), ...draw(x, y)] });
    };
    for (const one of view.model.things) {
        if (one.kind === 'event' && one.from != null && one.to != null)
            add(one.id, `may happen from ${one.from} to ${one.to}`, (x, y) => [svg('rect', {
                class: 'window', x: x(one.from ?? ''), width: Math.max(3, x(one.to ?? '') - x(one.from ?? '')), y: y - 6, height: 12, rx: 3 })]);
        if (one.kind === 'move' && (one.dates?.length ?? 0) > 0)
            add(one.id, `choice on ${one.dates?.join(', ') ?? ''}`, (x, y) => (one.dates ?? []).map((date) => mark(x(date), y, 'move', date)));
    }
    for (const one of [...view.brief.status.pledges, ...view.brief.status.milestones]) {
        const due = one.due;
        if (due?.current == null) continue;
        add(one.id, `due ${due.current}${due.days_slipped > 0 ? `, moved ${due.extensions} time${due.extensions === 1 ? '' : 's'} by ${due.days_slipped} days from ${due.original ?? ''}` : ''}${due.met === null ? '' : `, met on ${due.met}`}`,
            (x, y) => [
                due.original === due.current ? null : svg('line', { class: 'slip', x1: x(due.original ?? ''), x2: x(due.current ?? ''), y1: y, y2: y }),
                due.original === due.current ? null : mark(x(due.original ?? ''), y, 'first', `first due ${due.original ?? ''}`),
                mark(x(due.current ?? ''), y, 'now', `due ${due.current ?? ''}`)]);
    }
    for (const one of view.brief.forecast?.milestones ?? []) {
        if (one.p50 === null) continue;
        const isFact = one.reached || one.p10 === one.p90;
        add(one.id, isFact ? `reached on ${one.p50}` : `reached in ${percent(one.chance)} of cases, if so from ${one.p10 ?? ''} to ${one.p90 ?? ''} in 8 of 10`,
            (x, y) => [
                isFact ? null : svg('line', { class: 'range', x1: x(one.p10 ?? ''), x2: x(one.p90 ?? ''), y1: y, y2: y }),
                mark(x(one.p50 ?? ''), y, 'half', isFact ? `reached ${one.p50 ?? ''}` : `half by ${one.p50 ?? ''}`)]);
    }
    return [...rows.values()];
}

export const timeline: Section = (view) => {
    const rows = timelineRows(view);
    const size: Frame = { width: 760, height: rows.length * 26 + 40, left: 190, right: 12, top: 6, bottom: 24 };
    const scale = timeScale(view.model.first_date, view.model.horizon, size);
    const x = (date: string) => Math.max(size.left, Math.min(size.width - size.right, scale(day(date))));
    const drawn = chart(size, `Timeline from ${view.model.first_date} to ${view.model.horizon}; the table below has its dates`,
        timeAxis(scale, size), today(scale, view.brief.as_of, size),
        ...rows.flatMap((row, i) => {
            const y = size.top + 14 + i * 26;
            const name = label(view, row.id);
            return [svg('text', { class: 'row', x: size.left - 10, y: y + 4, 'text-anchor': 'end' }, name.length > 27 ? `${name.slice(0, 26)}…` : name, svg('title', {}, name)),
                ...row.draw(x, y).filter((element): element is SVGElement => element !== null)];
        }));
    const late = [...view.brief.status.pledges, ...view.brief.status.milestones].filter((one) => one.due !== null);
    return [
        h('div', { class: 'scroll wide', tabindex: '0', role: 'region', 'aria-label': 'timeline' }, drawn),
        h('p', { class: 'quiet' }, '◇ first deadline, ◆ deadline now, ▲ a move, ● half of the cases by then, the line 8 of 10 cases; a bar is the time in which an event may happen. The upright line is the as-of day.'),
        late.length === 0 ? null : table('Deadlines', ['', 'first', 'now', 'moved', 'state'], late.map((one) => {
            const due = one.due!;
            return [opener(view, label(view, one.id), label(view, one.id), [one.id]), due.original, due.current,
                due.extensions === 0 ? 'never' : `${due.extensions} × (${due.days_slipped} days)`,
                due.met !== null ? `met ${due.met}` : due.past_due ? 'past due' : 'open'];
        })),
        h('details', {}, h('summary', {}, 'The timeline as a table'), table('Timeline', ['', 'dates'], rows.map((row) => [label(view, row.id), row.text]))),
    ];
};

// ---- Who waits for what, and why

function moveBars(view: View, move: NonNullable<Brief['solution']>['moves'][number]): HTMLElement {
    const names = view.model.things.find((thing) => thing.id === move.id)?.options ?? Object.keys(move.epochs[0]?.options ?? {});
    return h('div', { class: 'epochs' }, ...move.epochs.map((epoch) => {
        let x = 0;
        const text = epoch.reached < 0.0005 ? 'does not arise' : options(epoch.options);
        return h('div', { class: epoch.past ? 'epoch past' : 'epoch' },
            h('time', { datetime: epoch.date }, epoch.date),
            svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': text },
                ...names.map((name, i) => {
                    const width = (epoch.options[name] ?? 0) * 100 * (epoch.reached < 0.0005 ? 0 : 1);
                    x += width;
                    return svg('rect', { class: `fill hue-${i}`, x: x - width, width, height: 10 }, svg('title', {}, `${name} ${percent(epoch.options[name] ?? 0)}`));
                })),
            h('span', { class: 'quiet' }, epoch.past ? `${text} (past)` : epoch.reached > 0.9995 || epoch.reached < 0.0005 ? text : `${text}; arises ${percent(epoch.reached)}`));
    }), h('p', { class: 'legend' }, ...names.map((name, i) => h('span', {}, svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg('rect', { class: `fill hue-${i}`, width: 10, height: 10 })), word(name)))));
}

function why(view: View, move: string): Child {
    const reasons = (view.brief.solution?.reasons ?? []).filter((reason) => reason.move === move);
    if (reasons.length < 2) return null;
    const lines = reasons[0]?.parts ?? [];
    const [size, name] = scaleOf(Math.max(...reasons.map((reason) => Math.abs(reason.payoff)), 1));
    const unit = [name, reasons[0]?.currency ?? ''].filter((part) => part !== '').join(' ');
    return h('details', {}, h('summary', {}, `Why: what each option is expected to bring on ${shortDate(reasons[0]?.date ?? '')}`),
        table('Why', [unit, ...reasons.map((reason) => word(reason.option))], [
            ...lines.map((part, i): Child[] => [opener(view, part.why, part.why, [], view.model.worths.filter((worth) => worth.line === part.line && worth.why === part.why)),
                ...reasons.map((reason) => digits((reason.parts[i]?.amount ?? 0) / size))]),
            [h('strong', {}, 'all together'), ...reasons.map((reason) => h('strong', {}, digits(reason.payoff / size)))],
            ['chosen', ...reasons.map((reason) => percent(reason.probability))]]));
}

function valueList(view: View, move: string): Child {
    const value = (view.brief.solution?.values ?? []).find((one) => one.move === move);
    if (value === undefined) return null;
    const say = (number: number) => `${number > 0 ? '+' : ''}${amount(number, value.currency)}`;
    const bound = Object.entries(value.commitment).flatMap(([option, number]) => number === null ? [] : [`to ${word(option)} ${say(number)}`]);
    const known = Object.entries(value.information).flatMap(([event, number]) => number === null ? [] : [`${label(view, event)} ${say(number)}`]);
    return h('ul', { class: 'values' },
        value.waiting === null ? null : h('li', {}, `Waiting is worth ${say(value.waiting)}${value.against === null ? '' : `, against ${word(value.against)} now`}.`),
        bound.length === 0 ? null : h('li', {}, `Binding itself now, everybody knowing: ${bound.join('; ')}.`),
        known.length === 0 ? null : h('li', {}, `Knowing beforehand: ${known.join('; ')}.`));
}

function beliefChart(view: View): Child[] {
    const solution = view.brief.solution;
    if (solution === null) return [];
    return [...new Set(solution.beliefs.map((belief) => belief.about))].map((secret) => {
        const paths = solution.beliefs.filter((belief) => belief.about === secret);
        const outcome = Object.keys(paths[0]?.path[0]?.outcomes ?? {})[0] ?? '';
        const lines = paths.map((belief, i): Line => ({
            name: label(view, belief.party).slice(0, 18), hue: i,
            points: belief.path.map((point) => [day(point.date), point.outcomes[outcome] ?? 0]),
        }));
        return h('figure', {}, h('figcaption', {}, `${label(view, secret)}: ${word(outcome)}, as each party believes`),
            lineChart(`What each party believes of ${label(view, secret)} along the facts; the table below has the figures`, lines, view.brief.as_of, true),
            h('details', {}, h('summary', {}, 'as a table'), table('Beliefs', ['', ...lines.map((one) => one.name)],
                (paths[0]?.path ?? []).map((point, i) => [point.date, ...paths.map((belief) => percent(belief.path[i]?.outcomes[outcome] ?? 0))]))));
    });
}

export const moves: Section = (view) => {
    const solution = view.brief.solution;
    if (solution === null) return [h('p', { class: 'quiet' }, 'The deal has no game.')];
    const regret = Math.max(0, ...Object.values(solution.regret).map((one) => one.fraction));
    return [
        ...solution.moves.map((move) => h('article', { class: 'move' },
            h('h3', {}, opener(view, label(view, move.id), label(view, move.id), [move.id]), h('span', { class: 'quiet' }, ` ${label(view, move.party)}`)),
            moveBars(view, move), why(view, move.id), valueList(view, move.id))),
        h('h3', {}, 'What they believe of each other’s secrets'), ...beliefChart(view),
        h('h3', {}, 'What each expects of it all, by its own odds'),
        h('ul', { class: 'values' }, ...Object.entries(solution.payoffs).map(([party, payoff]) => h('li', {},
            opener(view, `${label(view, party)} ${amount(payoff.amount, payoff.currency)}`, label(view, party), [], view.model.worths.filter((worth) => worth.party === party))))),
        h('p', { class: 'quiet' }, solution.certified
            ? `Certified: the odds solve their equation to ${solution.residual.toExponential(1)}; by never erring a party would gain at most ${percent(regret)} of its stakes. ${solution.tree.nodes} nodes, ${solution.tree.information_sets} situations.`
            : 'Not certified: this is the best that was found, and no equilibrium.'),
    ];
};

// ---- Chances and amounts by date

export const curves: Section = (view) => {
    const forecast = view.brief.forecast;
    if (forecast === null) return [];
    const open = forecast.milestones.filter((one) => !one.reached && one.chance > 0);
    const lines = open.map((one, i): Line => ({ name: word(one.id).slice(0, 18), hue: i % 6, points: one.curve.map((point) => [day(point.date), point.chance]) }));
    const events = forecast.events.filter((one) => !one.known).flatMap((event) => event.outcomes
        .filter((outcome) => (outcome.curve[0]?.chance ?? 0) < (outcome.curve[outcome.curve.length - 1]?.chance ?? 0))
        .map((outcome): { name: string; points: Line['points'] } => ({ name: `${word(event.id)} ${word(outcome.outcome)}`.slice(0, 18), points: outcome.curve.map((point) => [day(point.date), point.chance]) })))
        .map((one, i): Line => ({ ...one, hue: i % 6 }));
    return [
        lines.length === 0 ? null : h('figure', {}, h('figcaption', {}, 'Milestones: reached by then'),
            lineChart('Chance that each milestone is reached by a date; the table below has the figures', lines, view.brief.as_of, false)),
        events.length === 0 ? null : h('figure', {}, h('figcaption', {}, 'Events: come out so by then'),
            lineChart('Chance that each event has come out by a date', events, view.brief.as_of, false)),
        open.length === 0 ? null : table('What comes when', ['', 'reached', 'on time', '1 in 10 by', 'half by', '9 in 10 by', 'waits longest for'], open.map((one) => [
            opener(view, label(view, one.id), label(view, one.id), [one.id]), percent(one.chance), one.on_time === null ? '–' : percent(one.on_time), one.p10, one.p50, one.p90,
            Object.entries(one.critical).filter(([, share]) => share > 0.005).map(([id, share]) => `${label(view, id)} ${percent(share)}`).join(', ')])),
        h('p', { class: 'quiet' }, `From ${forecast.scenarios.toLocaleString('en')} scenarios; dates are those of the cases in which it is reached at all.`),
    ];
};

export const fans: Section = (view) => {
    const moving = (view.brief.forecast?.amounts ?? []).filter((one) => {
        const all = one.by.flatMap((point) => [point.p10, point.p50, point.p90]);
        return Math.max(...all) - Math.min(...all) > 1e-6 * Math.max(...all);
    });
    if (moving.length === 0) return [h('p', { class: 'quiet' }, 'No amount is expected to move.')];
    return [h('div', { class: 'fans' }, ...moving.map((one, i) => {
        const high = Math.max(...one.by.map((point) => point.p90));
        const [size, name] = scaleOf(high);
        const last = one.by[one.by.length - 1];
        return h('figure', {}, h('figcaption', {}, opener(view, label(view, one.pledge), label(view, one.pledge), [one.pledge]),
            h('span', { class: 'quiet' }, ` ${one.stage === 'disbursed' ? 'paid' : one.stage}, ${name} ${one.currency}`)),
            fanChart(`${label(view, one.pledge)}, ${one.stage}: ${amount(last?.p50 ?? 0, one.currency)} by ${last?.date ?? ''} in the middle case, ${amount(last?.p10 ?? 0, one.currency)} to ${amount(last?.p90 ?? 0, one.currency)} in 8 of 10`, one.by, high, size, i % 6));
    })), h('p', { class: 'quiet' }, 'The line is the middle case, the band 8 of 10 cases; at least that stage, parts included.')];
};

// ---- What would change it

function number(value: number | string | null): number | null {
    return value === null ? null : typeof value === 'string' ? day(value) : value;
}

export const tornado: Section = (view) => {
    const swings = view.brief.sensitivity ?? view.written.sensitivity;
    if (swings === null || swings.length === 0) return [h('p', { class: 'quiet' }, 'Not computed for this page.')];
    return [
        view.brief.sensitivity === null ? h('p', { class: 'quiet' }, 'Of the deal as written; computed anew a moment after the last change.') : null,
        ...view.brief.asks.flatMap((ask): Child[] => {
            const rows = swings.filter((one) => one.ask === ask.question).slice(0, 8);
            const ends = rows.flatMap((one) => [number(one.low.answer), number(one.high.answer), number(one.base.answer)]).filter((one): one is number => one !== null);
            const low = Math.min(...ends);
            const span = Math.max(...ends) - low;
            if (rows.length === 0 || !(span > 0)) return [];
            const isShare = view.model.asks[view.brief.asks.indexOf(ask)]?.is_share === true;
            const unit = isShare || ask.kind === 'choice' || ask.kind === 'break even' ? 'probability' : ask.unit;
            const x = (value: number) => 4 + ((value - low) / span) * 92;
            return [h('figure', { class: 'tornado' }, h('figcaption', {}, ask.question, rows[0]?.of == null ? null : h('span', { class: 'quiet' }, ` (${word(rows[0].of)})`)),
                h('div', { class: 'swings' }, ...rows.map((one) => {
                    const [from, to, base] = [number(one.low.answer), number(one.high.answer), number(one.base.answer)];
                    const say = (value: number | string | null) => value === null ? 'never' : figure(value, unit);
                    const text = `${say(one.low.answer)} to ${say(one.high.answer)}`;
                    return h('div', { class: 'swing' }, h('span', { class: 'name' }, one.input),
                        svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${one.input}: ${text}` },
                            from === null || to === null || base === null ? null : svg('rect', { class: 'fill hue-0', x: Math.min(x(from), x(base)), width: Math.abs(x(base) - x(from)), height: 10 }),
                            from === null || to === null || base === null ? null : svg('rect', { class: 'fill hue-1', x: Math.min(x(to), x(base)), width: Math.abs(x(to) - x(base)), height: 10 }),
                            base === null ? null : svg('rect', { class: 'base', x: x(base) - 0.2, width: 0.4, height: 10 })),
                        h('span', { class: 'quiet' }, text));
                })))];
        }),
        h('p', { class: 'quiet' }, 'Each input alone, at its low end (first colour) and its high end (second), the others as they are.'),
    ];
};

// ---- Supply, statements, sources

export const supply: Section = (view) => view.brief.supply.length === 0 ? [] : view.brief.supply.map((one) => {
    const bar = (title: string, side: Brief['supply'][number]['now']) => {
        let x = 0;
        const text = side.shares.map((share) => `${share.supplier} ${percent(share.share)}`).join(', ');
        return h('div', { class: 'epoch' }, h('span', {}, title),
            svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${text}` }, ...side.shares.map((share, i) => {
                x += share.share * 100;
                return svg('rect', { class: `fill hue-${i % 6}`, x: x - share.share * 100, width: share.share * 100, height: 10 }, svg('title', {}, `${share.supplier} ${percent(share.share)}, from ${percent(share.low)} to ${percent(share.high)}`));
            })),
            h('span', { class: 'quiet' }, `${text}; concentration ${digits(side.hhi, 2)}`));
    };
    return h('article', {}, h('h3', {}, opener(view, label(view, one.id), label(view, one.id), [one.id]), h('span', { class: 'quiet' }, ` to ${label(view, one.to)}, ${one.unit} a year`)),
        h('div', { class: 'epochs' }, bar('now', one.now), bar('after', one.after)),
        h('p', { class: 'legend' }, ...one.now.shares.map((share, i) => h('span', {}, svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg('rect', { class: `fill hue-${i % 6}`, width: 10, height: 10 })), share.supplier))));
});

export const statements: Section = (view) => {
    const said = view.brief.status.statements;
    if (said.length === 0) return [h('p', { class: 'quiet' }, 'No pair of statements is on record.')];
    return said.map((pair) => h('article', { class: 'said' },
        h('h3', {}, `${label(view, pair.party)} `, opener(view, `about ${label(view, pair.about)}`, label(view, pair.about), [pair.about])),
        h('div', { class: 'columns' }, ...(['public', 'private'] as const).map((where) => h('div', {},
            h('h4', {}, `in ${where}, ${shortDate(pair[where].date)}`),
            h('blockquote', {}, pair[where].text, sourceMark(view, pair[where].source)))))));
};

export const sources: Section = (view) => [
    h('ol', { class: 'sources' }, ...view.brief.sources.map((source) => h('li', { value: source.number },
        source.url === null ? source.title : link(source.url, source.title),
        h('span', { class: 'quiet' }, ` ${[source.by, source.published === null ? null : shortDate(source.published), source.trust === null ? null : `trust ${percent(source.trust)}`].filter((part) => part !== null).join(', ')}`)))),
];

