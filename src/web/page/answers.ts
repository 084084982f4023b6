// The shapes of what the engine prints: the brief (docs/json.md) and the model (docs/page.md). Only
// what the page reads is listed.

export interface Ask {
    question: string;
    kind: 'chance' | 'when' | 'value' | 'choice' | 'break even';
    answer: number | string | Record<string, number> | null;
    unit: string | null;
    standard_error: number | null;
    happens?: number;
    date?: string | null;
    p10?: number | string | null;
    p50?: number | string | null;
    p90?: number | string | null;
    crossings?: BreakEven[];
}

export interface BreakEven {
    move: string;
    event: string;
    outcome: string;
    at: number | null;
    below: string | null;
    above: string | null;
    decided: boolean;
}

export interface Due {
    original: string | null;
    current: string | null;
    extensions: number;
    days_slipped: number;
    past_due: boolean;
    met: string | null;
}

export interface Pledge {
    id: string;
    label: string;
    from: string;
    to: string;
    in: string | null;
    currency: string | null;
    stages: Record<string, string | null>;
    with_parts: Record<string, string | null>;
    with_parts_complete: boolean;
    unallocated: string | null;
    stage: string | null;
    for: string[];
    due: Due | null;
}

export interface Moved {
    pledge: string;
    stage: string;
    amount: string | null;
    currency: string | null;
}

export interface Said {
    date: string;
    text: string;
    source: string | null;
}

export interface Reason {
    move: string;
    date: string;
    option: string;
    probability: number;
    payoff: number;
    currency: string;
    parts: { why: string; line: number; amount: number }[];
}

export interface MoveEpoch {
    date: string;
    past: boolean;
    reached: number;
    options: Record<string, number>;
}

export interface Value {
    move: string;
    waiting: number | null;
    against: string | null;
    commitment: Record<string, number | null>;
    information: Record<string, number | null>;
    currency: string;
}

export interface Solution {
    precision: number | 'limit';
    moves: { id: string; party: string; epochs: MoveEpoch[] }[];
    payoffs: Record<string, { amount: number; currency: string; standard_error: number }>;
    regret: Record<string, { amount: number; fraction: number }>;
    residual: number;
    certified: boolean;
    beliefs: {
        party: string;
        about: string;
        path: { date: string; outcomes: Record<string, number> }[];
    }[];
    values: Value[];
    break_even: BreakEven[];
    reasons: Reason[];
    others: unknown[];
    tree: { nodes: number; information_sets: number; epochs: number };
}

export interface CurvePoint {
    date: string;
    chance: number;
}

export interface MilestoneForecast {
    id: string;
    reached: boolean;
    chance: number;
    standard_error: number;
    p10: string | null;
    p50: string | null;
    p90: string | null;
    on_time: number | null;
    critical: Record<string, number>;
    curve: CurvePoint[];
}

export interface AmountForecast {
    pledge: string;
    stage: string;
    currency: string;
    by: { date: string; mean: number; p10: number; p50: number; p90: number }[];
}

export interface Forecast {
    seed: number;
    scenarios: number;
    milestones: MilestoneForecast[];
    amounts: AmountForecast[];
    events: {
        id: string;
        known: boolean;
        outcomes: { outcome: string; chance: number; curve: CurvePoint[] }[];
    }[];
}

export interface Swing {
    ask: string;
    of: string | null;
    input: string;
    kind: string;
    line: number;
    assumed_range: boolean;
    base: { input: number; answer: number | string | null };
    low: { input: number; answer: number | string | null };
    high: { input: number; answer: number | string | null };
}

export interface SupplySide {
    hhi: number;
    shares: { supplier: string; share: number; low: number; high: number }[];
}

export interface Source {
    number: number;
    id: string;
    title: string;
    by: string | null;
    url: string | null;
    published: string | null;
    trust: number | null;
}

export interface Brief {
    quid: { version: string };
    file: string;
    as_of: string;
    title: string;
    asks: Ask[];
    status: {
        pledges: Pledge[];
        balance: { party: string; gave: Moved[]; got: Moved[] }[];
        statements: { party: string; about: string; public: Said; private: Said }[];
        milestones: { id: string; reached: string | null; due: Due | null }[];
        facts: { seen: number; left_out: number; left_out_by_trust: number };
    };
    solution: Solution | null;
    forecast: Forecast | null;
    sensitivity: Swing[] | null;
    supply: { id: string; to: string; unit: string; now: SupplySide; after: SupplySide }[];
    sources: Source[];
    conversions: { from: string; to: string; rate: number; date: string }[];
}

export interface Place {
    file: number;
    line: number;
    source: string | null;
}

export interface Thing extends Place {
    kind: 'party' | 'pledge' | 'let' | 'milestone' | 'supply' | 'event' | 'secret' | 'move';
    id: string;
    label: string | null;
    owner?: string | null;
    options?: string[];
    dates?: string[];
    from?: string | null;
    to?: string | null;
}

export interface Input extends Place {
    kind: 'chance' | 'belief' | 'quantity';
    label: string | null;
    owner: string | null;
    party: string | null;
    unit: string;
    low: number;
    middle: number;
    high: number;
    is_assumed: boolean;
    changes_game: boolean;
    set: string | null;
    offset: number;
    size: number;
    written: string;
}

export interface Fact extends Place {
    date: string;
    known: string;
    verb: string;
    about: string | null;
    text: string | null;
}

export interface Model {
    files: string[];
    title: string;
    as_of: string;
    first_date: string;
    horizon: string;
    things: Thing[];
    asks: (Place & { move: string | null; is_share: boolean })[];
    worths: (Place & { party: string; why: string | null })[];
    what_ifs: (Place & { id: string; label: string | null; settings: string[] })[];
    facts: Fact[];
    inputs: Input[];
}

export interface Diagnostic {
    severity: 'note' | 'warning' | 'error';
    code: string;
    message: string;
    file: string | null;
    line: number;
    column: number;
    length: number;
    hint: string | null;
    fix: string | null;
}
