// Numbers and dates as people read them. Rounding is the only thing that happens to a figure here.
const scales: [number, string][] = [
    [1e12, 'tn'],
    [1e9, 'bn'],
    [1e6, 'm'],
];

export function digits(exact: number, count = 3): string {
    const value = Number(exact.toPrecision(count));
    if (value === 0) return '0';
    const places = Math.max(0, Math.min(6, count - 1 - Math.floor(Math.log10(Math.abs(value)))));
    const text = value.toFixed(places);
    if (Math.abs(value) >= 10000) return value.toLocaleString('en').replace('-', '−');
    return places > 0 ? text.replace(/\.?0+$/, '').replace('-', '−') : text.replace('-', '−');
}

export function scaleOf(value: number): [number, string] {
    return scales.find(([size]) => Math.abs(value) >= size * 0.9995) ?? [1, ''];
}

export function amount(value: number, unit: string, count = 3): string {
    const [size, word] = scaleOf(value);
    return [digits(value / size, count), word, unit].filter((part) => part !== '').join(' ');
}

export function percent(value: number): string {
    const share = value * 100;
    if (value === 0 || value === 1) return `${share}%`;
    if (share < 0.1) return 'under 0.1%';
    if (share > 99.9) return 'over 99.9%';
    return `${share < 1 || share > 99 ? share.toFixed(1) : share.toFixed(0)}%`;
}

// A figure of an ask in its unit.
export function figure(value: number | string, unit: string | null): string {
    if (typeof value === 'string') return shortDate(value);
    if (unit === 'probability') return percent(value);
    if (unit === 'days') return `${digits(value)} days`;
    if (unit === 'number' || unit === null) return digits(value);
    return amount(value, unit);
}

export function day(date: string): number {
    return Date.parse(`${date}T00:00:00Z`);
}

export function isoDay(time: number): string {
    return new Date(time).toISOString().slice(0, 10);
}

export const months = [
    'Jan',
    'Feb',
    'Mar',
    'Apr',
    'May',
    'Jun',
    'Jul',
    'Aug',
    'Sep',
    'Oct',
    'Nov',
    'Dec',
];

export function shortDate(date: string): string {
    const [year, month, number] = date.split('-');
    return `${Number(number)} ${months[Number(month) - 1]} ${year}`;
}

export function word(id: string): string {
    return id.replace(/[-_]/g, ' ');
}

// A sampling error, in the figure's unit; a chance's in points of a hundred.
export function plusMinus(error: number, unit: string | null): string {
    if (error === 0) return '';
    if (unit === 'probability') return `±${digits(error * 100, 1)}%`;
    if (unit === 'date' || unit === 'days') return `±${digits(error, 1)} days`;
    return unit === 'number' || unit === null
        ? `±${digits(error, 1)}`
        : `±${amount(error, unit, 1)}`;
}
