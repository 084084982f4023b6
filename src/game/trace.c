// Predictor and corrector. Logits and lambda both run to infinity, so lengths are relative: a logit
// x counts in units of 1 + |x|, lambda in units of 1 + lambda, and the length of a step is its
// largest part. Towards the limit logits become linear in lambda, and then ever longer steps are
// right.
#include "trace.h"

#include <math.h>
#include <string.h>

#define STEP_FIRST 0.1
#define STEP_MAX 8.0
#define STEP_LEAST 1e-9
#define LOOSE_SHARE 1e-2    // of the step tried first: shorter ones are made with strict pivots
#define PATH_TOLERANCE 1e-3 // of logits: on the way
#define DISTANCE_WANTED 0.1 // from the prediction to the branch
#define DISTANCE_MAX 0.5
#define TURN_WANTED 0.7 // between tangents, their largest part
#define TURN_MAX 1.2
#define REFUSED_SHARE 0.6  // of a length that led too far: the most that is tried next
#define REFUSED_GROWTH 1.5 // of that length, with every step taken since
#define PIN_DISTANCE_MAX 10.0
#define TILT_TOLERANCE 1e-2
#define LOCATE_TOLERANCE 1e-11
#define LOCATE_STEP 1e-3   // a bifurcation is believed once it lies within so small a step
#define TANGENT_SHARE 0.02 // without factors: what is left of the tangent's error
#define TANGENT_PRODUCT_MAX 80u
#define FOLD_STEP                                                                                  \
    1e-2 // a fold's lambda is interpolated within so small a step: its error is of fourth order

// ---- Points

static void copy_point(const Trace *trace, const Point *source, Point *target)
{
    const size_t size = trace->play->action_count * sizeof(double);
    memcpy(target->logit, source->logit, size);
    memcpy(target->tangent, source->tangent, size);
    target->at = source->at;
    target->tangent_at = source->tangent_at;
    target->sign = source->sign;
}

// Logits, or their changes, by the present references.
void quid__trace_refer(const Trace *trace, double *numbers)
{
    const Play *play = trace->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const double shift = numbers[trace->jacobian.reference[set]];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            numbers[i] -= shift;
    }
}

// The same without factors: the old tangent improved until it is one here.
static bool iterate_tangent(Trace *trace)
{
    Point *point = &trace->point;
    const uint32_t count = trace->play->action_count;
    const double unit = quid__trace_unit(trace, point->at);
    const double direction_at = point->tangent_at / (unit * unit);
    double square = point->tangent_at * direction_at;
    for (uint32_t i = 0; i < count; i++) {
        const double weight = quid__logit_weight(point->logit[i]);
        trace->direction[i] = weight * weight * point->tangent[i];
        trace->right[i] = 0;
        square += trace->direction[i] * point->tangent[i];
    }
    const Border border = {quid__trace_lambda(trace, point->at), trace->response, trace->direction,
                           direction_at};
    (void)quid__krylov_solve(&trace->krylov, &trace->field, point->logit, &border, trace->right,
                             square, point->tangent, &point->tangent_at, TANGENT_SHARE,
                             TANGENT_PRODUCT_MAX);
    double longest = fabs(point->tangent_at) / unit;
    for (uint32_t i = 0; i < count; i++)
        longest = fmax(longest, fabs(point->tangent[i]) * quid__logit_weight(point->logit[i]));
    for (uint32_t i = 0; i < count; i++)
        point->tangent[i] /= longest;
    point->tangent_at /= longest;
    point->sign = 1; // of a determinant nobody has
    return longest > 0 && longest - longest == 0.0;
}

// The tangent at the present point, along the old one; factors and response are then its own.
static bool fill_tangent(Trace *trace)
{
    Point *point = &trace->point;
    const uint32_t count = trace->play->action_count;
    quid__jacobian_choose_references(&trace->jacobian, &trace->field, point->logit, point->tangent);
    quid__trace_refer(trace, trace->before.logit);
    quid__trace_refer(trace, trace->before.tangent);
    quid__trace_refer(trace, trace->bend);
    if (!quid__trace_go_on(trace) || !quid__trace_factorise(trace, point->at))
        return false;
    if (trace->is_iterative)
        return iterate_tangent(trace);
    const double unit = quid__trace_unit(trace, point->at);
    double longest = 1 / unit;
    double along = point->tangent_at / (unit * unit);
    for (uint32_t i = 0; i < count; i++) {
        const double weight = quid__logit_weight(point->logit[i]);
        const double size = fabs(trace->response[i]) * weight;
        longest = size > longest ? size : longest;
        along -= weight * weight * trace->response[i] * point->tangent[i];
    }
    const double scale = (along < 0 ? -1 : 1) / longest;
    for (uint32_t i = 0; i < count; i++)
        point->tangent[i] = -trace->response[i] * scale;
    point->tangent_at = scale;
    point->sign = quid__jacobian_sign(&trace->jacobian) * (scale < 0 ? -1 : 1);
    return true;
}

// The largest part by which the tangents of the last two points differ, each in the units of its
// own point: where all grows in proportion, as towards the limit, nothing turns.
static double last_turn(const Trace *trace)
{
    const Point *point = &trace->point;
    const Point *before = &trace->before;
    double turn = fabs(point->tangent_at / quid__trace_unit(trace, point->at) -
                       before->tangent_at / quid__trace_unit(trace, before->at));
    for (uint32_t i = 0; i < trace->play->action_count; i++) {
        const double part = fabs(point->tangent[i] * quid__logit_weight(point->logit[i]) -
                                 before->tangent[i] * quid__logit_weight(before->logit[i]));
        turn = part > turn ? part : turn;
    }
    return turn;
}

static void add_point(Trace *trace, QuidBranchKind kind, double lambda)
{
    QuidBranchPoint *kept = quid__vector_push(&trace->points);
    if (kept != NULL)
        *kept = (QuidBranchPoint){kind, lambda, QUID_NO_INDEX};
}

// ---- A step

static bool refresh(Trace *trace)
{
    if (trace->is_factored)
        return true;
    quid__field_evaluate(trace->play, trace->point.logit, &trace->field);
    return quid__trace_factorise(trace, trace->point.at);
}

// The prediction, and the plane's direction. The last step's curve counts as long as the step still
// leads forward with it, and for no more than twice that step's length. Returns the curve's factor.
static double fill_guess(Trace *trace, double length, double unit)
{
    const Point *point = &trace->point;
    const uint32_t count = trace->play->action_count;
    const double most = 2 * trace->last_length;
    double bend = !trace->is_bent ? 0 : (length < most ? length : most) * length / 2;
    double along = point->tangent_at * point->tangent_at / (unit * unit);
    double curve = point->tangent_at * trace->bend_at / (unit * unit);
    for (uint32_t i = 0; i < count; i++) {
        const double weight = quid__logit_weight(point->logit[i]);
        trace->direction[i] = weight * weight * point->tangent[i];
        along += trace->direction[i] * point->tangent[i];
        curve += trace->direction[i] * trace->bend[i];
    }
    if (bend * curve < -0.5 * length * along)
        bend = 0;
    for (uint32_t i = 0; i < count; i++)
        trace->guess[i] = point->logit[i] + length * point->tangent[i] + bend * trace->bend[i];
    return bend;
}

// Tries a step of the given length from the point (a copy of which stands in before).
static bool try_step(Trace *trace, double length, double tolerance)
{
    const uint32_t count = trace->play->action_count;
    Point *point = &trace->point;
    if (!refresh(trace))
        return false;
    const double unit = quid__trace_unit(trace, point->at);
    const double bend = fill_guess(trace, length, unit);
    for (uint32_t i = 0; i < count; i++)
        point->logit[i] = trace->guess[i];
    const double guess_at = point->at + length * point->tangent_at + bend * trace->bend_at;
    const Plane plane = {.direction = trace->direction,
                         .direction_at = point->tangent_at / (unit * unit),
                         .guess_at = guess_at,
                         .tolerance = tolerance,
                         .distance_max = DISTANCE_MAX * (1 + length)};
    const Corrected corrected = quid__trace_correct(trace, &plane, point->logit);
    trace->distance = corrected.distance;
    if (!corrected.is_good || !(corrected.at > 0))
        return false;
    point->at = corrected.at;
    quid__field_evaluate(trace->play, point->logit, &trace->field);
    return fill_tangent(trace);
}

// The next prediction's curve: how the tangent changed on the last step.
static void fill_bend(Trace *trace, double length, double turn)
{
    trace->is_bent = turn < 1;
    trace->last_length = length;
    for (uint32_t i = 0; i < trace->play->action_count; i++)
        trace->bend[i] = (trace->point.tangent[i] - trace->before.tangent[i]) / length;
    trace->bend_at = (trace->point.tangent_at - trace->before.tangent_at) / length;
}

static double next_length(double length, double distance, double turn)
{
    const double by_distance = sqrt(DISTANCE_WANTED / (distance + 1e-6));
    const double by_turn = TURN_WANTED / (turn + 1e-6);
    double factor = by_distance < by_turn ? by_distance : by_turn;
    factor = factor > 3 ? 3 : factor < 0.3 ? 0.3 : factor;
    const double next = length * factor;
    return next > STEP_MAX ? STEP_MAX : next;
}

typedef struct Turning {
    double share; // of the step
    double at;
} Turning;

// Where lambda turns between the point before and the present one, a step of the given length
// apart: the extreme of the cubic with their values and slopes.
static Turning turning_point(const Trace *trace, double length)
{
    const double rise = trace->point.at - trace->before.at;
    const double first = trace->before.tangent_at * length;
    const double last = trace->point.tangent_at * length;
    // at(u) = before + first u + b u^2 + c u^3 for u in 0..1, with slopes first and last at the
    // ends.
    const double b = 3 * rise - 2 * first - last;
    const double c = first + last - 2 * rise;
    double u = first / (first - last);
    for (uint32_t i = 0; i < 20; i++) {
        const double slope = first + (2 * b + 3 * c * u) * u;
        const double bend = 2 * b + 6 * c * u;
        if (!(bend < 0 || bend > 0))
            break;
        u -= slope / bend;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
    }
    return (Turning){u, trace->before.at + (first + (b + c * u) * u) * u};
}

static bool has_flipped(const Trace *trace)
{
    return trace->point.sign != trace->before.sign;
}

static bool has_turned(const Trace *trace)
{
    return trace->point.tangent_at * trace->before.tangent_at < 0;
}

// What happened on the step, if it is short enough to tell; else false.
static bool note_events(Trace *trace, double length)
{
    if ((has_flipped(trace) && length > LOCATE_STEP) || (has_turned(trace) && length > FOLD_STEP))
        return false;
    if (has_flipped(trace))
        add_point(trace, QUID_BRANCH_BIFURCATION, (trace->point.at + trace->before.at) / 2);
    trace->turned_at = trace->point.at;
    if (has_turned(trace)) {
        trace->turned_at = turning_point(trace, length).at;
        add_point(trace, QUID_BRANCH_FOLD, trace->turned_at);
    }
    return true;
}

// The length to be tried after one that will not do. A fold on the way is led up to: the step ends
// just before it (is_by_fold), and the next one passes it.
static double shorter_length(Trace *trace, double length, bool is_event)
{
    trace->is_by_fold = false;
    if (!is_event)
        trace->refused = length;
    if (!is_event || has_flipped(trace) || !has_turned(trace))
        return length * 0.35;
    const double way = turning_point(trace, length).share * length;
    trace->is_by_fold = way > FOLD_STEP / 3;
    return trace->is_by_fold ? way - FOLD_STEP / 4 : FOLD_STEP / 2;
}

// The step's beginning again, as exactly as what happens on the step is to be told.
static bool sharpen(Trace *trace)
{
    const bool is_good = try_step(trace, 0, LOCATE_TOLERANCE);
    if (is_good)
        copy_point(trace, &trace->point, &trace->before);
    return is_good;
}

static void accept(Trace *trace, double length, double turn)
{
    trace->step = next_length(length, trace->distance, turn);
    if (trace->is_by_fold && trace->step > FOLD_STEP / 2)
        trace->step = FOLD_STEP / 2;
    if (trace->step > REFUSED_SHARE * trace->refused)
        trace->step = REFUSED_SHARE * trace->refused;
    trace->refused *= REFUSED_GROWTH;
    fill_bend(trace, length, turn);
    trace->step_count += 1;
}

// Tries ever shorter steps, to the least.
static TraceStep step_at_least(Trace *trace, double least)
{
    double length = trace->step;
    // Rounding errors of values come multiplied by lambda, and more where little decides.
    double tolerance = trace->is_by_fold
                           ? LOCATE_TOLERANCE
                           : PATH_TOLERANCE + 1e-11 * quid__trace_lambda(trace, trace->point.at);
    trace->is_by_fold = false;
    copy_point(trace, &trace->point, &trace->before);
    while (length >= least) {
        if (!quid__trace_go_on(trace))
            return TRACE_STOPPED;
        bool is_event = false;
        if (try_step(trace, length, tolerance)) {
            const double turn = last_turn(trace);
            const bool is_smooth = turn <= TURN_MAX || length < 1e-6;
            is_event = is_smooth && !note_events(trace, length);
            if (is_smooth && !is_event) {
                accept(trace, length, turn);
                return TRACE_STEPPED;
            }
        }
        length = shorter_length(trace, length, is_event);
        copy_point(trace, &trace->before, &trace->point);
        if (is_event && tolerance > LOCATE_TOLERANCE) {
            tolerance = LOCATE_TOLERANCE;
            if (!sharpen(trace))
                copy_point(trace, &trace->before, &trace->point);
        }
        if (trace->has_failed || trace->is_cancelled)
            return TRACE_STOPPED;
    }
    return TRACE_STUCK;
}

// Where steps get short it may be the factors' doing: once in a trace better ones are made.
TraceStep quid__trace_step(Trace *trace)
{
    TraceStep step = TRACE_STUCK;
    if (!trace->is_iterative && !trace->jacobian.is_strict)
        step = step_at_least(trace, trace->step * LOOSE_SHARE);
    if (step == TRACE_STUCK)
        (void)quid__jacobian_be_strict(&trace->jacobian);
    return step == TRACE_STUCK ? step_at_least(trace, STEP_LEAST) : step;
}

bool quid__trace_has_crossed(const Trace *trace, double at)
{
    const bool is_between = (trace->before.at < at && trace->point.at >= at) ||
                            (trace->before.at > at && trace->point.at <= at);
    const bool is_touched = (trace->before.at < at && trace->turned_at >= at) ||
                            (trace->before.at > at && trace->turned_at <= at);
    return is_between || is_touched;
}

bool quid__trace_pin(Trace *trace, double at, double *logit)
{
    const double span = trace->point.at - trace->before.at;
    double share = span < 0 || span > 0 ? (at - trace->before.at) / span : 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    for (uint32_t i = 0; i < trace->play->action_count; i++)
        logit[i] =
            trace->before.logit[i] + share * (trace->point.logit[i] - trace->before.logit[i]);
    quid__field_evaluate(trace->play, logit, &trace->field);
    trace->is_factored = false;
    if (!quid__trace_factorise(trace, at))
        return false;
    // Values are good to a few 1e-16, and lambda multiplies them.
    const Plane plane = {.direction_at = 1,
                         .guess_at = at,
                         .tolerance = 1e-13 + 3e-16 * fabs(quid__trace_lambda(trace, at)),
                         .distance_max = PIN_DISTANCE_MAX};
    const Corrected corrected = quid__trace_correct(trace, &plane, logit);
    quid__field_evaluate(trace->play, logit, &trace->field);
    return corrected.is_good;
}

bool quid__trace_tilt(Trace *trace, double lambda, double *logit, double *measure)
{
    const double *offset = trace->offset;
    const bool is_leaving_offset = trace->is_leaving_offset;
    memcpy(measure, trace->point.logit, trace->play->action_count * sizeof(double));
    memcpy(logit, measure, trace->play->action_count * sizeof(double));
    trace->offset = measure;
    trace->is_leaving_offset = false;
    quid__field_evaluate(trace->play, logit, &trace->field);
    const Plane plane = {.direction_at = 1,
                         .guess_at = lambda,
                         .tolerance = TILT_TOLERANCE,
                         .distance_max = PIN_DISTANCE_MAX};
    bool is_near = quid__trace_factorise(trace, lambda);
    // The last digits matter little: the certificate judges.
    if (is_near)
        is_near = quid__trace_correct(trace, &plane, logit).distance <= plane.distance_max;
    trace->offset = offset;
    trace->is_leaving_offset = is_leaving_offset;
    return is_near;
}

// ---- Beginnings

static bool create_point(const Play *play, QuidArena *arena, Point *point)
{
    point->logit = quid__arena_push(arena, play->action_count * sizeof(double));
    point->tangent = quid__arena_push(arena, play->action_count * sizeof(double));
    return !arena->has_failed;
}

bool quid__trace_create(const Play *play, QuidContext *context, const QuidProgress *progress,
                        uint32_t entry_count_max, QuidArena *arena, Trace *trace)
{
    const size_t size = ((size_t)play->action_count + 1) * sizeof(double);
    *trace = (Trace){.play = play, .context = context, .progress = progress, .regret = -1};
    quid__vector_init(&trace->points, context, sizeof(QuidBranchPoint));
    trace->response = quid__arena_push(arena, size);
    trace->right = quid__arena_push(arena, size);
    trace->guess = quid__arena_push(arena, size);
    trace->direction = quid__arena_push(arena, size);
    trace->scratch = quid__arena_push(arena, size);
    trace->bend = quid__arena_push(arena, size);
    for (uint32_t k = 0; k < MEMORY_COUNT; k++)
        trace->memory.step[k] = quid__arena_push(arena, size);
    if (!quid__field_create(play, arena, &trace->field) ||
        !create_point(play, arena, &trace->point) || !create_point(play, arena, &trace->before) ||
        !quid__jacobian_number(play, arena, &trace->jacobian))
        return false;
    const JacobianSize size_found = quid__jacobian_create(arena, entry_count_max, &trace->jacobian);
    trace->is_iterative = size_found == JACOBIAN_TOO_LARGE;
    return size_found != JACOBIAN_NO_MEMORY &&
           (!trace->is_iterative ||
            quid__krylov_create(play, trace->jacobian.reference, arena, &trace->krylov));
}

void quid__trace_free(Trace *trace)
{
    quid__jacobian_free(&trace->jacobian);
    if (trace->points.context != NULL)
        quid__vector_free(&trace->points);
}

static bool begin(Trace *trace, double at)
{
    const size_t size = trace->play->action_count * sizeof(double);
    trace->point.at = at;
    trace->step = STEP_FIRST;
    trace->refused = HUGE_VAL;
    trace->is_bent = false;
    memset(trace->bend, 0, size);
    memset(trace->point.tangent, 0, size);
    trace->point.tangent_at = 1;
    quid__field_evaluate(trace->play, trace->point.logit, &trace->field);
    return fill_tangent(trace);
}

bool quid__trace_begin(Trace *trace, const double *offset)
{
    const Play *play = trace->play;
    trace->offset = offset;
    trace->is_leaving_offset = false;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            trace->point.logit[i] =
                offset == NULL || play->is_fixed[set] ? 0 : offset[i] - offset[reference];
    }
    return begin(trace, 0);
}

bool quid__trace_begin_leaving(Trace *trace, double lambda)
{
    trace->is_leaving_offset = true;
    trace->lambda = lambda;
    return begin(trace, 0);
}
