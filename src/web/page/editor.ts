// The deal's text, edited in place: checked at each pause, with the program's own diagnostics.
import type { Diagnostic } from './answers';
import { h } from './dom';

export class Editor {
    readonly element: HTMLElement;
    private readonly area = h('textarea', {
        spellcheck: 'false',
        autocomplete: 'off',
        rows: 26,
        'aria-label': 'text of the deal',
        'aria-describedby': 'diagnostics',
    });
    private readonly list = h('ol', {
        class: 'diagnostics',
        id: 'diagnostics',
        'aria-live': 'polite',
    });
    private readonly choice = h('select', { id: 'file' });
    private file = 0;
    private timer = 0;

    constructor(
        private readonly paths: string[],
        private readonly text: (file: number) => string,
        private readonly edited: (file: number, text: string) => void,
    ) {
        this.paths.forEach((path, i) => this.choice.append(h('option', { value: i }, path)));
        this.choice.addEventListener('change', () => this.open(Number(this.choice.value)));
        this.area.addEventListener('input', () => {
            clearTimeout(this.timer);
            this.timer = window.setTimeout(() => this.edited(this.file, this.area.value), 150);
        });
        this.element = h(
            'div',
            { class: 'editor' },
            h('p', {}, h('label', { for: 'file' }, 'File '), this.choice),
            this.area,
            this.list,
        );
        this.open(0);
    }

    open(file: number): void {
        this.file = file;
        this.choice.value = String(file);
        this.area.value = this.text(file);
    }

    refresh(): void {
        if (document.activeElement !== this.area) this.open(this.file);
    }

    // Columns count characters; the text area counts UTF-16 units.
    private place(diagnostic: Diagnostic): [number, number] {
        const lines = this.area.value.split('\n');
        const line = lines[diagnostic.line - 1] ?? '';
        const characters = [...line];
        const start = lines
            .slice(0, diagnostic.line - 1)
            .reduce((sum, text) => sum + text.length + 1, 0);
        const before = characters.slice(0, diagnostic.column - 1).join('').length;
        return [
            start + before,
            start +
                before +
                characters
                    .slice(diagnostic.column - 1, diagnostic.column - 1 + diagnostic.length)
                    .join('').length,
        ];
    }

    private select(diagnostic: Diagnostic): void {
        const file = this.paths.indexOf(diagnostic.file ?? '');
        if (file >= 0 && file !== this.file) this.open(file);
        const [begin, end] = this.place(diagnostic);
        this.area.focus();
        this.area.setSelectionRange(begin, end);
        this.area.scrollTop = Math.max(
            0,
            (diagnostic.line - 4) * Number.parseFloat(getComputedStyle(this.area).lineHeight),
        );
    }

    private repair(diagnostic: Diagnostic): void {
        this.select(diagnostic);
        const [begin, end] = this.place(diagnostic);
        this.area.setRangeText(diagnostic.fix ?? '', begin, end, 'end');
        this.edited(this.file, this.area.value);
    }

    show(diagnostics: Diagnostic[]): void {
        this.list.replaceChildren(
            ...diagnostics.map((one) =>
                h(
                    'li',
                    { class: one.severity },
                    h(
                        'button',
                        { type: 'button', click: () => this.select(one) },
                        one.line === 0
                            ? (one.file ?? 'the deal')
                            : `${one.file ?? ''}:${one.line}:${one.column}`,
                    ),
                    ` ${one.severity}[${one.code}]: ${one.message}`,
                    one.hint === null ? null : h('div', { class: 'quiet' }, one.hint),
                    one.fix === null
                        ? null
                        : h(
                              'button',
                              { type: 'button', class: 'fix', click: () => this.repair(one) },
                              `write ${one.fix}`,
                          ),
                ),
            ),
        );
    }
}
