// The page: first what the file holds, painted without the engine; then the engine, and whatever the
// reader changes.
import { Fragment, h as describe, render } from 'preact';
import type { Brief, Diagnostic, Model } from './answers';
import { showBasis, type Texts } from './basis';
import { Controls } from './controls';
import { h } from './dom';
import { Editor } from './editor';
import { compileEngine, depths, Engine, unpack, type EngineReply } from './engine';
import { shortDate } from './format';
import { answers } from './asks';
import { curves, fans, tornado } from './outlook';
import { sources, statements, supply } from './record';
import { stands, timeline } from './standing';
import { Reading } from './reading';
import type { Section, View } from './view';
import { moves } from './waiting';
import {
    emptyState,
    flags,
    fromAddress,
    inputChanges,
    isChanged,
    replaceInputs,
    settings,
    toAddress,
    type State,
} from './state';

interface Start {
    seed: string;
    min_trust: number;
    precision: number;
    scenarios: number;
    as_of: string | null;
    settings: string[];
    what_ifs: string[];
}

let start: Start;
let files: [string, string][];
let written: Brief; // the answers of the deal as it is written
let model: Model;
let brief: Brief; // the answers shown
let state: State;
let isMoving = false; // a slider, whose answers are shown

// While a slider moves: amounts by date are many columns for a glance, and stakes are valued at a quarter
// of the points. When it rests, all is as the command computes it.
const movingScenarios = 10000;
const movingFans = 1024;
const movingPoints = 32;
const parts: [string, string, Section][] = [
    ['answers', 'The answers', answers],
    ['stands', 'Where it stands', stands],
    ['timeline', 'Deadlines, and what comes when', timeline],
    ['moves', 'Who waits for what, and why', moves],
    ['amounts', 'How much by when', fans],
    ['chances', 'How likely by when', curves],
    ['tornado', 'What would change it', tornado],
    ['supply', 'Supply and third parties', supply],
    ['statements', 'In public and in private', statements],
    ['sources', 'Sources', sources],
];

// ---- Texts

function textOf(file: number): string {
    return state.files.get(file) ?? files[file]?.[1] ?? '';
}

// The numbers of the model's files are those of reading; the page's, those of the list it carries.
function fileNumber(path: string): number {
    return files.findIndex(([name]) => name === path);
}

const texts: Texts = {
    lines: (file) => textOf(fileNumber(model.files[file] ?? '')).split('\n'),
};

function changedFiles(): [string, string][] {
    const changes = inputChanges(state, model, (input) => input.set === null);
    return files.map(([path], i): [string, string] => [
        path,
        replaceInputs(textOf(i), model.files.indexOf(path), changes),
    ]);
}

// ---- Painting

const bodies = new Map<string, HTMLElement>();
const readings = new Map<string, Reading>();

// What is shown asks for the answers of the moment: elements outlive the answers they were made of.
const view: View = {
    get brief() {
        return brief;
    },
    get written() {
        return written;
    },
    get model() {
        return model;
    },
    get isChanged() {
        return isChanged(state);
    },
    get isMoving() {
        return isMoving;
    },
    show: (title, places, ids) => showBasis(model, brief, texts, title, places, ids),
};

function paint(id: string): void {
    const body = bodies.get(id);
    const part = parts.find(([name]) => name === id);
    if (body === undefined || part === undefined || readings.get(id)?.stands(view) === true) return;
    const reading = new Reading();
    const children = part[2](reading.of(view));
    readings.set(id, reading);
    render(describe(Fragment, null, ...children), body);
    body.parentElement!.hidden = children.every((child) => child == null || child === false);
}

function paintAll(moving = false): void {
    isMoving = moving;
    for (const [id] of parts) paint(id);
    paintDay();
}

function paintDay(): void {
    const day = document.getElementById('day');
    if (day !== null) day.textContent = `As of ${shortDate(brief.as_of)}`;
}

// ---- Answers

let engine: Engine | null = null;
let controls: Controls;
let editor: Editor;
const notice = h('p', { class: 'notice', role: 'status' });
const times: string[] = []; // of a slider's steps: answered/drawn/painted, ms after the input

function request(depth: number, scenarios = start.scenarios, fans = 0, points = 0) {
    return {
        files: changedFiles(),
        path: files[0]?.[0] ?? '',
        settings: [...start.settings, ...settings(state, model)],
        whatIfs: [...start.what_ifs, ...state.whatIfs],
        asOf: state.asOf ?? start.as_of,
        minTrust: start.min_trust,
        precision: start.precision,
        seed: start.seed,
        scenarios,
        fans,
        points,
        depth,
        hasModel: false,
    };
}

function take(reply: EngineReply, isMoving: boolean): boolean {
    const diagnostics =
        reply.diagnostics === ''
            ? []
            : (JSON.parse(reply.diagnostics) as { diagnostics: Diagnostic[] }).diagnostics;
    const errors = diagnostics.filter((one) => one.severity === 'error');
    if (!isMoving) editor.show(diagnostics);
    document.body.classList.toggle('broken', reply.status !== 0);
    if (reply.status !== 0 || reply.brief === '') {
        const first = errors[0];
        notice.textContent =
            first === undefined
                ? `No answer: ${reply.message ?? `status ${reply.status}`}`
                : `No answer: ${first.file ?? ''}:${first.line}: ${first.message}. The figures are those before.`;
        return false;
    }
    const before = brief;
    brief = JSON.parse(reply.brief) as Brief;
    if (isMoving && brief.solution !== null && before.solution !== null) {
        // What is not computed while a slider moves stays as it was until it rests.
        brief.solution.values = before.solution.values;
        if (brief.solution.break_even.length === 0)
            brief.solution.break_even = before.solution.break_even;
    }
    return true;
}

function rememberAddress(): void {
    const address = toAddress(state, model, files);
    history.replaceState(
        null,
        '',
        address === '' ? location.pathname + location.search : `#${address}`,
    );
}

function showFlags(): void {
    const words = flags(state, model);
    const rest =
        inputChanges(state, model, (input) => input.set === null).length + state.files.size;
    const field = document.getElementById('flags') as HTMLTextAreaElement | null;
    if (field !== null)
        field.value =
            words +
            (rest === 0
                ? ''
                : `${words === '' ? '' : '  '}# and ${rest} change${rest === 1 ? '' : 's'} of the text: save the files`);
    document.body.classList.toggle('changed', isChanged(state));
}

function remember(): void {
    rememberAddress();
    showFlags();
}

function rest(): void {
    engine?.ask(request(depths.answers), (reply) => {
        if (!take(reply, false)) return;
        notice.textContent = '';
        paintAll();
        document.body.dataset.answers = String(Number(document.body.dataset.answers ?? '0') + 1);
        weigh();
    });
}

// The tornado takes seconds: the page goes on meanwhile.
function weigh(): void {
    engine?.weigh(request(depths.whole), (reply) => {
        if (reply.status !== 0 || reply.brief === '') return;
        brief.sensitivity = (JSON.parse(reply.brief) as Brief).sensitivity;
        paint('tornado');
    });
}

// Browsers let a page change its address so many times a minute: not while a slider moves.
function changed(isMoving: boolean): void {
    showFlags();
    if (!isMoving) rememberAddress();
    if (engine === null) return;
    if (!isMoving) {
        rest();
        return;
    }
    const begin = performance.now();
    engine.ask(request(depths.moving, movingScenarios, movingFans, movingPoints), (reply) => {
        const computed = performance.now() - begin;
        if (!take(reply, true)) return;
        paintAll(true);
        const drawn = performance.now() - begin;
        // A message behind the frame's own work is read when it has been painted.
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                const painted = performance.now() - begin;
                times.push([computed, drawn, painted].map((time) => time.toFixed(1)).join('/'));
                document.body.dataset.steps = times.slice(-100).join(' ');
            };
            port2.postMessage(null);
        });
    });
}

// An edited text is checked first; where it is right, it becomes the deal as written, with the
// controls that it has.
function edited(file: number, text: string): void {
    const before = state.files.get(file);
    if (text === files[file]?.[1]) state.files.delete(file);
    else state.files.set(file, text);
    if (before === state.files.get(file)) return;
    remember();
    reread();
}

// What an input is known by when the text around it changes: several may have one label.
function inputNames(of: Model): string[] {
    const counts = new Map<string, number>();
    return of.inputs.map((input) => {
        const name = `${input.kind} ${input.label ?? ''}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return `${name} ${counts.get(name) ?? 0}`;
    });
}

function reread(): void {
    const plain = {
        ...request(depths.answers),
        files: files.map(([path], i): [string, string] => [path, textOf(i)]),
        settings: start.settings,
        whatIfs: start.what_ifs,
        asOf: start.as_of,
        hasModel: true,
    };
    engine?.ask(plain, (reply) => {
        if (!take(reply, false)) return;
        written = brief;
        const before = inputNames(model);
        const held = new Map([...state.inputs].map(([index, value]) => [before[index], value]));
        model = JSON.parse(reply.model) as Model;
        state.inputs.clear();
        inputNames(model).forEach((name, index) => {
            const value = held.get(name);
            if (value !== undefined) state.inputs.set(index, value);
        });
        buildControls();
        rest();
    });
}

// ---- Leaving with it

function save(): void {
    const all = inputChanges(state, model, () => true);
    const bound = [...state.moves].map(([move, option]) => `  set ${move} = ${option}`);
    const chosen = model.what_ifs
        .filter((one) => state.whatIfs.includes(one.id))
        .flatMap((one) => one.settings.map((line) => `  ${line}`));
    files.forEach(([path, original], i) => {
        let text = replaceInputs(textOf(i), model.files.indexOf(path), all);
        if (i === 0 && bound.length + chosen.length > 0)
            text = `${text.trimEnd()}\n\nwhat-if from-page "As chosen in the page"\n${[...chosen, ...bound].join('\n')}\n`;
        if (text === original && i > 0) return;
        const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
        h('a', { href: url, download: path.split('/').pop() ?? 'deal.quid' }).click();
        setTimeout(() => URL.revokeObjectURL(url), 10000);
    });
}

async function copy(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
        notice.textContent = 'Copied.';
    } catch {
        (document.getElementById('flags') as HTMLTextAreaElement | null)?.select();
        notice.textContent = 'Selected: copy it with the keyboard.';
    }
}

function reset(): void {
    state = Object.assign(state, emptyState());
    buildControls();
    editor.open(0);
    remember();
    reread();
}

// ---- Building

const panel = h('div', { class: 'panel' });

function buildControls(): void {
    controls = new Controls(model, written, state, changed);
    panel.replaceChildren(
        ...controls.build().filter((child): child is Node => child instanceof Node),
    );
}

// Of the parts of others in this file.
function licences(): HTMLElement {
    const text = h('pre', {});
    const show = async () => {
        text.textContent = await (await unpack('quid-notices')).text();
    };
    return h(
        'details',
        { toggle: () => void show() },
        h('summary', {}, 'Quid is under the Apache License 2.0; what it is made with'),
        text,
    );
}

function buildPage(): void {
    editor = new Editor(
        files.map(([path]) => path),
        textOf,
        edited,
    );
    const main = h(
        'main',
        { id: 'page' },
        h('header', {}, h('h1', {}, brief.title), h('p', { class: 'quiet', id: 'day' })),
        notice,
        ...parts.map(([id, title]) => {
            const body = h('div', {});
            bodies.set(id, body);
            return h(
                'section',
                { id, 'aria-labelledby': `${id}-title` },
                h('h2', { id: `${id}-title` }, title),
                body,
            );
        }),
        h(
            'section',
            { id: 'text', 'aria-labelledby': 'text-title' },
            h('h2', { id: 'text-title' }, 'The deal’s text'),
            editor.element,
        ),
        h(
            'footer',
            { class: 'quiet' },
            `quid ${brief.quid.version}. Everything in this file: nothing is loaded or sent.`,
            licences(),
        ),
    );
    const aside = h(
        'aside',
        { 'aria-label': 'what to change' },
        h(
            'details',
            { open: matchMedia('(min-width: 60rem)').matches, id: 'controls' },
            h('summary', {}, 'Change it'),
            panel,
            h(
                'div',
                { class: 'leave' },
                h('label', { for: 'flags' }, 'The change, as flags of the command'),
                h('textarea', { id: 'flags', rows: 2, readonly: true }),
                h(
                    'button',
                    { type: 'button', click: () => void copy(flags(state, model)) },
                    'Copy flags',
                ),
                h('button', { type: 'button', click: save }, 'Save the deal'),
                h('button', { type: 'button', click: reset }, 'As written'),
            ),
        ),
    );
    document.body.append(
        h(
            'a',
            {
                class: 'skip',
                href: '#answers',
                click: (event) => {
                    event.preventDefault();
                    document.getElementById('answers')?.scrollIntoView();
                },
            },
            'to the answers',
        ),
        main,
        aside,
        h('dialog', { id: 'basis', 'aria-labelledby': 'basis-title' }),
    );
    buildControls();
    // The answers first; the rest behind their frame.
    for (const [id] of parts) {
        if (id === 'answers') paint(id);
        else bodies.get(id)!.parentElement!.hidden = true;
    }
    paintDay();
    remember();
}

async function startEngine(): Promise<void> {
    try {
        const module = await compileEngine();
        engine = new Engine(module);
        document.body.dataset.engine = 'ready';
        if (state.files.size > 0) reread();
        else if (isChanged(state)) rest();
        else {
            editor.show([]);
            if (written.sensitivity === null) rest();
        }
    } catch (error) {
        notice.textContent = `This browser cannot run the engine (${error instanceof Error ? error.message : String(error)}): the figures stand as they were written.`;
    }
}

async function read(): Promise<void> {
    const texts = await Promise.all(
        ['quid-request', 'quid-files', 'quid-brief', 'quid-model'].map(async (id) =>
            (await unpack(id)).text(),
        ),
    );
    start = JSON.parse(texts[0] ?? '') as Start;
    files = JSON.parse(texts[1] ?? '') as [string, string][];
    written = JSON.parse(texts[2] ?? '') as Brief;
    model = JSON.parse(texts[3] ?? '') as Model;
    brief = written;
    state = fromAddress(location.hash.slice(1), model, files);
}

async function run(): Promise<void> {
    await read();
    buildPage();
    requestAnimationFrame(() => {
        performance.mark('first-answer');
        setTimeout(() => {
            paintAll();
            void startEngine();
        });
    });
    // `quid serve` says when a file of the deal has changed.
    const live = document.documentElement.dataset.live;
    if (live !== undefined)
        new EventSource(live).addEventListener('change', () => location.reload());
}

run().catch((error: unknown) => {
    document.body.append(
        h(
            'p',
            { class: 'notice', role: 'alert' },
            `This browser cannot open the page: ${error instanceof Error ? error.message : String(error)}. It wants one of 2023 or later.`,
        ),
    );
});
