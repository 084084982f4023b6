// The answers: each question of the deal with its figure.
import { h, type VNode } from './tree';
import { sentence } from './sentence';
import { opener, type Section } from './view';

function chanceBar(value: number, before: number): VNode {
    return h(
        'div',
        { class: 'bar', 'aria-hidden': 'true' },
        h(
            'svg',
            { viewBox: '0 0 100 6', preserveAspectRatio: 'none' },
            h('rect', { class: 'fill hue-0', width: value * 100, height: 6 }),
            before === value
                ? null
                : h('rect', {
                      class: 'mark',
                      x: Math.min(99, before * 100),
                      width: 1,
                      height: 6,
                  }),
        ),
    );
}

export const answers: Section = (view) => [
    h(
        'ol',
        { class: 'answers' },
        ...view.brief.asks.map((ask, i) => {
            const place = view.model.asks[i];
            const now = sentence(view, ask, place);
            const before = view.written.asks[i];
            const was =
                before === undefined
                    ? now
                    : sentence({ brief: view.written, model: view.model }, before, place);
            const differs = view.isChanged && was.main !== now.main;
            const isChance = ask.kind === 'chance' && typeof ask.answer === 'number';
            return h(
                'li',
                { class: differs ? 'differs' : '' },
                h('h3', {}, ask.question),
                h(
                    'p',
                    { class: 'answer' },
                    opener(view, now.main, ask.question, [], place === undefined ? [] : [place]),
                ),
                isChance
                    ? chanceBar(
                          ask.answer as number,
                          typeof before?.answer === 'number'
                              ? before.answer
                              : (ask.answer as number),
                      )
                    : null,
                h('p', { class: 'more' }, now.more),
                differs ? h('p', { class: 'was' }, `as written: ${was.main}`) : null,
            );
        }),
    ),
];
