// The stage's entry: the principal branch, then other equilibria, each with its certificate.
#include "solve.h"
#include "minimise.h"
#include "report.h"
#include "sweep.h"

#include "maths.h"

#include <math.h>
#include <string.h>

#define COOKIE 0x51534F4Cu
#define LIMIT_TRIAL_COUNT 4u // tenfold lambdas that sweeps try for a limit
// Decisions and chances of a game that threads share; in sweeps, which have less to do for each.
#define SHARED_NODE_COUNT_MIN 2000u
#define SHARED_SWEEP_NODE_COUNT_MIN 10000u
#define LIMIT_MOVE_MAX 1e-4             // of a probability: counts as none
#define BRANCH_UNKNOWN_COUNT_MAX 10000u // actions less sets, up to which a limit is the branch's
#define RESIDUAL_TOLERANCE 1e-8         // of a certified answer at a given lambda

QuidSolveOptions quid_solve_options(void)
{
    return (QuidSolveOptions){.tolerance = 1e-6,
                              .seed = 1,
                              .iteration_count_max = 100000,
                              .thread_count = 1,
                              .matrix_entry_count_max = 40000000,
                              .cookie = COOKIE};
}

void quid_solution_free(QuidSolution *solution)
{
    if (solution == NULL)
        return;
    quid__arena_free(&solution->arena);
    quid__release(solution->context, solution, sizeof *solution);
}

const QuidSolutionTables *quid_solution_tables(const QuidSolution *solution)
{
    return &solution->tables;
}

// ---- What the answer means, by set and node

static bool fill_meaning(QuidSolution *solution, const Play *play, const Field *field)
{
    const QuidGameTables *tables = play->tables;
    double *action_value = quid__arena_push(&solution->arena, play->action_count * sizeof(double));
    double *set_log_reach = quid__arena_push(&solution->arena, play->set_count * sizeof(double));
    double *belief = quid__arena_push(&solution->arena, tables->node_count * sizeof(double));
    if (solution->arena.has_failed)
        return false;
    for (uint32_t inner = 0; inner < play->inner_count; inner++)
        belief[play->node[inner]] = play->set[inner] == QUID_CHANCE ? 0 : field->belief[inner];
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t player = play->set_player[set];
        const double low = tables->payoff_low[player];
        const double range = tables->payoff_high[player] - low;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            action_value[i] = field->action_value[i] * play->divisor[player] + low + range / 2;
        set_log_reach[set] = quid__field_log_reach(play, field, set);
    }
    solution->tables.action_value = action_value;
    solution->tables.set_log_reach = set_log_reach;
    solution->tables.node_belief = belief;
    return true;
}

static bool fill_points(QuidSolution *solution, const Search *search)
{
    const QuidVector *points = &search->trace->points;
    const double unit = search->trace->play->unit;
    QuidBranchPoint *copy =
        quid__arena_push(&solution->arena, points->count * sizeof(QuidBranchPoint));
    double *probabilities =
        quid__arena_push(&solution->arena, search->branch_probabilities.count * sizeof(double));
    if (solution->arena.has_failed || points->has_failed || search->branch_probabilities.has_failed)
        return false;
    for (uint32_t i = 0; i < points->count; i++) {
        copy[i] = QUID_AT(points, QuidBranchPoint, i);
        copy[i].lambda = unit > 0 ? copy[i].lambda / unit : 0;
    }
    for (uint32_t i = 0; i < search->branch_probabilities.count; i++)
        probabilities[i] = QUID_AT(&search->branch_probabilities, double, i);
    solution->tables.points = copy;
    solution->tables.point_count = points->count;
    solution->tables.branch_probabilities = probabilities;
    return true;
}

bool quid__is_certified(const QuidSolveOptions *options, QuidTraceEnd end,
                        const QuidCertificate *certificate)
{
    if (options->lambda > 0)
        return end == QUID_TRACE_REACHED && certificate->residual <= RESIDUAL_TOLERANCE;
    return certificate->fraction_max <= options->tolerance;
}

// ---- The principal branch

// A game in which nobody has a choice, or anything to gain: uniform play at once.
static bool solve_trivial(Search *search, const double *zero)
{
    quid__field_evaluate(search->trace->play, zero, &search->trace->field);
    search->end = search->options->lambda > 0 ? QUID_TRACE_REACHED : QUID_TRACE_LIMIT;
    search->lambda = search->options->lambda;
    return quid__search_judge(search, search->lambda, &search->profile);
}

static bool publish(QuidSolution *solution, const Search *search)
{
    const Play *play = search->trace->play;
    QuidSolutionTables *tables = &solution->tables;
    tables->profile = search->profile;
    tables->profile.is_certified =
        quid__is_certified(search->options, search->end, &search->profile.certificate);
    tables->end = search->end;
    tables->method = search->method;
    tables->lambda = play->unit > 0 ? search->lambda / play->unit : search->lambda;
    tables->tolerance =
        search->options->lambda > 0 ? RESIDUAL_TOLERANCE : search->options->tolerance;
    tables->step_count = search->trace->step_count;
    return fill_points(solution, search) && fill_meaning(solution, play, &search->trace->field);
}

static bool solve_principal(QuidSolution *solution, Search *search)
{
    Trace *trace = search->trace;
    const Play *play = trace->play;
    search->logit = quid__arena_push(search->arena, play->action_count * sizeof(double));
    if (search->arena->has_failed)
        return false;
    if (trace->jacobian.unknown_count == 0) {
        if (!solve_trivial(search, search->logit))
            return false;
    } else if (quid__trace_begin(trace, NULL)) {
        if (!quid__search_run(search))
            return false;
    } else if (trace->has_failed || !solve_trivial(search, search->logit)) {
        return false;
    } else { // stopped before the first step
        search->end = QUID_TRACE_CANCELLED;
        search->lambda = 0;
    }
    return publish(solution, search);
}

// The limit, by sweeps: until the regret is far inside the tolerance and ten times the lambda moves
// nothing any more.
static bool sweep_to_limit(Search *search, Sweep *sweep)
{
    const double tolerance = search->options->tolerance;
    const uint32_t count = sweep->play->action_count;
    double *earlier = quid__arena_push(search->arena, ((size_t)count + 1) * sizeof(double));
    double lambda = 1 / tolerance / 10;
    if (earlier == NULL || !quid__sweep_to(sweep, lambda))
        return false;
    for (uint32_t i = 0; i < LIMIT_TRIAL_COUNT; i++) {
        memcpy(earlier, sweep->field->probability, count * sizeof(double));
        lambda *= 10;
        if (!quid__sweep_to(sweep, lambda) || !quid__search_judge(search, lambda, &search->profile))
            return false;
        double move = 0;
        for (uint32_t a = 0; a < count; a++)
            move = fmax(move, fabs(sweep->field->probability[a] - earlier[a]));
        if (move <= LIMIT_MOVE_MAX && search->profile.certificate.fraction_max <= tolerance / 100) {
            search->end = QUID_TRACE_LIMIT;
            search->lambda = lambda;
            return true;
        }
    }
    return false;
}

static bool sweep_to_lambda(Search *search, Sweep *sweep)
{
    search->end = QUID_TRACE_REACHED;
    search->lambda = search->options->lambda * sweep->play->unit;
    return quid__sweep_to(sweep, search->lambda) &&
           quid__search_judge(search, search->lambda, &search->profile) &&
           search->profile.certificate.residual <= RESIDUAL_TOLERANCE;
}

// A trace that goes nowhere, for the ways without a branch.
static void begin_without_branch(Search *search, const Play *play, QuidContext *context)
{
    *search->trace = (Trace){.play = play, .context = context};
    quid__vector_init(&search->trace->points, context, sizeof(QuidBranchPoint));
}

// By sweeps, without a matrix. Taken only where the certificate agrees.
static bool solve_by_sweeps(QuidSolution *solution, Search *search, const Play *play,
                            QuidArena *scratch)
{
    Trace *trace = search->trace;
    Sweep sweep;
    search->method = QUID_METHOD_SWEEPS;
    begin_without_branch(search, play, solution->context);
    QuidPool *pool = play->inner_count >= SHARED_SWEEP_NODE_COUNT_MIN ? play->pool : NULL;
    const bool is_there = quid__field_create(play, scratch, &trace->field) &&
                          quid__sweep_begin(&sweep, play, &trace->field, pool, scratch) &&
                          (search->options->lambda > 0 ? sweep_to_lambda(search, &sweep)
                                                       : sweep_to_limit(search, &sweep));
    return is_there && publish(solution, search);
}

// ---- By regret minimisation

// What no average has played counts as hardly ever played: facts and beliefs may rest on it.
#define NEVER_LOG (-1e6)

static bool publish_averages(QuidSolution *solution, Search *search, const Minimiser *minimiser)
{
    Trace *trace = search->trace;
    Field *field = &trace->field;
    quid__minimiser_average(minimiser, search->game, field->probability);
    quid__log_block(field->probability, field->log_probability, trace->play->action_count);
    for (uint32_t i = 0; i < trace->play->action_count; i++)
        field->log_probability[i] = fmax(field->log_probability[i], NEVER_LOG);
    quid__field_spread(trace->play, field);
    if (!quid__search_judge(search, 0, &search->profile))
        return false;
    search->profile.certificate.residual = HUGE_VAL;
    search->lambda = HUGE_VAL;
    trace->step_count = minimiser->iteration_count;
    return publish(solution, search);
}

static bool solve_by_regret(QuidSolution *solution, Search *search, const Play *play,
                            QuidArena *scratch)
{
    Minimiser minimiser;
    search->method = QUID_METHOD_REGRET;
    begin_without_branch(search, play, solution->context);
    if (!quid__field_create(play, scratch, &search->trace->field) ||
        !quid__minimiser_create(search->game, search->options, scratch, &minimiser))
        return false;
    search->end = quid__minimiser_run(&minimiser, search->options);
    return publish_averages(solution, search, &minimiser);
}

// false: reported.
static bool fits(QuidContext *context, const QuidGame *game, const QuidSolveOptions *options)
{
    const char *reason = quid__not_opposed(game, options);
    if (reason == NULL)
        return true;
    const QuidSpan file = {game->file, 0, 1};
    quid__report(context, QUID_E0812_NOT_OPPOSED,
                 game->deal == NULL ? file : quid_deal_tables(game->deal)->partys[1].origin.span,
                 "regret minimisation does not fit this game: %s", reason);
    quid__report_hint(context, "leave --zero-sum out: along the branch any game is solved");
    return false;
}

// Whether the branch's limit is out of reach and regret minimisation is not: a point of the branch
// takes a second where there are 25,000 unknowns, and the limit is hundreds of points away.
static bool is_out_of_reach(const Search *search, const Play *play)
{
    uint32_t count = 0;
    for (uint32_t set = 0; set < play->set_count; set++)
        count += play->is_fixed[set] ? 0 : play->set_first[set + 1] - play->set_first[set] - 1;
    return !(search->options->lambda > 0) && count > BRANCH_UNKNOWN_COUNT_MAX &&
           quid__not_opposed(search->game, search->options) == NULL;
}

// ---- All ways

// Without stakes there is nothing to trace: no matrix, which in a large tree is most of the work.
static bool solve_idle(QuidSolution *solution, Search *search, const Play *play, QuidArena *scratch)
{
    search->method = QUID_METHOD_BRANCH;
    begin_without_branch(search, play, solution->context);
    const double *zero = quid__arena_push(scratch, ((size_t)play->action_count + 1) * sizeof *zero);
    return zero != NULL && quid__field_create(play, scratch, &search->trace->field) &&
           solve_trivial(search, zero) && publish(solution, search);
}

static bool solve_along_branch(QuidSolution *solution, Search *search, const Play *play,
                               QuidArena *scratch)
{
    const QuidSolveOptions *options = search->options;
    Trace *trace = search->trace;
    search->method = QUID_METHOD_BRANCH;
    const bool is_good = quid__trace_create(play, solution->context, &options->progress,
                                            options->matrix_entry_count_max, scratch, trace) &&
                         solve_principal(solution, search);
    const bool has_choice = is_good && trace->jacobian.unknown_count > 0;
    const bool is_cancelled = trace->is_cancelled;
    quid__trace_free(trace);
    Play alone = *play; // other starts are shared as wholes
    alone.pool = NULL;
    if (has_choice && !is_cancelled && options->start_count > 0)
        return quid__others_find(solution, &alone, search->game, options);
    return is_good;
}

static bool run_all(QuidSolution *solution, Search *search, const Play *play, QuidArena *scratch)
{
    const QuidSolveMethod method = search->options->method;
    if (!(play->unit > 0))
        return solve_idle(solution, search, play, scratch);
    if (method == QUID_METHOD_SWEEPS && solve_by_sweeps(solution, search, play, scratch))
        return true;
    return method == QUID_METHOD_REGRET || is_out_of_reach(search, play)
               ? solve_by_regret(solution, search, play, scratch)
               : solve_along_branch(solution, search, play, scratch);
}

static bool run(QuidContext *context, const QuidGame *game, const QuidSolveOptions *options,
                QuidArena *scratch, QuidSolution *solution)
{
    QuidSolveOptions how = *options;
    how.lambda = how.method == QUID_METHOD_REGRET ? 0 : how.lambda;
    Play play;
    Trace trace = {.has_failed = false};
    Search search = {.game = game, .options = &how, .trace = &trace, .arena = &solution->arena};
    quid__vector_init(&search.branch_probabilities, context, sizeof(double));
    if (quid__play_create(game, &how, scratch, &play) != QUID_OK)
        return false;
    const bool is_swept = how.method == QUID_METHOD_SWEEPS;
    if (play.inner_count >= (is_swept ? SHARED_SWEEP_NODE_COUNT_MIN : SHARED_NODE_COUNT_MIN))
        play.pool = quid__pool_create(context, options->thread_count);
    const bool is_good = run_all(solution, &search, &play, scratch);
    quid__pool_free(play.pool);
    quid__vector_free(&search.branch_probabilities);
    return is_good;
}

QuidStatus quid_game_solve(QuidContext *context, const QuidGame *game,
                           const QuidSolveOptions *options, QuidSolution **solution)
{
    QUID_ASSERT(options->cookie == COOKIE);
    if (options->method == QUID_METHOD_REGRET && !fits(context, game, options))
        return quid__report_has_failed(context) ? QUID_NO_MEMORY : QUID_INVALID;
    QuidSolution *made = quid__allocate(context, sizeof *made);
    if (made == NULL)
        return QUID_NO_MEMORY;
    *made = (QuidSolution){.context = context};
    quid__arena_init(&made->arena, context);
    QuidArena scratch;
    quid__arena_init(&scratch, context);
    const bool is_good = run(context, game, options, &scratch, made);
    quid__arena_free(&scratch);
    if (!is_good || made->arena.has_failed) {
        quid_solution_free(made);
        return QUID_NO_MEMORY;
    }
    *solution = made;
    return QUID_OK;
}
