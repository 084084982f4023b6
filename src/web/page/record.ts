// Supply, statements, sources.
import type { Brief } from './answers';
import { h, link } from './tree';
import { percent, shortDate } from './format';
import { label, opener, sourceMark, type Section } from './view';

export const supply: Section = (view) =>
    view.brief.supply.length === 0
        ? []
        : view.brief.supply.map((one) => {
              const bar = (title: string, side: Brief['supply'][number]['now']) => {
                  let x = 0;
                  const text = side.shares
                      .map((share) => `${share.supplier} ${percent(share.share)}`)
                      .join(', ');
                  return h(
                      'div',
                      { class: 'epoch' },
                      h('span', {}, title),
                      h(
                          'svg',
                          {
                              viewBox: '0 0 100 10',
                              preserveAspectRatio: 'none',
                              role: 'img',
                              'aria-label': `${title}: ${text}`,
                          },
                          ...side.shares.map((share, i) => {
                              x += share.share * 100;
                              return h(
                                  'rect',
                                  {
                                      class: `fill hue-${i % 6}`,
                                      x: x - share.share * 100,
                                      width: share.share * 100,
                                      height: 10,
                                  },
                                  h(
                                      'title',
                                      {},
                                      `${share.supplier} ${percent(share.share)}, from ${percent(share.low)} to ${percent(share.high)}`,
                                  ),
                              );
                          }),
                      ),
                      h(
                          'span',
                          { class: 'quiet' },
                          `${text}; concentration (HHI) ${Math.round(side.hhi * 10000)}`,
                      ),
                  );
              };
              return h(
                  'article',
                  {},
                  h(
                      'h3',
                      {},
                      opener(view, label(view, one.id), label(view, one.id), [one.id]),
                      h(
                          'span',
                          { class: 'quiet' },
                          ` to ${label(view, one.to)}, ${one.unit} a year`,
                      ),
                  ),
                  h('div', { class: 'epochs' }, bar('now', one.now), bar('after', one.after)),
                  h(
                      'p',
                      { class: 'legend' },
                      ...one.now.shares.map((share, i) =>
                          h(
                              'span',
                              {},
                              h(
                                  'svg',
                                  { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
                                  h('rect', {
                                      class: `fill hue-${i % 6}`,
                                      width: 10,
                                      height: 10,
                                  }),
                              ),
                              share.supplier,
                          ),
                      ),
                  ),
              );
          });

export const statements: Section = (view) => {
    const said = view.brief.status.statements;
    if (said.length === 0)
        return [h('p', { class: 'quiet' }, 'No pair of statements is on record.')];
    // One public statement beside all the private ones that it is held against.
    const groups: (typeof said)[] = [];
    for (const pair of said) {
        const group = groups.find(
            ([first]) =>
                first?.party === pair.party &&
                first.about === pair.about &&
                first.public.date === pair.public.date &&
                first.public.text === pair.public.text,
        );
        if (group === undefined) groups.push([pair]);
        else group.push(pair);
    }
    return groups.map(([pair, ...others]) =>
        pair === undefined
            ? null
            : h(
                  'article',
                  { class: 'said' },
                  h(
                      'h3',
                      {},
                      `${label(view, pair.party)} `,
                      opener(view, `about ${label(view, pair.about)}`, label(view, pair.about), [
                          pair.about,
                      ]),
                  ),
                  h(
                      'div',
                      { class: 'columns' },
                      ...(['public', 'private'] as const).map((where) =>
                          h(
                              'div',
                              {},
                              ...[pair, ...(where === 'private' ? others : [])].flatMap((one) => [
                                  h('h4', {}, `in ${where}, ${shortDate(one[where].date)}`),
                                  h(
                                      'blockquote',
                                      {},
                                      one[where].text,
                                      sourceMark(view, one[where].source),
                                  ),
                              ]),
                          ),
                      ),
                  ),
              ),
    );
};

export const sources: Section = (view) => [
    h(
        'ol',
        { class: 'sources' },
        ...view.brief.sources.map((source) =>
            h(
                'li',
                { value: source.number },
                source.url === null ? source.title : link(source.url, source.title),
                h(
                    'span',
                    { class: 'quiet' },
                    ` ${[source.by, source.published === null ? null : shortDate(source.published), source.trust === null ? null : `trust ${percent(source.trust)}`].filter((part) => part !== null).join(', ')}`,
                ),
            ),
        ),
    ),
];
