#!/usr/bin/env python3
"""One table of what the benchmarks printed: Quid beside its peers and the machine's bound, sizes and targets.

Usage: table.py ROWS.csv [--quid PATH] [--load LOAD] [--document FILE]
ROWS.csv holds rows as bench.h prints them, under a line with the columns' names. Peers that were not run stand as
bench/stated.csv has them. With --document the table also replaces what stands between two marks in that file.
"""
import argparse
import csv
import datetime
import math
import os
import platform
import subprocess
import sys
import textwrap

FOLDER = os.path.dirname(os.path.abspath(__file__))
WIDTHS = (26, 11, 9, 10, 17, 9, 9, 9, 6, 0)
HEADS = ('', 'size', 'Quid', 'rate', 'peer', 'time', 'ratio', 'bound', 'share', 'target')
BEGIN = '<!-- measured: make bench writes what stands between these marks -->'
END = '<!-- measured: end -->'
RATIO = 'ratio to '  # of a target: the peer's name follows

# What each path is, what its sizes count, and what its bound is: in the order of the table.
PATHS = {
    'read and balance': 'Read and balance (facts; bound: a bare C scanner of the same file)',
    'compile': 'Compile a deal to a game (nodes; bound: writing as many bytes as the tables have)',
    'trace to a precision': 'AQRE along the branch to a precision (nodes; bound: one pass by a plain loop for each point)',
    'limit': 'AQRE to the limit (nodes; bound: one pass by a plain loop for each point)',
    'regret': 'Regret of all players, the certificate (nodes; bound: a plain loop without safeguards)',
    'regret minimisation': 'Regret minimisation (nodes; bound: payoffs times plans, nothing else; to an exploitability of 1e-4)',
    'draws and transforms': 'Draws and transforms (values; one block in the cache)',
    'sampling': 'Sampling ten lognormals, their sum, the latest of three dates (scenarios; bound: raw draws)',
    'sensitivity': 'Sensitivity, the tornado (scenarios, over all answers)',
    'whole brief': 'Whole brief, as typed (scenarios; one thread)',
    'two cores': 'Two cores (wall time; the peer is Quid with one thread, or one process; ideal ratio 2)',
    'page step': 'The page: WebAssembly in node (scenarios)',
}


def fail(text):
    sys.exit(f'bench: {text}')


def read(path, numbers):
    with open(path, encoding='utf-8', newline='') as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    for row in rows:
        if None in row or None in row.values():
            fail(f'{path}: a row with too many or too few columns: {row}')
        for name in numbers:
            try:
                row[name] = float(row[name]) if row[name] != '' else None
            except ValueError:
                fail(f'{path}: `{row[name]}` is no number')
    return rows


def duration(seconds):
    for unit, scale in (('s', 1), ('ms', 1e-3), ('µs', 1e-6), ('ns', 1e-9)):
        if seconds >= scale * 0.9995 or unit == 'ns':
            return f'{three(seconds / scale)} {unit}'


def rate(number):
    for unit, scale in (('G/s', 1e9), ('M/s', 1e6), ('k/s', 1e3), ('/s', 1)):
        if number >= scale or unit == '/s':
            return f'{three(number / scale)} {unit}'


def three(number):
    """Three significant digits, never an exponent."""
    if number >= 99.95:
        return f'{number:,.0f}'
    number = float(f'{number:.3g}')
    text = f'{number:.{max(0, 2 - math.floor(math.log10(number)))}f}' if number > 0 else '0'
    return text.removesuffix('.00').removesuffix('.0')


def measured_seconds(row):
    return row['wall_seconds'] if row['clock'] == 'wall' else row['cpu_seconds']


class Entry:
    """One size of one case: Quid, its peers, the bound."""

    def __init__(self, path, label, size):
        self.path, self.label, self.size = path, label, size
        self.quid = self.bound = None
        self.peers = []

    def share(self):
        return measured_seconds(self.bound) / measured_seconds(self.quid) if self.bound and self.quid else None


def collect(rows):
    entries = {}
    for row in rows:
        if row['path'] not in PATHS and row['path'] != 'the machine':
            fail(f"there is no path `{row['path']}`")
        if not measured_seconds(row) > 0:
            fail(f"{row['path']}: {row['label']}: no time")
        key = (row['path'], row['label'], row['size'])
        entry = entries.setdefault(key, Entry(*key))
        if row['role'] == 'peer':
            entry.peers.append((row['program'], measured_seconds(row), row['reached'] == 'yes', False))
        elif row['role'] in ('quid', 'bound') and getattr(entry, row['role']) is None:
            setattr(entry, row['role'], row)
        else:
            fail(f'a second or unknown {row["role"]} of {key}')
    order = list(PATHS) + ['the machine']
    labels = {label: at for at, label in enumerate(dict.fromkeys(label for _, label, _ in entries))}
    return sorted(entries.values(), key=lambda entry: (order.index(entry.path), labels[entry.label], entry.size))


def add_stated(entries, stated):
    """Adds the peers that were not run; returns those rows of stated that were used."""
    used = []
    for row in stated:
        for entry in entries:
            if (entry.path, entry.label, entry.size) == (row['path'], row['label'], row['size']):
                if all(row['program'].split()[0] != peer[0].split()[0] for peer in entry.peers):
                    entry.peers.append((row['program'], row['seconds'], row['reached'] == 'yes', True))
                    used.append(row)
    return used


def verdict(target, entry):
    """A target as a mark and its limit, and whether it is met."""
    limit, seconds, kind = target['limit'], measured_seconds(entry.quid), target['measure']
    if kind == 'seconds':
        return seconds <= limit, f'≤ {duration(limit)}'
    if kind == 'megabytes':
        return entry.quid['peak_kib'] / 1024 <= limit, f'≤ {limit:g} MB'
    if kind == 'rate':
        return entry.size / seconds >= limit, f'≥ {rate(limit)}'
    if kind == 'share':
        return entry.share() is not None and entry.share() >= limit, f'≥ {limit:.0%}'
    if kind.startswith(RATIO):
        peer = find_peer(entry, kind[len(RATIO):])
        return peer is not None and peer[1] / seconds >= limit, f'≥ {limit:g}×'
    return fail(f'targets.csv: there is no measure `{kind}`')


def find_peer(entry, program):
    return next((peer for peer in entry.peers if peer[0] == program), None)


def find_targets(targets, entry):
    return [target for target in targets if (target['path'], target['label']) == (entry.path, entry.label)
            and target['size'] in (None, entry.size) and entry.quid
            and (not target['measure'].startswith(RATIO) or find_peer(entry, target['measure'][len(RATIO):]))]


def line(cells):
    texts = [cell.rjust(width) for cell, width in zip(cells, WIDTHS)]
    texts[0] = cells[0].ljust(WIDTHS[0])
    texts[4] = ('  ' + cells[4]).ljust(WIDTHS[4])
    texts[9] = '  ' + cells[9]
    return ''.join(texts).rstrip()


def entry_lines(entry, label, targets):
    cells = [label, f'{entry.size:,.0f}'] + [''] * 8
    if entry.quid:
        seconds = measured_seconds(entry.quid)
        cells[2:4] = [duration(seconds), rate(entry.size / seconds)]
    if entry.bound:
        cells[7] = duration(measured_seconds(entry.bound))
    if entry.share() is not None:
        cells[8] = f'{entry.share():.0%}' if entry.share() >= 0.01 else '< 1%'
    lines = [cells]
    for at, (program, seconds, is_reached, is_stated) in enumerate(entry.peers):
        if at == len(lines):
            lines.append([''] * 10)
        mark = '' if is_reached else '> '
        star = '*' if is_stated else ''
        lines[at][4:6] = [program, mark + duration(seconds) + star]
        if entry.quid:
            lines[at][6] = f'{mark}{three(seconds / measured_seconds(entry.quid))}×{star}'
    for at, target in enumerate(find_targets(targets, entry)):
        if at == len(lines):
            lines.append([''] * 10)
        is_met, text = verdict(target, entry)
        lines[at][9] = f"{'met' if is_met else 'missed'} {text}"
    return [line(cells) for cells in lines]


def table(entries, targets):
    rule = '─' * 117
    lines = [line(HEADS), rule]
    for path, title in PATHS.items():
        mine = [entry for entry in entries if entry.path == path]
        if not mine:
            continue
        lines.append(title)
        before = None
        for entry in mine:
            name = ''
            if entry.label != before:
                is_quid = entry.quid is None or entry.quid['program'] == 'quid'
                name = f'  {entry.label}' if is_quid else f"  {entry.label} ({entry.quid['program']})"
            if len(name) > WIDTHS[0]:
                lines.append(name)
                name = ''
            lines += entry_lines(entry, name, targets)
            before = entry.label
        lines.append('')
    return lines[:-1] + [rule]


def exponent(points):
    """The slope of log time over log size, by least squares."""
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys)) /
            sum((x - middle_x) ** 2 for x in xs))


def growth(entries):
    lines = ['How cost grows: time as a power of size, over all sizes (least squares) and over the last two; then the nanoseconds',
             'for one of what the size counts, at each size']
    series = {}
    for entry in entries:
        if entry.quid:
            series.setdefault((entry.path, entry.label), []).append((entry.size, measured_seconds(entry.quid)))
    for (path, label), points in series.items():
        if len(points) < 3:
            continue
        each = '  '.join(three(seconds / size * 1e9) for size, seconds in points)
        lines.append(f'  {path + ": " + label:<48} {exponent(points):.2f}  {exponent(points[-2:]):.2f}   {each}')
    return lines


def machine(entries, quid, load):
    """Where it was measured: one fact a line."""
    cpu = 'unknown'
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        for text in file:
            if text.startswith('model name'):
                cpu = text.split(':', 1)[1].strip()
    system = platform.uname()
    lines = [f'Measured {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC',
             f'  processor   {cpu}, {os.cpu_count()} cores, {system.machine}',
             f'  system      {system.system} {system.release}']
    if quid:
        facts = subprocess.run([quid, '--version'], check=True, capture_output=True, text=True).stdout.splitlines()
        lines.append('  build       ' + '; '.join(facts))
    after = os.getloadavg()[0]
    lines.append(f"  load        {load or 'unknown'} before, {after:.2f} after (the mean of a minute; one benchmark alone "
                 'is 1)')
    triads = [f'{three(entry.size / measured_seconds(entry.bound) / 1e9)} GB/s at {entry.size / 1e6:g} MB'
              for entry in entries if entry.path == 'the machine' and entry.size / measured_seconds(entry.bound) >= 1e9]
    if triads:
        lines.append('  triad       ' + ', '.join(triads))
    return lines


def footnotes(entries, targets, stated):
    lines = ["Times: the median of up to 7 runs, CPU seconds (user and system) on one core unless said. Ratio: the peer's time",
             "over Quid's. Share: the bound's time over Quid's. `>`: ended unfinished after so long."]
    for where in dict.fromkeys(row['where'] for row in stated):
        lines.append(f'* not run here: {where}')
    found = [id(target) for entry in entries for target in find_targets(targets, entry)]
    for target in targets:
        if id(target) not in found:
            lines.append(f"not measured here: the target for {target['path']}: {target['label']}")
    lines.append('No answer, no time; what was checked first:')
    for path in PATHS:
        mine = [entry for entry in entries if entry.path == path and entry.quid]
        checks = {}
        for entry in mine:
            checks.setdefault(entry.quid['check'], []).append(entry.label)
        for check, labels in checks.items():
            of = path if len(checks) == 1 else f'{path}, {", ".join(dict.fromkeys(labels))}'
            lines += textwrap.wrap(f'{of}: {check}', 115, initial_indent='  ', subsequent_indent='    ')
    return lines


def write_document(path, lines):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        fail(f'{path}: the two marks are not there once each')
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    block = '\n'.join(lines)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{head}{BEGIN}\n\n```\n{block}\n```\n\n{END}{tail}')


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split('Usage: ')[1])
    parser.add_argument('rows')
    parser.add_argument('--quid')
    parser.add_argument('--load')
    parser.add_argument('--document')
    options = parser.parse_args()
    rows = read(options.rows, ('size', 'cpu_seconds', 'wall_seconds', 'peak_kib'))
    targets = read(os.path.join(FOLDER, 'targets.csv'), ('size', 'limit'))
    stated = read(os.path.join(FOLDER, 'stated.csv'), ('size', 'seconds'))
    if not rows:
        fail(f'{options.rows} holds no rows')
    entries = collect(rows)
    used = add_stated(entries, stated)
    lines = machine(entries, options.quid, options.load) + ['']
    lines += table(entries, targets) + footnotes(entries, targets, used) + [''] + growth(entries)
    print('\n'.join(lines))
    if options.document:
        write_document(options.document, lines)


main()
