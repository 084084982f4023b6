// What the reader can change: chances, beliefs and quantities by sliders, moves by choice, the day, the
// deal's own what-ifs. Built once for a written deal; a change calls back with whether it still moves.
import type { Brief, Input, Model, Swing } from './answers';
import { h, type Child } from './dom';
import { day, digits, isoDay, scaleOf, word } from './format';
import type { State } from './state';
import { inputTitle, isOf } from './view';

export type Changed = (isMoving: boolean) => void;

const steps = 200;

interface Range {
    low: number;
    high: number;
}

// Chances from 0 to 1; quantities half their range beyond its ends, without changing sign.
function rangeOf(input: Input): Range {
    const isShare =
        input.unit === 'chance' || (input.unit === 'number' && input.written.includes('%'));
    if (isShare) return { low: 0, high: 1 };
    const span = (input.high - input.low) / 2 || Math.abs(input.middle) || 1;
    const low = input.low >= 0 ? Math.max(input.low / 4, input.low - span) : input.low - span;
    return {
        low,
        high: input.high <= 0 ? Math.min(input.high / 4, input.high + span) : input.high + span,
    };
}

// A value as the deal's language writes it: what the slider sets is what the text, the flag and the
// file say.
function written(input: Input, value: number): string {
    if (input.unit === 'chance' || (input.unit === 'number' && input.written.includes('%')))
        return `${Math.round(value * 100)}%`;
    if (input.unit === 'date') return isoDay(value * 86400000);
    const plain = (number: number) => digits(number).replace('−', '-').replace(/,/g, '');
    if (input.unit === 'days' || input.unit === 'business days')
        return `${Math.round(value)} ${input.unit}`;
    if (input.unit === 'number') return plain(value);
    const [size, name] = scaleOf(value);
    return [plain(value / size), name, input.unit].filter((part) => part !== '').join(' ');
}

function read(input: Input, text: string): number {
    if (input.unit === 'date') return day(text) / 86400000;
    const value = Number.parseFloat(text.replace(/_/g, ''));
    if (text.includes('%')) return value / 100;
    const size = { tn: 1e12, bn: 1e9, m: 1e6 }[/\d (tn|bn|m)\b/.exec(text)?.[1] ?? ''] ?? 1;
    return value * size;
}

// How much each input can move an answer, as a share of what the greatest one does.
function influence(swings: Swing[] | null, inputs: Input[]): number[] {
    const greatest = inputs.map(() => 0);
    const most = new Map<string, number>();
    const sizeOf = (one: Swing) => {
        const ends = [one.low.answer, one.high.answer].map((end) =>
            typeof end === 'string' ? day(end) : end,
        );
        return ends.some((end) => end === null) ? 0 : Math.abs((ends[1] ?? 0) - (ends[0] ?? 0));
    };
    for (const one of swings ?? [])
        most.set(one.ask, Math.max(most.get(one.ask) ?? 0, sizeOf(one)));
    for (const one of swings ?? []) {
        const share = sizeOf(one) / (most.get(one.ask) || 1);
        const index = inputs.findIndex((input) => isOf(one, input));
        if (index >= 0) greatest[index] = Math.max(greatest[index] ?? 0, share);
    }
    return greatest;
}

export class Controls {
    private readonly resets: (() => void)[] = [];

    constructor(
        private readonly model: Model,
        private readonly brief: Brief,
        private readonly state: State,
        private readonly changed: Changed,
    ) {}

    private slider(input: Input, index: number): HTMLElement {
        const range = rangeOf(input);
        const toStep = (value: number) =>
            Math.round(((value - range.low) / (range.high - range.low)) * steps);
        const title = inputTitle(this.model, input);
        const output = h('output', {});
        const id = `input-${index}`;
        const slider = h('input', { type: 'range', id, min: 0, max: steps, step: 1 });
        const reset = h(
            'button',
            { type: 'button', class: 'reset', 'aria-label': `${title}: as written` },
            '↺',
        );
        const show = () => {
            const held = this.state.inputs.get(index);
            slider.value = String(toStep(held === undefined ? input.middle : read(input, held)));
            output.textContent = held ?? input.written.replace(/\s+/g, ' ').slice(0, 40);
            slider.setAttribute('aria-valuetext', output.textContent);
            reset.hidden = held === undefined;
        };
        const move = (isMoving: boolean) => {
            this.state.inputs.set(
                index,
                written(
                    input,
                    range.low + (Number(slider.value) / steps) * (range.high - range.low),
                ),
            );
            show();
            this.changed(isMoving);
        };
        slider.addEventListener('input', () => move(true));
        slider.addEventListener('change', () => move(false));
        reset.addEventListener('click', () => {
            this.state.inputs.delete(index);
            show();
            slider.focus();
            this.changed(false);
        });
        this.resets.push(show);
        show();
        return h(
            'div',
            { class: 'slider' },
            h(
                'label',
                { for: id },
                title,
                input.kind === 'quantity' && input.party !== null
                    ? h('span', { class: 'quiet' }, ` (${input.party})`)
                    : null,
            ),
            output,
            slider,
            reset,
        );
    }

    private sliders(): Child[] {
        const weights = influence(this.brief.sensitivity, this.model.inputs);
        const groups = new Map<string, [number, HTMLElement][]>();
        const names = {
            chance: 'Chances',
            belief: 'What each party believes',
            quantity: 'Quantities',
        };
        this.model.inputs.forEach((input, index) => {
            const group =
                input.kind === 'quantity' && input.owner === null
                    ? 'What it is worth'
                    : names[input.kind];
            const list = groups.get(group) ?? [];
            list.push([weights[index] ?? 0, this.slider(input, index)]);
            groups.set(group, list);
        });
        const best = (list: [number, HTMLElement][]) => Math.max(...list.map(([weight]) => weight));
        return [...groups.entries()]
            .sort(([, a], [, b]) => best(b) - best(a))
            .map(([name, list], i) =>
                h(
                    'details',
                    { open: i === 0 },
                    h('summary', {}, name),
                    ...list.sort(([a], [b]) => b - a).map(([, element]) => element),
                ),
            );
    }

    private moves(): Child {
        const moves = this.model.things.filter((thing) => thing.kind === 'move');
        if (moves.length === 0) return null;
        return h(
            'details',
            {},
            h('summary', {}, 'Moves'),
            ...moves.map((move) => {
                const id = `move-${move.id}`;
                const select = h(
                    'select',
                    { id },
                    h('option', { value: '' }, 'free'),
                    ...(move.options ?? []).map((option) =>
                        h('option', { value: option }, word(option)),
                    ),
                );
                select.addEventListener('change', () => {
                    if (select.value === '') this.state.moves.delete(move.id);
                    else this.state.moves.set(move.id, select.value);
                    this.changed(false);
                });
                const show = () => {
                    select.value = this.state.moves.get(move.id) ?? '';
                };
                this.resets.push(show);
                show();
                return h(
                    'div',
                    { class: 'choice' },
                    h('label', { for: id }, move.label ?? word(move.id)),
                    select,
                );
            }),
        );
    }

    private date(): Child {
        const last = this.model.facts.reduce(
            (latest, fact) => (fact.known > latest ? fact.known : latest),
            this.model.first_date,
        );
        const input = h('input', {
            type: 'date',
            id: 'as-of',
            min:
                this.model.as_of < this.model.first_date ? this.model.as_of : this.model.first_date,
            max: last,
        });
        const show = () => {
            input.value = this.state.asOf ?? this.model.as_of;
        };
        input.addEventListener('change', () => {
            this.state.asOf =
                input.value === '' || input.value === this.model.as_of ? null : input.value;
            this.changed(false);
        });
        this.resets.push(show);
        show();
        return h('div', { class: 'choice' }, h('label', { for: 'as-of' }, 'As of'), input);
    }

    private whatIfs(): Child {
        if (this.model.what_ifs.length === 0) return null;
        return h(
            'fieldset',
            {},
            h('legend', {}, 'What if'),
            ...this.model.what_ifs.map((one) => {
                const box = h('input', { type: 'checkbox', id: `what-if-${one.id}` });
                box.addEventListener('change', () => {
                    this.state.whatIfs = this.state.whatIfs.filter((id) => id !== one.id);
                    if (box.checked) this.state.whatIfs.push(one.id);
                    this.changed(false);
                });
                const show = () => {
                    box.checked = this.state.whatIfs.includes(one.id);
                };
                this.resets.push(show);
                show();
                return h(
                    'div',
                    { class: 'check' },
                    box,
                    h(
                        'label',
                        { for: `what-if-${one.id}`, title: one.settings.join(', ') },
                        one.label ?? word(one.id),
                    ),
                );
            }),
        );
    }

    build(): Child[] {
        return [this.date(), this.whatIfs(), ...this.sliders(), this.moves()];
    }

    // Shows the state anew.
    refresh(): void {
        for (const show of this.resets) show();
    }
}
