// The instruction loop: short loops over columns, compiled for each width of the machine's vectors.
#include "bits.h"
#include "maths.h"
#include "program_internal.h"
#include "random.h"
#include "sobol.h"

// One loop for each kind of operands; the columns never overlap.
#define BINARY(expression)                                                                         \
    if (instruction->mode == MODE_COLUMNS) {                                                       \
        for (uint32_t i = 0; i < count; i++) {                                                     \
            const double x = a[i];                                                                 \
            const double y = b[i];                                                                 \
            out[i] = (expression);                                                                 \
        }                                                                                          \
    } else if (instruction->mode == MODE_A_CONSTANT) {                                             \
        const double x = instruction->value;                                                       \
        for (uint32_t i = 0; i < count; i++) {                                                     \
            const double y = b[i];                                                                 \
            out[i] = (expression);                                                                 \
        }                                                                                          \
    } else {                                                                                       \
        const double y = instruction->value;                                                       \
        for (uint32_t i = 0; i < count; i++) {                                                     \
            const double x = a[i];                                                                 \
            out[i] = (expression);                                                                 \
        }                                                                                          \
    }                                                                                              \
    break

void quid__draw_uniform(const QuidProgramRun *run, uint32_t index, uint64_t key, double *out)
{
    const Variable *variable = &QUID_AT(&run->program->variables, Variable, index);
    if (run->program->options.is_sobol && variable->dimension != UINT32_MAX)
        quid__sobol_block(variable->dimension, key, run->first, run->count, out);
    else
        quid__uniform_block(key, 0, run->first, run->count, out);
}

// Event dates, from their distribution between the run's limits. Where it has nothing there (the
// window is past), evenly over as many days as the window has.
static void draw_dates(const QuidProgramRun *run, uint32_t event, const double *u, double *out)
{
    const EventWindow *window = &run->program->windows[event];
    const QuidEventSetting setting = run->settings[event];
    const bool is_moment = !(setting.low < setting.high);
    if (!is_moment &&
        quid__spread_block(&window->spread, setting.low, setting.high, u, out, run->count))
        return;
    const double room = setting.high - setting.low;
    const double length = is_moment ? 0 : room < window->length_days ? room : window->length_days;
    for (uint32_t i = 0; i < run->count; i++)
        out[i] = is_moment ? setting.low : setting.low + u[i] * length;
}

static void set_outcomes(const QuidProgramRun *run, uint32_t event, const double *drawn,
                         double *out)
{
    const uint32_t outcome = run->settings[event].outcome;
    for (uint32_t i = 0; i < run->count; i++) {
        if (outcome == QUID_OUTCOME_DRAWN || (outcome == QUID_OUTCOME_GIVEN && isnan(out[i])))
            out[i] = drawn[i];
        else if (outcome != QUID_OUTCOME_GIVEN)
            out[i] = outcome;
    }
}

// Durations that are known to have lasted so long already. Where the distribution has nothing
// above, as if nothing were known. Neighbours that have lasted alike are drawn together.
static void draw_above(const QuidProgramRun *run, uint32_t index, const double *u,
                       const double *low, double *out)
{
    const QuidDistribution *distribution =
        &QUID_AT(&run->program->distributions, QuidDistribution, index);
    uint32_t end = 0;
    for (uint32_t first = 0; first < run->count; first = end) {
        end = first + 1;
        while (end < run->count && low[end] == low[first])
            end += 1;
        const Truncation part = quid__truncate(distribution, low[first], QUID_NEVER);
        if (low[first] == -QUID_NEVER || part.is_empty)
            quid__distribution_quantile_block(distribution, u + first, out + first, end - first);
        else
            quid__truncated_block(&part, u + first, out + first, end - first);
    }
}

static void pick(const QuidProgramRun *run, uint32_t index, const double *u, double *out)
{
    const ValueList *list = &QUID_AT(&run->program->lists, ValueList, index);
    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t n = 0;
        while (n + 1 < list->count && u[i] >= list->cumulative[n])
            n += 1;
        out[i] = list->values[n];
    }
}

// The last choice of a move before a moment (limits NULL: whenever), or its date.
static void last_choice(const QuidProgramRun *run, const Instruction *instruction,
                        const double *limits, double *out)
{
    const QuidProgram *program = run->program;
    const uint32_t first = program->model->moves[instruction->index].date_first;
    const bool is_date = instruction->op == OP_CHOSEN;
    for (uint32_t i = 0; i < run->count; i++)
        out[i] = is_date ? QUID_NEVER : -1;
    for (uint32_t d = 0; d < instruction->count; d++) {
        const double time = program->move_times[first + d];
        const double *choices = run_column(run, program->choice_register[first + d]);
        for (uint32_t i = 0; i < run->count; i++) {
            const bool is_made = choices[i] >= 0 && (limits == NULL || time < limits[i]);
            out[i] = is_made ? (is_date ? time : choices[i]) : out[i];
        }
    }
}

// What is drawn and looked up, column by column.
static void draw(const QuidProgramRun *run, const Instruction *instruction, const double *a,
                 const double *b, double *out)
{
    const QuidProgram *program = run->program;
    const uint32_t index = instruction->index;
    switch ((Op)instruction->op) {
    case OP_UNIFORM:
        quid__draw_uniform(run, index, run->keys[index], out);
        return;
    case OP_QUANTILE:
        quid__distribution_quantile_block(
            &QUID_AT(&program->distributions, QuidDistribution, index), a, out, run->count);
        return;
    case OP_TABLE:
        quid__table_block(&QUID_AT(&program->tables, QuantileTable, index), a, out, run->count);
        return;
    case OP_ABOVE:
        draw_above(run, index, a, b, out);
        return;
    case OP_PICK:
        pick(run, index, a, out);
        return;
    case OP_HAPPENED:
        draw_dates(run, index, a, out);
        return;
    case OP_OUTCOME:
        set_outcomes(run, index, a, out);
        return;
    case OP_STATE:
    case OP_CHOSEN:
        last_choice(run, instruction, instruction->mode == MODE_TIMED ? a : NULL, out);
        return;
    case OP_POWER:
        for (uint32_t i = 0; i < run->count; i++)
            out[i] = quid__pow(a[i], b[i]);
        return;
    case OP_BUSINESS:
        for (uint32_t i = 0; i < run->count; i++)
            out[i] = quid__business_after(&program->business, a[i], b[i]);
        return;
    case OP_BUSINESS_COUNT:
        for (uint32_t i = 0; i < run->count; i++)
            out[i] = quid__business_between(&program->business, a[i], b[i]);
        return;
    default:
        return; // computed below
    }
}

QUID_INLINE void execute(const QuidProgramRun *run, uint32_t first, uint32_t end)
{
    const uint32_t count = run->count;
    for (uint32_t at = first; at < end; at++) {
        const Instruction *instruction = &run->program->instructions[at];
        double *restrict out = run_column(run, instruction->out);
        const double *restrict a = run_column(run, instruction->a);
        const double *restrict b = run_column(run, instruction->b);
        const double *restrict c = run_column(run, instruction->c);
        switch ((Op)instruction->op) {
        case OP_ADD:
            BINARY(x + y);
        case OP_SUBTRACT:
            BINARY(x - y);
        case OP_MULTIPLY:
            BINARY((x) * (y));
        case OP_DIVIDE:
            BINARY(x / y);
        case OP_MIN:
            BINARY(x < y ? x : y);
        case OP_MAX:
            BINARY(x > y ? x : y);
        case OP_EQUAL:
            BINARY(x == y ? 1 : 0);
        case OP_NOT_EQUAL:
            BINARY(x != y ? 1 : 0);
        case OP_LESS:
            BINARY(x < y ? 1 : 0);
        case OP_LESS_EQUAL:
            BINARY(x <= y ? 1 : 0);
        case OP_ABS:
            for (uint32_t i = 0; i < count; i++)
                out[i] = fabs(a[i]);
            break;
        case OP_EXP:
            quid__exp_block(a, out, count);
            break;
        case OP_LOG:
            quid__log_block(a, out, count);
            break;
        case OP_SQRT:
            for (uint32_t i = 0; i < count; i++)
                out[i] = sqrt(a[i]);
            break;
        case OP_SELECT:
            for (uint32_t i = 0; i < count; i++)
                out[i] = a[i] != 0 ? b[i] : c[i];
            break;
        case OP_FLOW:
            for (uint32_t i = 0; i < count; i++)
                out[i] = a[i] <= b[i] ? 0 : a[i] >= c[i] ? 1 : (a[i] - b[i]) / (c[i] - b[i]);
            break;
        default:
            draw(run, instruction, a, b, out);
            break;
        }
    }
}

// The same loops for each width of vectors; every operation in them is rounded exactly, so the bits
// are the same.
#if QUID_HAS_CLONES
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))) static void
execute_8(const QuidProgramRun *run, uint32_t first, uint32_t end)
{
    execute(run, first, end);
}

__attribute__((target("avx2"))) static void execute_4(const QuidProgramRun *run, uint32_t first,
                                                      uint32_t end)
{
    execute(run, first, end);
}
#endif

static void execute_2(const QuidProgramRun *run, uint32_t first, uint32_t end)
{
    execute(run, first, end);
}

QUID_CLONED(quid__execute, execute, (run, first, end), const QuidProgramRun *run, uint32_t first,
            uint32_t end)
