// Programs against a slow interpreter: random small deals, each scenario worked out term by term
// and date by date from the same draws, without columns, graphs or registers.
#include "distribution.h"
#include "pipeline.h"
#include "program_deal.h"

#include <math.h>

#define COUNT 64u
#define DEAL_COUNT 300u

// ---- The slow interpreter: one scenario at a time, everything from its definition

typedef struct Slow {
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidProgramRun *run;
    uint32_t scenario;
    const char *owner;
    uint32_t number; // quantities met inside the owner so far
    int choices[2][3];
    double end;
} Slow;

static double uniform_of(const Slow *slow, const char *name)
{
    double u[COUNT];
    quid_program_uniform(slow->run, string_of(name), u);
    return u[slow->scenario];
}

static double value_of(Slow *slow, QuidTermId id);
static double milestone_date(const Slow *slow, uint32_t index);

static double term_under(const Slow *slow, QuidTermId id, const char *owner)
{
    Slow inner = *slow;
    inner.owner = owner;
    inner.number = 0;
    return value_of(&inner, id);
}

static const QuidTerm *child_of(const Slow *slow, const QuidTerm *term, uint32_t n)
{
    return &slow->model->terms[slow->model->term_childs[term->child_first + n].index];
}

static double event_date(const Slow *slow, uint32_t index)
{
    const QuidEvent *event = &slow->model->events[index];
    char name[64];
    (void)snprintf(name, sizeof name, "event/%.*s/date", (int)event->id.size, event->id.bytes);
    const double u = uniform_of(slow, name);
    if (event->when_kind == QUID_WHEN_ON)
        return event->window.first;
    if (event->when_kind == QUID_WHEN_BETWEEN)
        return event->window.first + u * ((double)event->window.last + 1 - event->window.first);
    const QuidTerm *when = &slow->model->terms[event->when.index];
    const QuidDistribution spread =
        quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, when->low, when->high + 1);
    return quid__distribution_quantile(&spread, u);
}

static double event_outcome(const Slow *slow, uint32_t index)
{
    const QuidEvent *event = &slow->model->events[index];
    const QuidTermId chance = slow->model->outcomes[event->outcome_first].chance;
    char name[64];
    char owner[64];
    (void)snprintf(name, sizeof name, "event/%.*s/outcome", (int)event->id.size, event->id.bytes);
    (void)snprintf(owner, sizeof owner, "event/%.*s/yes", (int)event->id.size, event->id.bytes);
    QuidEstimate estimate;
    const bool is_range = slow->model->terms[chance.index].kind == QUID_TERM_INTERVAL &&
                          quid_deal_chance(slow->deal, chance, &estimate);
    const double yes = is_range ? estimate.middle : term_under(slow, chance, owner);
    return uniform_of(slow, name) < yes ? 0 : 1;
}

static int move_state(const Slow *slow, uint32_t index, double moment, double *date)
{
    const QuidMove *move = &slow->model->moves[index];
    int state = -1;
    *date = (double)INFINITY;
    for (uint32_t d = 0; d < move->date_count; d++) {
        const double epoch = slow->model->move_dates[move->date_first + d];
        if (epoch < moment && slow->choices[index - 1][d] >= 0) {
            state = slow->choices[index - 1][d];
            *date = epoch;
        }
    }
    return state;
}

static double thing_date(const Slow *slow, QuidThing thing)
{
    double date = (double)INFINITY;
    if (thing.kind == QUID_THING_EVENT)
        return event_date(slow, thing.index);
    if (thing.kind == QUID_THING_MILESTONE)
        return milestone_date(slow, thing.index);
    (void)move_state(slow, thing.index, slow->end, &date);
    return date;
}

// Whether a happening holds, and since when.
static bool happens(const Slow *slow, const QuidTerm *term, double *since)
{
    const QuidTerm *what = term;
    double moment = slow->end;
    if (term->kind == QUID_TERM_BY || term->kind == QUID_TERM_BEFORE) {
        what = child_of(slow, term, 0);
        moment = (double)term->date.last + 1;
        if (term->kind == QUID_TERM_BEFORE)
            moment = term->thing.kind == QUID_THING_NONE
                         ? term->date.first
                         : fmin(thing_date(slow, term->thing), slow->end);
    }
    if (what->kind == QUID_TERM_REACHED) {
        *since = milestone_date(slow, what->thing.index);
        return *since < moment && (term->kind == QUID_TERM_BY || *since < slow->end);
    }
    if (what->thing.kind == QUID_THING_EVENT) {
        *since = event_date(slow, what->thing.index);
        return *since < moment && event_outcome(slow, what->thing.index) == what->choice;
    }
    return move_state(slow, what->thing.index, moment, since) == (int)what->choice;
}

static double draw_one(Slow *slow, const QuidTerm *term)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%s/%u", slow->owner, slow->number++);
    const double u = uniform_of(slow, name);
    QuidDistribution spread;
    if (term->kind == QUID_TERM_INTERVAL)
        spread = quid__distribution_of_interval((QuidDistributionShape)term->shape, term->low,
                                                term->high);
    else
        spread = quid__distribution_uniform(child_of(slow, term, 0)->value,
                                            child_of(slow, term, 1)->value);
    return quid__distribution_quantile(&spread, u);
}

// Every child is worked out, whether it counts or not, so that quantities are numbered as written.
static double value_of(Slow *slow, QuidTermId id)
{
    const QuidTerm *term = &slow->model->terms[id.index];
    double since;
    if (term->kind == QUID_TERM_CONSTANT)
        return term->value;
    if (term->kind == QUID_TERM_INTERVAL || term->kind == QUID_TERM_DISTRIBUTION)
        return draw_one(slow, term);
    if (term->kind == QUID_TERM_LET) {
        const QuidLet *let = &slow->model->lets[term->thing.index];
        char owner[64];
        (void)snprintf(owner, sizeof owner, "let/%.*s", (int)let->id.size, let->id.bytes);
        return term_under(slow, let->value, owner);
    }
    if (term->kind == QUID_TERM_IS || term->kind == QUID_TERM_REACHED ||
        term->kind == QUID_TERM_BY || term->kind == QUID_TERM_BEFORE)
        return happens(slow, term, &since);
    if (term->kind == QUID_TERM_LATE) {
        const double due = slow->model->milestones[term->thing.index].due.last;
        const double date = fmin(milestone_date(slow, term->thing.index), slow->end);
        return date < due + 1 ? 0 : date - due;
    }
    double children[3] = {0, 0, 0};
    assert_true(term->child_count <= 3);
    for (uint32_t i = 0; i < term->child_count; i++)
        children[i] = value_of(slow, slow->model->term_childs[term->child_first + i]);
    switch (term->kind) {
    case QUID_TERM_ADD:
        return children[0] + children[1];
    case QUID_TERM_SUBTRACT:
        return children[0] - children[1];
    case QUID_TERM_MULTIPLY:
        return children[0] * children[1];
    case QUID_TERM_DIVIDE:
        return children[0] / children[1];
    case QUID_TERM_MAX:
        return children[0] > children[1] ? children[0] : children[1];
    case QUID_TERM_IF:
        return children[1] != 0 ? children[0] : children[2];
    case QUID_TERM_NOT:
        return children[0] == 0;
    case QUID_TERM_LESS:
        return children[0] < children[1];
    case QUID_TERM_AND:
        return children[0] != 0 && children[1] != 0;
    case QUID_TERM_OR:
        return children[0] != 0 || children[1] != 0;
    default:
        fail_msg("a term of kind %d", (int)term->kind);
        return 0;
    }
}

// Since when a condition that holds has held, by the parts that hold.
static double since_of(Slow *slow, QuidTermId id)
{
    const QuidTerm *term = &slow->model->terms[id.index];
    double since = -(double)INFINITY;
    if (term->kind == QUID_TERM_IS || term->kind == QUID_TERM_REACHED ||
        term->kind == QUID_TERM_BY || term->kind == QUID_TERM_BEFORE) {
        (void)happens(slow, term, &since);
    } else if (term->kind == QUID_TERM_AND) {
        since = fmax(since_of(slow, slow->model->term_childs[term->child_first]),
                     since_of(slow, slow->model->term_childs[term->child_first + 1]));
    } else if (term->kind == QUID_TERM_OR) {
        since = (double)INFINITY;
        for (uint32_t i = 0; i < 2; i++) {
            const QuidTermId part = slow->model->term_childs[term->child_first + i];
            Slow probe = *slow;
            if (value_of(&probe, part) != 0)
                since = fmin(since, since_of(slow, part));
            slow->number = probe.number;
        }
    } else {
        (void)value_of(slow, id); // no delay, but its quantities have their numbers
    }
    return since;
}

static double milestone_date(const Slow *slow, uint32_t index)
{
    const QuidMilestone *milestone = &slow->model->milestones[index];
    char owner[64];
    double date = -(double)INFINITY;
    for (uint32_t i = 0; i < milestone->after_count; i++) {
        const QuidPredecessor *before = &slow->model->predecessors[milestone->after_first + i];
        date = fmax(date, before->thing.kind == QUID_THING_NONE ? before->date.first
                                                                : thing_date(slow, before->thing));
    }
    if (milestone->needs.index != 0) {
        Slow inner = *slow;
        (void)snprintf(owner, sizeof owner, "milestone/%.*s/needs", (int)milestone->id.size,
                       milestone->id.bytes);
        inner.owner = owner;
        inner.number = 0;
        if (value_of(&inner, milestone->needs) == 0)
            return (double)INFINITY;
        inner.number = 0;
        date = fmax(date, since_of(&inner, milestone->needs));
    }
    (void)snprintf(owner, sizeof owner, "milestone/%.*s/takes", (int)milestone->id.size,
                   milestone->id.bytes);
    return milestone->takes.index == 0 ? date : date + term_under(slow, milestone->takes, owner);
}

// ---- Comparing

static bool is_close(double left, double right)
{
    return left == right || (left != left && right != right) ||
           fabs(left - right) <= 1e-9 * (1 + fabs(left) + fabs(right));
}

static void compare(const Writer *writer, Pipeline *pipeline)
{
    const QuidDealTables *model = quid_deal_tables(pipeline->deal);
    QuidWant wants[64] = {{0}};
    for (uint32_t i = 0; i < model->ask_count; i++)
        wants[i] = (QuidWant){.kind = QUID_WANT_TERM, .term = model->asks[i].term};
    QuidProgramOptions options = quid_program_options();
    QuidProgram *program = NULL;
    QuidProgramRun *run = NULL;
    assert_int_equal(quid_program_compile(pipeline->context, pipeline->deal, pipeline->ledger,
                                          &options, wants, model->ask_count, &program),
                     QUID_OK);
    assert_int_equal(quid_program_run_create(pipeline->context, program, &run), QUID_OK);
    Slow slow = {
        .deal = pipeline->deal, .model = model, .run = run, .end = (double)model->horizon + 1};
    for (uint32_t turn = 0; turn < 4; turn++) {
        for (uint32_t d = 0; d < 3; d++) {
            slow.choices[0][d] = (int)((writer->state >> (turn * 4 + d)) % 3) - 1;
            quid_program_set_choice(run, 1, d, slow.choices[0][d]);
        }
        slow.choices[1][0] = (int)((writer->state >> (turn * 4 + 20)) % 3) - 1;
        quid_program_set_choice(run, 2, 0, slow.choices[1][0]);
        if (turn % 2 == 0) // every other turn finishes the same drawing again
            quid_program_draw(run, turn * COUNT, COUNT);
        quid_program_finish(run);
        for (uint32_t i = 0; i < model->ask_count; i++) {
            for (slow.scenario = 0; slow.scenario < COUNT; slow.scenario += 7) {
                char owner[64];
                (void)snprintf(owner, sizeof owner, "ask/%.*s", (int)model->asks[i].question.size,
                               model->asks[i].question.bytes);
                const double wanted = term_under(&slow, model->asks[i].term, owner);
                const double found = quid_program_column(run, i)[slow.scenario];
                if (!is_close(found, wanted))
                    fail_msg("ask %u, scenario %u: %.17g, not %.17g, in\n%s", i, slow.scenario,
                             found, wanted, writer->text);
            }
        }
    }
    quid_program_run_free(run);
    quid_program_free(program);
}

static void test_against_interpreter(void **state)
{
    (void)state;
    static Writer writer;
    uint32_t compared = 0;
    for (uint32_t seed = 1; seed <= DEAL_COUNT; seed++) {
        write_deal(&writer, seed);
        Pipeline pipeline = pipeline_of_text(writer.text, NULL);
        // A what happens before its own end is refused; nearly all deals are good.
        if (pipeline.status == QUID_OK) {
            compare(&writer, &pipeline);
            compared += 1;
        }
        pipeline_free(&pipeline);
    }
    assert_true(compared > DEAL_COUNT * 4 / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_interpreter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
