// Predictor and corrector. Logits and lambda both run to infinity, so lengths are relative: a logit x counts in units of
// 1 + |x|, lambda in units of 1 + lambda, and the length of a step is its largest part. Towards the limit logits
// become linear in lambda, and then ever longer steps are right.
#include "trace.h"

#include <math.h>
#include <string.h>

#define STEP_FIRST 0.1
#define STEP_MAX 8.0
#define STEP_LEAST 1e-9
#define PATH_TOLERANCE 1e-5   // relative: on the way
#define DISTANCE_WANTED 0.05  // from the prediction to the branch
#define DISTANCE_MAX 0.5
#define TURN_WANTED 0.5       // between tangents, their largest part
#define TURN_MAX 0.9
#define CORRECTION_COUNT_MAX 14u
#define LENGTH_MAX 10.0 // of corrections: beyond, another branch is as near
#define LOCATE_STEP 1e-3 // a bifurcation is believed once it lies within so small a step
#define FOLD_STEP 1e-2   // a fold's lambda is interpolated within so small a step: its error is of fourth order

// ---- Equations

static double lambda_at(const Trace *trace, double at)
{
    return trace->is_leaving_offset ? trace->lambda : at;
}

static double unit_of_at(const Trace *trace, double at)
{
    return trace->is_leaving_offset ? 1 : 1 + fabs(at);
}

static double weight_of(double logit)
{
    return 1 / (1 + fabs(logit));
}

// right = -F.
static void fill_residual(Trace *trace, const double *logit, double at)
{
    const Play *play = trace->play;
    const double lambda = lambda_at(trace, at);
    const double share = trace->is_leaving_offset ? 1 - at : 1;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            double gap = 0;
            if (!play->is_fixed[set] && i != reference) {
                gap = lambda * (trace->field.action_value[i] -
                                trace->field.action_value[reference]) -
                      logit[i];
                if (trace->offset != NULL)
                    gap += share * (trace->offset[i] - trace->offset[reference]);
            }
            trace->right[i] = gap;
        }
    }
}

// target = dF by the parameter.
static void fill_parameter_change(const Trace *trace, double *target)
{
    const Play *play = trace->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            if (play->is_fixed[set] || i == reference)
                target[i] = 0;
            else if (trace->is_leaving_offset)
                target[i] = trace->offset[i] - trace->offset[reference];
            else
                target[i] = trace->field.action_value[reference] - trace->field.action_value[i];
        }
    }
}

static bool go_on(Trace *trace)
{
    if (trace->progress->report != NULL && !trace->is_quiet && !trace->is_cancelled) {
        const double lambda =
            trace->play->unit > 0 ? lambda_at(trace, trace->point.at) / trace->play->unit : 0;
        trace->is_cancelled =
            !trace->progress->report(trace->progress->user, lambda, trace->regret);
    }
    return !trace->is_cancelled;
}

static bool solve(Trace *trace, double *right)
{
    quid__jacobian_solve(&trace->jacobian, right, trace->scratch);
    return true;
}

// Factors and response at logit, whose field is there.
static bool factorise(Trace *trace, double at)
{
    if (!quid__jacobian_factorise(&trace->jacobian, &trace->field, lambda_at(trace, at), NULL)) {
        trace->has_failed = true;
        return false;
    }
    fill_parameter_change(trace, trace->response);
    return solve(trace, trace->response);
}

// ---- Corrector

// Where corrections may go: direction · (logit - guess) + direction_at (at - guess_at) = 0.
typedef struct Plane {
    const double *direction; // NULL: the parameter is held
    double direction_at;
    double guess_at;
    double tolerance;
} Plane;

typedef struct Corrected {
    double at;
    double distance; // of the first correction and all
    bool is_good;
} Corrected;

// A correction of all unknowns: what the factors say. Leaves it in right, returns the parameter's part.
static double plain_correction(Trace *trace, const Plane *plane, const double *logit, double at)
{
    const uint32_t count = trace->play->action_count;
    fill_residual(trace, logit, at);
    if (!solve(trace, trace->right))
        return (double)INFINITY;
    double off = plane->direction_at * (at - plane->guess_at);
    double across = 0;
    double along = 0;
    for (uint32_t i = 0; plane->direction != NULL && i < count; i++) {
        off += plane->direction[i] * (logit[i] - trace->guess[i]);
        across += plane->direction[i] * trace->right[i];
        along += plane->direction[i] * trace->response[i];
    }
    const double change = (-off - across) / (plane->direction_at - along);
    for (uint32_t i = 0; i < count; i++)
        trace->right[i] -= change * trace->response[i];
    return change;
}

static double inner_product(const double *left, double left_at, const double *right,
                            double right_at, uint32_t count)
{
    double sum = left_at * right_at;
    for (uint32_t i = 0; i < count; i++)
        sum += left[i] * right[i];
    return sum;
}

// Broyden's good update of the factors' inverse, from the corrections since they were made (Kelley 1995, section
// 7.3): right and the parameter's part become what the updated matrix says.
static double update_correction(Trace *trace, double change)
{
    const uint32_t count = trace->play->action_count;
    Memory *memory = &trace->memory;
    double *right = trace->right;
    for (uint32_t k = 0; k + 1 < memory->count; k++) {
        const double share =
            inner_product(memory->step[k], memory->step_at[k], right, change, count) /
            memory->square[k];
        for (uint32_t i = 0; i < count; i++)
            right[i] += share * memory->step[k + 1][i];
        change += share * memory->step_at[k + 1];
    }
    if (memory->count > 0) {
        const uint32_t last = memory->count - 1;
        const double share =
            inner_product(memory->step[last], memory->step_at[last], right, change, count) /
            memory->square[last];
        const double factor = share < 0.9 ? 1 / (1 - share) : 1;
        for (uint32_t i = 0; i < count; i++)
            right[i] *= factor;
        change *= factor;
    }
    if (memory->count < MEMORY_COUNT) {
        const uint32_t next = memory->count++;
        memcpy(memory->step[next], right, count * sizeof(double));
        memory->step_at[next] = change;
        memory->square[next] = inner_product(right, change, right, change, count) + 1e-300;
    }
    return change;
}

// Moves by the correction. Returns its length.
static double move(Trace *trace, double change, double *logit, double *at)
{
    double length = fabs(change) / unit_of_at(trace, *at);
    for (uint32_t i = 0; i < trace->play->action_count; i++) {
        const double size = fabs(trace->right[i]) * weight_of(logit[i]);
        length = size > length ? size : length;
        logit[i] += trace->right[i];
    }
    *at += change;
    return length - length == 0.0 ? length : (double)INFINITY;
}

// Newton's method with factors kept and updated while each correction is at most half of the last; made anew at most
// thrice.
static Corrected correct(Trace *trace, const Plane *plane, double *logit)
{
    Corrected result = {.at = plane->guess_at};
    double before = 0;
    uint32_t renewed = 0;
    bool is_slow = false;
    trace->memory.count = 0;
    for (uint32_t i = 0; i < CORRECTION_COUNT_MAX; i++) {
        quid__field_evaluate(trace->play, logit, &trace->field);
        if (is_slow && renewed < 3) {
            if (!go_on(trace) || !factorise(trace, result.at))
                return result;
            trace->is_factored = false;
            trace->memory.count = 0;
            renewed += 1;
        }
        const double plain = plain_correction(trace, plane, logit, result.at);
        const double change = update_correction(trace, plain);
        const double length = move(trace, change, logit, &result.at);
        result.distance += length;
        if (!(length < LENGTH_MAX) || result.distance > LENGTH_MAX)
            return result;
        const double ratio = i == 0 ? 1 : length / before;
        // What is still to come is about this times the ratio. Where rounding stops the descent, the point is as
        // good as it gets.
        const bool is_at_bottom = i > 0 && ratio > 0.5 && length < 1e-9;
        if (length * (ratio < 1 ? ratio : 1) <= plane->tolerance || is_at_bottom) {
            result.is_good = true;
            return result;
        }
        is_slow = i > 0 && ratio > 0.5;
        before = length;
    }
    return result;
}

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
static void refer(const Trace *trace, double *numbers)
{
    const Play *play = trace->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const double shift = numbers[trace->jacobian.reference[set]];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            numbers[i] -= shift;
    }
}

// The tangent at the present point, along the old one; factors and response are then its own.
static bool fill_tangent(Trace *trace)
{
    Point *point = &trace->point;
    const uint32_t count = trace->play->action_count;
    quid__jacobian_choose_references(&trace->jacobian, &trace->field, point->logit,
                                     point->tangent);
    refer(trace, trace->before.logit);
    refer(trace, trace->before.tangent);
    refer(trace, trace->bend);
    if (!go_on(trace) || !factorise(trace, point->at))
        return false;
    trace->is_factored = true;
    const double unit = unit_of_at(trace, point->at);
    double longest = 1 / unit;
    double along = point->tangent_at / (unit * unit);
    for (uint32_t i = 0; i < count; i++) {
        const double weight = weight_of(point->logit[i]);
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

// The largest part by which two tangents differ.
static double turn_between(const Trace *trace, const double *before, double before_at)
{
    const Point *point = &trace->point;
    double turn = fabs(point->tangent_at - before_at) / unit_of_at(trace, point->at);
    for (uint32_t i = 0; i < trace->play->action_count; i++) {
        const double part =
            fabs(point->tangent[i] - before[i]) * weight_of(point->logit[i]);
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
    if (!factorise(trace, trace->point.at))
        return false;
    trace->is_factored = true;
    return true;
}

// Tries a step of the given length from the point (a copy of which stands in before).
static bool try_step(Trace *trace, double length)
{
    const uint32_t count = trace->play->action_count;
    Point *point = &trace->point;
    if (!refresh(trace))
        return false;
    const double unit = unit_of_at(trace, point->at);
    const double bend = trace->is_bent ? length / 2 : 0;
    for (uint32_t i = 0; i < count; i++) {
        const double weight = weight_of(point->logit[i]);
        trace->direction[i] = weight * weight * point->tangent[i];
        trace->guess[i] = point->logit[i] + length * (point->tangent[i] + bend * trace->bend[i]);
    }
    const Plane plane = {trace->direction, point->tangent_at / (unit * unit),
                         point->at + length * (point->tangent_at + bend * trace->bend_at),
                         PATH_TOLERANCE};
    memcpy(point->logit, trace->guess, count * sizeof(double));
    const Corrected corrected = correct(trace, &plane, point->logit);
    trace->distance = corrected.distance;
    if (!corrected.is_good || !(corrected.at > 0) ||
        corrected.distance > DISTANCE_MAX * (1 + length))
        return false;
    point->at = corrected.at;
    quid__field_evaluate(trace->play, point->logit, &trace->field);
    return fill_tangent(trace);
}

// The next prediction's curve: how the tangent changed on the last step.
static void fill_bend(Trace *trace, double length, double turn)
{
    trace->is_bent = turn < 1;
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

// Where lambda turns between the point before and the present one, a step of the given length apart: the extreme of
// the cubic with their values and slopes.
static double turning_point(const Trace *trace, double length)
{
    const double rise = trace->point.at - trace->before.at;
    const double first = trace->before.tangent_at * length;
    const double last = trace->point.tangent_at * length;
    // at(u) = before + first u + b u^2 + c u^3 for u in 0..1, with slopes first and last at the ends.
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
    return trace->before.at + (first + (b + c * u) * u) * u;
}

// What happened on the step, if it is short enough to tell; else false.
static bool note_events(Trace *trace, double length)
{
    const bool has_flipped = trace->point.sign != trace->before.sign;
    const bool has_turned = trace->point.tangent_at * trace->before.tangent_at < 0;
    if ((has_flipped && length > LOCATE_STEP) || (has_turned && length > FOLD_STEP))
        return false;
    if (has_flipped)
        add_point(trace, QUID_BRANCH_BIFURCATION, (trace->point.at + trace->before.at) / 2);
    trace->turned_at = trace->point.at;
    if (has_turned) {
        trace->turned_at = turning_point(trace, length);
        add_point(trace, QUID_BRANCH_FOLD, trace->turned_at);
    }
    return true;
}

TraceStep quid__trace_step(Trace *trace)
{
    double length = trace->step;
    copy_point(trace, &trace->point, &trace->before);
    while (length >= STEP_LEAST) {
        if (!go_on(trace))
            return TRACE_STOPPED;
        const bool is_good = try_step(trace, length);
        if (is_good) {
            const double turn =
                turn_between(trace, trace->before.tangent, trace->before.tangent_at);
            if ((turn <= TURN_MAX || length < 1e-6) && note_events(trace, length)) {
                trace->step = next_length(length, trace->distance, turn);
                fill_bend(trace, length, turn);
                trace->step_count += 1;
                return TRACE_STEPPED;
            }
        }
        copy_point(trace, &trace->before, &trace->point);
        trace->is_factored = false;
        if (trace->has_failed || trace->is_cancelled)
            return TRACE_STOPPED;
        length *= 0.35;
    }
    return TRACE_STUCK;
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
        logit[i] = trace->before.logit[i] +
                   share * (trace->point.logit[i] - trace->before.logit[i]);
    quid__field_evaluate(trace->play, logit, &trace->field);
    trace->is_factored = false;
    if (!factorise(trace, at))
        return false;
    const Plane plane = {NULL, 1, at, 1e-14};
    const Corrected corrected = correct(trace, &plane, logit);
    quid__field_evaluate(trace->play, logit, &trace->field);
    return corrected.is_good;
}

// ---- Beginnings

static bool create_point(const Play *play, QuidArena *arena, Point *point)
{
    point->logit = quid__arena_push(arena, play->action_count * sizeof(double));
    point->tangent = quid__arena_push(arena, play->action_count * sizeof(double));
    return !arena->has_failed;
}

bool quid__trace_create(const Play *play, QuidContext *context, const QuidProgress *progress,
                        QuidArena *arena, Trace *trace)
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
    const JacobianSize size_found = quid__jacobian_create(play, arena, &trace->jacobian);
    return size_found == JACOBIAN_MADE;
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
