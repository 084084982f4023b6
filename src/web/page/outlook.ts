// Chances and amounts by date, and what would change the answers.
import { fanChart, lineChart, type Line } from './charts';
import { h, type Child } from './tree';
import { amount, day, figure, percent, scaleOf, word } from './format';
import { inputTitle, isOf, label, opener, table, type Section } from './view';

export const curves: Section = (view) => {
    const forecast = view.brief.forecast;
    if (forecast === null) return [];
    const open = forecast.milestones.filter((one) => !one.reached && one.chance > 0);
    const lines = open.map((one, i): Line => ({
        name: word(one.id).slice(0, 18),
        hue: i % 6,
        points: one.curve.map((point) => [day(point.date), point.chance]),
    }));
    const events = forecast.events
        .filter((one) => !one.known)
        .flatMap((event) =>
            event.outcomes
                .filter(
                    (outcome) =>
                        (outcome.curve[0]?.chance ?? 0) <
                        (outcome.curve[outcome.curve.length - 1]?.chance ?? 0),
                )
                .map((outcome): { name: string; points: Line['points'] } => ({
                    name: `${word(event.id)} ${word(outcome.outcome)}`.slice(0, 18),
                    points: outcome.curve.map((point) => [day(point.date), point.chance]),
                })),
        )
        .map((one, i): Line => ({ ...one, hue: i % 6 }));
    return [
        lines.length === 0
            ? null
            : h(
                  'figure',
                  {},
                  h('figcaption', {}, 'Milestones: reached by then'),
                  lineChart(
                      'Chance that each milestone is reached by a date; the table below has the figures',
                      lines,
                      view.brief.as_of,
                      false,
                  ),
              ),
        events.length === 0
            ? null
            : h(
                  'figure',
                  {},
                  h('figcaption', {}, 'Events: come out so by then'),
                  lineChart(
                      'Chance that each event has come out by a date',
                      events,
                      view.brief.as_of,
                      false,
                  ),
              ),
        open.length === 0
            ? null
            : table(
                  'What comes when',
                  [
                      '',
                      'reached',
                      'on time',
                      '1 in 10 by',
                      'half by',
                      '9 in 10 by',
                      'waits longest for',
                  ],
                  open.map((one) => [
                      opener(view, label(view, one.id), label(view, one.id), [one.id]),
                      percent(one.chance),
                      one.on_time === null ? '–' : percent(one.on_time),
                      one.p10,
                      one.p50,
                      one.p90,
                      Object.entries(one.critical)
                          .filter(([, share]) => share > 0.005)
                          .map(([id, share]) => `${label(view, id)} ${percent(share)}`)
                          .join(', '),
                  ]),
              ),
        h(
            'p',
            { class: 'quiet' },
            `From ${forecast.scenarios.toLocaleString('en')} scenarios; dates are those of the cases in which it is reached at all.`,
        ),
    ];
};

export const fans: Section = (view) => {
    const moving = (view.brief.forecast?.amounts ?? []).filter((one) => {
        const all = one.by.flatMap((point) => [point.p10, point.p50, point.p90]);
        return Math.max(...all) - Math.min(...all) > 1e-6 * Math.max(...all);
    });
    if (moving.length === 0) return [h('p', { class: 'quiet' }, 'No amount is expected to move.')];
    return [
        h(
            'div',
            { class: 'fans' },
            ...moving.map((one, i) => {
                const high = Math.max(...one.by.map((point) => point.p90));
                const [size, name] = scaleOf(high);
                const last = one.by[one.by.length - 1];
                return h(
                    'figure',
                    {},
                    h(
                        'figcaption',
                        {},
                        opener(view, label(view, one.pledge), label(view, one.pledge), [
                            one.pledge,
                        ]),
                        h(
                            'span',
                            { class: 'quiet' },
                            ` ${one.stage === 'disbursed' ? 'paid' : one.stage}, ${name} ${one.currency}`,
                        ),
                    ),
                    fanChart(
                        `${label(view, one.pledge)}, ${one.stage}: ${amount(last?.p50 ?? 0, one.currency)} by ${last?.date ?? ''} in the middle case, ${amount(last?.p10 ?? 0, one.currency)} to ${amount(last?.p90 ?? 0, one.currency)} in 8 of 10`,
                        one.by,
                        high,
                        size,
                        i % 6,
                    ),
                );
            }),
        ),
        h(
            'p',
            { class: 'quiet' },
            'The line is the middle case, the band 8 of 10 cases; at least that stage, parts included.',
        ),
    ];
};

// ---- What would change it

function number(value: number | string | null): number | null {
    return value === null ? null : typeof value === 'string' ? day(value) : value;
}

export const tornado: Section = (view) => {
    const swings = view.brief.sensitivity ?? view.written.sensitivity;
    if (swings === null || swings.length === 0)
        return [h('p', { class: 'quiet' }, 'Not computed for this page.')];
    return [
        view.brief.sensitivity === null
            ? h(
                  'p',
                  { class: 'quiet' },
                  'Of the deal as written; computed anew a moment after the last change.',
              )
            : null,
        ...view.written.asks.flatMap((ask, i): Child[] => {
            const isShare = view.model.asks[i]?.is_share === true;
            const unit =
                isShare || ask.kind === 'choice' || ask.kind === 'break even'
                    ? 'probability'
                    : ask.unit;
            const say = (value: number | string | null) =>
                value === null ? 'never' : figure(value, unit);
            // A swing that no figure shows is none for the reader.
            const rows = swings
                .filter(
                    (one) =>
                        one.ask === ask.question && say(one.low.answer) !== say(one.high.answer),
                )
                .slice(0, 8);
            const ends = rows
                .flatMap((one) => [
                    number(one.low.answer),
                    number(one.high.answer),
                    number(one.base.answer),
                ])
                .filter((one): one is number => one !== null);
            const low = Math.min(...ends);
            const span = Math.max(...ends) - low;
            if (rows.length === 0 || !(span > 0)) return [];
            const x = (value: number) => 4 + ((value - low) / span) * 92;
            return [
                h(
                    'figure',
                    { class: 'tornado' },
                    h(
                        'figcaption',
                        {},
                        ask.question,
                        rows[0]?.of == null
                            ? null
                            : h('span', { class: 'quiet' }, ` (${word(rows[0].of)})`),
                    ),
                    h(
                        'div',
                        { class: 'swings' },
                        ...rows.map((one) => {
                            const [from, to, base] = [
                                number(one.low.answer),
                                number(one.high.answer),
                                number(one.base.answer),
                            ];
                            const input = view.model.inputs.find((input) => isOf(one, input));
                            const name =
                                input === undefined ? one.input : inputTitle(view.model, input);
                            const text = `${say(one.low.answer)} to ${say(one.high.answer)}`;
                            return h(
                                'div',
                                { class: 'swing' },
                                h('span', { class: 'name' }, name),
                                h(
                                    'svg',
                                    {
                                        viewBox: '0 0 100 10',
                                        preserveAspectRatio: 'none',
                                        role: 'img',
                                        'aria-label': `${name}: ${text}`,
                                    },
                                    from === null || to === null || base === null
                                        ? null
                                        : h('rect', {
                                              class: 'fill hue-0',
                                              x: Math.min(x(from), x(base)),
                                              width: Math.abs(x(base) - x(from)),
                                              height: 10,
                                          }),
                                    from === null || to === null || base === null
                                        ? null
                                        : h('rect', {
                                              class: 'fill hue-1',
                                              x: Math.min(x(to), x(base)),
                                              width: Math.abs(x(to) - x(base)),
                                              height: 10,
                                          }),
                                    base === null
                                        ? null
                                        : h('rect', {
                                              class: 'base',
                                              x: x(base) - 0.2,
                                              width: 0.4,
                                              height: 10,
                                          }),
                                ),
                                h('span', { class: 'quiet' }, text),
                            );
                        }),
                    ),
                ),
            ];
        }),
        h(
            'p',
            { class: 'quiet' },
            'Each input alone, at its low end (first colour) and its high end (second), the others as they are.',
        ),
    ];
};
