// An answer in words.
import type { Ask, Brief, Model, MoveEpoch } from './answers';
import { figure, percent, plusMinus, shortDate, word } from './format';

export function options(answer: Record<string, number>): string {
    return Object.entries(answer)
        .map(([option, chance]) => `${word(option)} ${percent(chance)}`)
        .join(', ');
}

function epochsOf(view: { brief: Brief }, id: string | null): MoveEpoch[] {
    return view.brief.solution?.moves.find((move) => move.id === id)?.epochs ?? [];
}

// What was chosen on the dates that are past, and what nobody has written down.
function decided(view: { brief: Brief }, id: string | null): { main: string; more: string } {
    const past = epochsOf(view, id).filter((epoch) => epoch.past && epoch.reached > 0.0005);
    const taken = past.map((epoch) => {
        const [option = '', chance = 0] =
            Object.entries(epoch.options).sort(([, a], [, b]) => b - a)[0] ?? [];
        const date = shortDate(epoch.date);
        return chance > 0.9995
            ? { main: word(option), is: `decided on ${date}`, was: `${word(option)} on ${date}` }
            : {
                  main: 'Not on record',
                  is: `on ${date}: ${options(epoch.options)}`,
                  was: `not on record on ${date}`,
              };
    });
    const last = taken.pop();
    if (last === undefined)
        return { main: 'Not any more', more: 'no date on which to choose is left' };
    const before = taken.map((one) => one.was);
    return {
        main: last.main,
        more: [last.is, ...(before.length === 0 ? [] : [`before that ${before.join(', ')}`])].join(
            '; ',
        ),
    };
}

// When it is to be chosen, and how likely it comes to that.
function occasion(view: { brief: Brief }, id: string | null, date: string): string {
    const epoch = epochsOf(view, id).find((one) => one.date === date);
    const on = `on ${shortDate(date)}`;
    return epoch === undefined || epoch.reached > 0.9995
        ? on
        : `${on}, where it comes to that (${percent(epoch.reached)})`;
}

type Asked = Model['asks'][number] | undefined;

export function sentence(
    view: { brief: Brief; model: Model },
    ask: Ask,
    asked: Asked,
): { main: string; more: string } {
    const answer = ask.answer;
    if (ask.kind === 'choice') {
        if (answer !== null && typeof answer === 'object')
            return {
                main: options(answer),
                more: ask.date == null ? '' : occasion(view, asked?.move ?? null, ask.date),
            };
        return decided(view, asked?.move ?? null);
    }
    if (ask.kind === 'break even') {
        if ((ask.crossings ?? []).length === 0) return { main: '–', more: 'not computed' };
        const open = (ask.crossings ?? []).filter((one) => !one.decided);
        const crossing = open.filter((one) => one.at !== null);
        if (crossing.length > 0)
            return {
                main: crossing.map((one) => percent(one.at ?? 0)).join(', '),
                more: crossing
                    .map(
                        (one) =>
                            `below ${percent(one.at ?? 0)} ${word(one.below ?? '')}, above it ${word(one.above ?? '')}`,
                    )
                    .join('; '),
            };
        const always = open[0]?.below;
        return open.length === 0
            ? { main: 'At none', more: 'no date on which to choose is left' }
            : {
                  main: 'At none',
                  more: always == null ? '' : `${word(always)} is likeliest at any odds`,
              };
    }
    if (answer === null || typeof answer === 'object')
        return { main: 'Never', more: 'in no scenario by the deal’s horizon' };
    const unit = asked?.is_share === true ? 'probability' : ask.unit;
    const happens = ask.happens ?? 1;
    const range =
        ask.p10 != null && ask.p90 != null && ask.p10 !== ask.p90
            ? `${figure(ask.p10, unit)} to ${figure(ask.p90, unit)} in 8 of 10 cases`
            : '';
    if (ask.kind === 'when') {
        const day = shortDate(String(answer));
        const by = `by ${shortDate(view.model.horizon)}`;
        if (happens === 1) return { main: day, more: range };
        // A date that most cases never see is no answer to stand alone.
        if (happens < 0.5)
            return {
                main: `${percent(happens)} ${by}`,
                more: `if so, about ${day}${range === '' ? '' : `, ${range}`}`,
            };
        const chance = `in ${percent(happens)} of cases ${by}`;
        return { main: day, more: `${chance}${range === '' ? '' : `; if so, ${range}`}` };
    }
    const middle =
        range !== '' && ask.kind === 'value' && ask.p50 != null
            ? `expected; ${figure(ask.p50, unit)} in the middle case`
            : '';
    return {
        main: figure(answer, unit),
        more: [middle, range, plusMinus(ask.standard_error ?? 0, unit)]
            .filter((part) => part !== '')
            .join('; '),
    };
}
