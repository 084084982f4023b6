// Other equilibria: branches that start from a random reference measure q instead of the uniform
// one, that is from the equations p(a) ~ q(a) exp(lambda v(a)). Each start is a pure function of
// the seed and its number, and the starts are compared in their order, so the answer does not
// depend on the number of threads.
#include "solve.h"

#include "maths.h"
#include "pool.h"
#include "random.h"

#include <math.h>
#include <string.h>

#define DIFFERENT 1e-4 // of a probability, at a set that is reached
#define REACHED_LOG                                                                                \
    (-20.7) // sets reached less often than 1e-9 do not make two equilibria different
#define LEAVE_STEP_COUNT_MAX 2000u

typedef struct Other {
    QuidArena arena;
    QuidProfile profile;
    double *set_log_reach;
    bool is_found;
    bool has_failed; // no memory
} Other;

typedef struct Others {
    const QuidGame *game;
    const Play *play;
    const QuidSolveOptions *options;
    QuidContext *context;
    Other *items;
    atomic_bool stop;
} Others;

// Measures from nearly uniform to nearly pure: the logarithms of exponential numbers, drawn out.
static double *draw_offset(const Others *others, uint32_t start, QuidArena *arena)
{
    static const double spread[] = {1, 3, 9, 27};
    const uint32_t count = others->play->action_count;
    const uint64_t key = quid__draw_key(others->options->seed, QUID_STRING("start"));
    double *offset = quid__arena_push(arena, ((size_t)count + 1) * sizeof(double));
    for (uint32_t i = 0; offset != NULL && i < count; i++)
        offset[i] = spread[start % 4] * quid__log(-quid__log(quid__uniform(key, i, start)));
    return offset;
}

// From the answer with the reference measure to one without, at the same lambda.
static bool leave_offset(Search *search)
{
    Trace *trace = search->trace;
    memcpy(trace->point.logit, search->logit, trace->play->action_count * sizeof(double));
    // Logits have no reference of their own; the trace's may have changed since.
    quid__trace_refer(trace, trace->point.logit);
    if (!quid__trace_begin_leaving(trace, search->lambda))
        return false;
    for (uint32_t i = 0; i < LEAVE_STEP_COUNT_MAX; i++) {
        if (quid__trace_step(trace) != TRACE_STEPPED)
            return false;
        if (quid__trace_has_crossed(trace, 1))
            return quid__trace_pin(trace, 1, search->logit);
    }
    return false;
}

static bool seek(const Others *others, uint32_t start, Other *other, Search *search)
{
    Trace *trace = search->trace;
    const double *offset = draw_offset(others, start, search->arena);
    search->logit = quid__arena_push(search->arena, others->play->action_count * sizeof(double));
    if (search->arena->has_failed)
        return false;
    if (!quid__trace_begin(trace, offset) || !quid__search_run(search))
        return !trace->has_failed && !search->has_failed;
    const bool is_there = search->end == QUID_TRACE_REACHED || search->end == QUID_TRACE_LIMIT;
    if (!is_there || !leave_offset(search))
        return !trace->has_failed;
    memcpy(trace->point.logit, search->logit, others->play->action_count * sizeof(double));
    quid__field_evaluate(trace->play, search->logit, &trace->field);
    if (!quid__search_judge(search, search->lambda, &search->profile))
        return false;
    if (!(others->options->lambda > 0))
        (void)quid__search_polish(search, search->lambda, &search->profile);
    if (search->has_failed)
        return false;
    other->profile = search->profile;
    other->is_found =
        quid__is_certified(others->options, search->end, &search->profile.certificate);
    other->profile.is_certified = other->is_found;
    other->set_log_reach =
        quid__arena_push(search->arena, others->play->set_count * sizeof(double));
    for (uint32_t set = 0; other->set_log_reach != NULL && set < others->play->set_count; set++)
        other->set_log_reach[set] = quid__field_log_reach(trace->play, &trace->field, set);
    return !search->arena->has_failed;
}

static void run_start(void *user, uint32_t start, uint32_t worker)
{
    Others *others = user;
    Other *other = &others->items[start];
    QuidArena scratch;
    Trace trace = {.has_failed = false};
    Search search = {.game = others->game,
                     .options = others->options,
                     .trace = &trace,
                     .arena = &other->arena,
                     .is_other = true};
    quid__arena_init(&scratch, others->context);
    quid__arena_init(&other->arena, others->context);
    quid__vector_init(&search.branch_probabilities, others->context, sizeof(double));
    if (!atomic_load(&others->stop)) {
        other->has_failed =
            !quid__trace_create(others->play, others->context, &others->options->progress,
                                others->options->matrix_entry_count_max, &scratch, &trace);
        trace.is_quiet = worker != 0;
        trace.stop = &others->stop;
        if (!other->has_failed)
            other->has_failed = !seek(others, start, other, &search);
    }
    quid__trace_free(&trace);
    quid__vector_free(&search.branch_probabilities);
    quid__arena_free(&scratch);
}

// Whether the two play differently where either can be seen to.
static bool differ(const Play *play, const double *left, const double *left_reach,
                   const double *right, const double *right_reach)
{
    for (uint32_t set = 0; set < play->set_count; set++) {
        if (left_reach[set] < REACHED_LOG && right_reach[set] < REACHED_LOG)
            continue;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            if (fabs(left[i] - right[i]) > DIFFERENT)
                return true;
        }
    }
    return false;
}

static const double *copy(QuidArena *arena, const double *source, uint32_t count)
{
    double *target = quid__arena_push(arena, count * sizeof *target);
    if (target != NULL)
        memcpy(target, source, count * sizeof *target);
    return target;
}

static void keep(QuidSolution *solution, const Play *play, const Other *other, QuidProfile *target)
{
    QuidArena *arena = &solution->arena;
    *target = other->profile;
    target->probability = copy(arena, target->probability, play->action_count);
    target->log_probability = copy(arena, target->log_probability, play->action_count);
    target->payoff = copy(arena, target->payoff, play->player_count);
    target->certificate.regret = copy(arena, target->certificate.regret, play->player_count);
    target->certificate.fraction = copy(arena, target->certificate.fraction, play->player_count);
}

static bool collect(QuidSolution *solution, const Others *others)
{
    const uint32_t count = others->options->start_count;
    QuidSolutionTables *tables = &solution->tables;
    QuidProfile *kept = quid__arena_push(&solution->arena, count * sizeof *kept);
    uint32_t *from = quid__arena_push(&solution->arena, count * sizeof *from);
    if (solution->arena.has_failed)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const Other *other = &others->items[i];
        if (other->has_failed)
            return false;
        bool is_new = other->is_found &&
                      differ(others->play, tables->profile.probability, tables->set_log_reach,
                             other->profile.probability, other->set_log_reach);
        for (uint32_t k = 0; is_new && k < tables->other_count; k++)
            is_new = differ(others->play, kept[k].probability, others->items[from[k]].set_log_reach,
                            other->profile.probability, other->set_log_reach);
        if (!is_new)
            continue;
        from[tables->other_count] = i;
        keep(solution, others->play, other, &kept[tables->other_count++]);
    }
    tables->others = kept;
    return !solution->arena.has_failed;
}

bool quid__others_find(QuidSolution *solution, const Play *play, const QuidGame *game,
                       const QuidSolveOptions *options)
{
    const size_t size = options->start_count * sizeof(Other);
    Others others = {.game = game,
                     .play = play,
                     .options = options,
                     .context = solution->context,
                     .items = quid__allocate(solution->context, size)};
    if (others.items == NULL)
        return false;
    memset(others.items, 0, size);
    QuidPool *pool = quid__pool_create(solution->context, options->thread_count);
    quid__pool_run(pool, options->start_count, run_start, &others);
    quid__pool_free(pool);
    const bool is_good = collect(solution, &others);
    for (uint32_t i = 0; i < options->start_count; i++)
        quid__arena_free(&others.items[i].arena);
    quid__release(solution->context, others.items, size);
    return is_good;
}
