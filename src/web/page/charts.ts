// The charts, drawn as SVG by D3's scales and shapes. Each says in words what it shows, for those who
// do not see it; the figures themselves stand in tables beside it.
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { h, type Child, type VNode } from './tree';
import { day, digits, months } from './format';

export interface Frame {
    width: number;
    height: number;
    left: number;
    right: number;
    top: number;
    bottom: number;
}

export const frame: Frame = { width: 640, height: 230, left: 46, right: 116, top: 10, bottom: 24 };

export type TimeScale = ReturnType<typeof scaleUtc<number>>;

export function timeScale(first: string, last: string, size: Frame): TimeScale {
    return scaleUtc()
        .domain([day(first), day(last)])
        .range([size.left, size.width - size.right]);
}

function tickText(date: Date, isLong: boolean): string {
    const isFirst = date.getUTCDate() === 1;
    const isYear = isFirst && date.getUTCMonth() === 0;
    const month = months[date.getUTCMonth()] ?? '';
    return isYear || isLong
        ? String(date.getUTCFullYear())
        : isFirst
          ? month
          : `${date.getUTCDate()} ${month}`;
}

export function timeAxis(scale: TimeScale, size: Frame): VNode {
    const bottom = size.height - size.bottom;
    const [first, last] = scale.domain() as [Date, Date];
    const isLong = Number(last) - Number(first) > 5 * 365 * 86400000;
    const ticks = scale.ticks(isLong ? 8 : 6).flatMap((tick) => {
        const x = scale(tick);
        return [
            h('line', { x1: x, x2: x, y1: size.top, y2: bottom }),
            h('text', { x, y: bottom + 16, 'text-anchor': 'middle' }, tickText(tick, isLong)),
        ];
    });
    return h('g', { class: 'axis', 'aria-hidden': 'true' }, ...ticks);
}

export function today(scale: TimeScale, date: string, size: Frame): VNode {
    const x = scale(day(date));
    return h(
        'g',
        { class: 'today' },
        h('line', { x1: x, x2: x, y1: size.top, y2: size.height - size.bottom }),
        h('title', {}, `as of ${date}`),
    );
}

export function valueAxis(
    low: number,
    high: number,
    size: Frame,
    text: (value: number) => string,
): {
    scale: (value: number) => number;
    axis: VNode;
} {
    const scale = scaleLinear()
        .domain([low, high])
        .range([size.height - size.bottom, size.top]);
    if (low !== 0 || high !== 1) scale.nice(4);
    const ticks = scale.ticks(4).flatMap((tick) => {
        const y = scale(tick);
        return [
            h('line', { x1: size.left, x2: size.width - size.right, y1: y, y2: y }),
            h('text', { x: size.left - 6, y: y + 4, 'text-anchor': 'end' }, text(tick)),
        ];
    });
    return { scale, axis: h('g', { class: 'axis', 'aria-hidden': 'true' }, ...ticks) };
}

export function chart(size: Frame, label: string, ...children: Child[]): VNode {
    return h(
        'svg',
        {
            class: 'chart',
            role: 'img',
            'aria-label': label,
            viewBox: `0 0 ${size.width} ${size.height}`,
        },
        ...children,
    );
}

export interface Line {
    name: string;
    hue: number;
    points: [number, number][];
}

// Names at the lines' ends, moved apart where they would cover one another.
function endLabels(lines: Line[], y: (value: number) => number, size: Frame): VNode {
    const ends = lines
        .map((one) => ({ one, at: y(one.points[one.points.length - 1]?.[1] ?? 0) }))
        .sort((a, b) => a.at - b.at);
    let last = -Infinity;
    const room = 13;
    const excess = ends.length * room - (size.height - size.bottom - size.top);
    for (const end of ends) {
        end.at = Math.max(end.at, last + (excess > 0 ? room - excess / ends.length : room));
        last = end.at;
    }
    const over = last - (size.height - size.bottom);
    return h(
        'g',
        { class: 'names' },
        ...ends.map(({ one, at }) =>
            h(
                'text',
                {
                    x: size.width - size.right + 6,
                    y: at + 4 - Math.max(0, over),
                    class: `ink hue-${one.hue}`,
                },
                one.name,
            ),
        ),
    );
}

export function lineChart(label: string, lines: Line[], asOf: string, isStepped: boolean): VNode {
    const times = lines.flatMap((one) => one.points.map(([time]) => time));
    const first = new Date(Math.min(...times)).toISOString().slice(0, 10);
    const last = new Date(Math.max(...times)).toISOString().slice(0, 10);
    const x = timeScale(first, last, frame);
    const { scale, axis } = valueAxis(0, 1, frame, (value) => `${Math.round(value * 100)}%`);
    const draw = line<[number, number]>()
        .x(([time]) => x(time))
        .y(([, value]) => scale(value));
    if (isStepped) draw.curve(curveStepAfter);
    return chart(
        frame,
        label,
        axis,
        timeAxis(x, frame),
        today(x, asOf, frame),
        ...lines.map((one) =>
            h(
                'path',
                { class: `line hue-${one.hue}`, d: draw(one.points) },
                h('title', {}, one.name),
            ),
        ),
        endLabels(lines, scale, frame),
    );
}

export interface FanPoint {
    date: string;
    p10: number;
    p50: number;
    p90: number;
}

export function fanChart(
    label: string,
    points: FanPoint[],
    high: number,
    scale: number,
    hue: number,
): VNode {
    const size: Frame = { ...frame, width: 420, height: 150, right: 12 };
    const first = points[0]?.date ?? '';
    const last = points[points.length - 1]?.date ?? '';
    const x = timeScale(first, last, size);
    const y = valueAxis(0, high / scale, size, (value) => digits(value));
    const at = (value: number) => y.scale(value / scale);
    const band = area<FanPoint>()
        .x((point) => x(day(point.date)))
        .y0((point) => at(point.p10))
        .y1((point) => at(point.p90));
    const middle = line<FanPoint>()
        .x((point) => x(day(point.date)))
        .y((point) => at(point.p50));
    return chart(
        size,
        label,
        y.axis,
        timeAxis(x, size),
        h('path', { class: `band hue-${hue}`, d: band(points) }),
        h('path', { class: `line hue-${hue}`, d: middle(points) }),
    );
}
