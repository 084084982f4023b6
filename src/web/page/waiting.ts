// Who waits for what, and why.
import type { Brief } from './answers';
import { lineChart, type Line } from './charts';
import { fold, h, type Child, type VNode } from './tree';
import { amount, day, digits, percent, scaleOf, shortDate, word } from './format';
import { label, opener, table, type Section, type View } from './view';
import { options } from './sentence';

type Solution = NonNullable<Brief['solution']>;
type Reason = Solution['reasons'][number];

function moveBars(view: View, move: Solution['moves'][number]): VNode {
    const names =
        view.model.things.find((thing) => thing.id === move.id)?.options ??
        Object.keys(move.epochs[0]?.options ?? {});
    return h(
        'div',
        { class: 'epochs' },
        ...move.epochs.map((epoch) => {
            let x = 0;
            const text = epoch.reached < 0.0005 ? 'does not arise' : options(epoch.options);
            return h(
                'div',
                { class: epoch.past ? 'epoch past' : 'epoch' },
                h('time', { datetime: epoch.date }, epoch.date),
                h(
                    'svg',
                    {
                        viewBox: '0 0 100 10',
                        preserveAspectRatio: 'none',
                        role: 'img',
                        'aria-label': text,
                    },
                    ...names.map((name, i) => {
                        const width =
                            (epoch.options[name] ?? 0) * 100 * (epoch.reached < 0.0005 ? 0 : 1);
                        x += width;
                        return h(
                            'rect',
                            { class: `fill hue-${i}`, x: x - width, width, height: 10 },
                            h('title', {}, `${name} ${percent(epoch.options[name] ?? 0)}`),
                        );
                    }),
                ),
                h(
                    'span',
                    { class: 'quiet' },
                    epoch.past
                        ? `${text} (past)`
                        : epoch.reached > 0.9995 || epoch.reached < 0.0005
                          ? text
                          : `${text}; arises ${percent(epoch.reached)}`,
                ),
            );
        }),
        h(
            'p',
            { class: 'legend' },
            ...names.map((name, i) =>
                h(
                    'span',
                    {},
                    h(
                        'svg',
                        { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
                        h('rect', { class: `fill hue-${i}`, width: 10, height: 10 }),
                    ),
                    word(name),
                ),
            ),
        ),
    );
}

function why(view: View, move: string): Child {
    const reasons = (view.brief.solution?.reasons ?? []).filter((reason) => reason.move === move);
    if (reasons.length < 2) return null;
    return fold(
        view.isMoving,
        `Why: what each option is expected to bring on ${shortDate(reasons[0]?.date ?? '')}`,
        () => whyTable(view, reasons),
    );
}

function whyTable(view: View, reasons: Reason[]): VNode {
    const lines = reasons[0]?.parts ?? [];
    const [size, name] = scaleOf(Math.max(...reasons.map((reason) => Math.abs(reason.payoff)), 1));
    const unit = [name, reasons[0]?.currency ?? ''].filter((part) => part !== '').join(' ');
    return table(
        'Why',
        [unit, ...reasons.map((reason) => word(reason.option))],
        [
            ...lines.map((part, i): Child[] => [
                opener(
                    view,
                    part.why,
                    part.why,
                    [],
                    view.model.worths.filter(
                        (worth) => worth.line === part.line && worth.why === part.why,
                    ),
                ),
                ...reasons.map((reason) => digits((reason.parts[i]?.amount ?? 0) / size)),
            ]),
            [
                h('strong', {}, 'all together'),
                ...reasons.map((reason) => h('strong', {}, digits(reason.payoff / size))),
            ],
            ['chosen', ...reasons.map((reason) => percent(reason.probability))],
        ],
    );
}

function valueList(view: View, move: string): Child {
    const value = (view.brief.solution?.values ?? []).find((one) => one.move === move);
    if (value === undefined) return null;
    const all = [
        value.waiting,
        ...Object.values(value.commitment),
        ...Object.values(value.information),
    ];
    const most = Math.max(...all.map((number) => Math.abs(number ?? 0)));
    // Beside billions, thousands are what is left of rounding.
    const say = (number: number) =>
        Math.abs(number) < 1e-5 * most
            ? 'nothing'
            : `${number > 0 ? '+' : ''}${amount(number, value.currency)}`;
    const bound = Object.entries(value.commitment).flatMap(([option, number]) =>
        number === null ? [] : [`to ${word(option)} ${say(number)}`],
    );
    const known = Object.entries(value.information).flatMap(([event, number]) =>
        number === null ? [] : [`${label(view, event)} ${say(number)}`],
    );
    return h(
        'ul',
        { class: 'values' },
        value.waiting === null
            ? null
            : h(
                  'li',
                  {},
                  `Waiting is worth ${say(value.waiting)}${value.against === null ? '' : `, against ${word(value.against)} now`}.`,
              ),
        bound.length === 0
            ? null
            : h('li', {}, `Binding itself now, everybody knowing: ${bound.join('; ')}.`),
        known.length === 0 ? null : h('li', {}, `Knowing beforehand: ${known.join('; ')}.`),
    );
}

function beliefChart(view: View): Child[] {
    const solution = view.brief.solution;
    if (solution === null) return [];
    return [...new Set(solution.beliefs.map((belief) => belief.about))].map((secret) => {
        const paths = solution.beliefs.filter((belief) => belief.about === secret);
        const outcome = Object.keys(paths[0]?.path[0]?.outcomes ?? {})[0] ?? '';
        const lines = paths.map((belief, i): Line => ({
            name: label(view, belief.party).replace(/^(.{17}).{2,}$/, '$1…'),
            hue: i,
            points: belief.path.map((point) => [day(point.date), point.outcomes[outcome] ?? 0]),
        }));
        return h(
            'figure',
            {},
            h('figcaption', {}, `${label(view, secret)}: ${word(outcome)}, as each party believes`),
            lineChart(
                `What each party believes of ${label(view, secret)} along the facts; the table below has the figures`,
                lines,
                view.brief.as_of,
                true,
            ),
            fold(
                view.isMoving,
                'as a table',
                () =>
                    table(
                        'Beliefs',
                        ['', ...lines.map((one) => one.name)],
                        (paths[0]?.path ?? []).map((point, i) => [
                            point.date,
                            ...paths.map((belief) =>
                                percent(belief.path[i]?.outcomes[outcome] ?? 0),
                            ),
                        ]),
                    ),
                'alternative',
            ),
        );
    });
}

export const moves: Section = (view) => {
    const solution = view.brief.solution;
    if (solution === null) return [h('p', { class: 'quiet' }, 'The deal has no game.')];
    const regret = Math.max(0, ...Object.values(solution.regret).map((one) => one.fraction));
    return [
        ...solution.moves.map((move) =>
            h(
                'article',
                { class: 'move' },
                h(
                    'h3',
                    {},
                    opener(view, label(view, move.id), label(view, move.id), [move.id]),
                    h('span', { class: 'quiet' }, ` ${label(view, move.party)}`),
                ),
                moveBars(view, move),
                why(view, move.id),
                valueList(view, move.id),
            ),
        ),
        ...(solution.beliefs.length === 0
            ? []
            : [h('h3', {}, 'What they believe of each other’s secrets'), ...beliefChart(view)]),
        h('h3', {}, 'What each expects of it all, by its own odds'),
        h(
            'ul',
            { class: 'values' },
            ...Object.entries(solution.payoffs).map(([party, payoff]) =>
                h(
                    'li',
                    {},
                    opener(
                        view,
                        `${label(view, party)} ${amount(payoff.amount, payoff.currency)}`,
                        label(view, party),
                        [],
                        view.model.worths.filter((worth) => worth.party === party),
                    ),
                ),
            ),
        ),
        h(
            'p',
            { class: 'quiet' },
            solution.certified
                ? `Certified: the odds solve their equation to ${solution.residual.toExponential(1)}; by never erring a party would gain at most ${percent(regret)} of its stakes. ${solution.tree.nodes} nodes, ${solution.tree.information_sets} situations.`
                : 'Not certified: this is the best that was found, and no equilibrium.',
        ),
    ];
};
