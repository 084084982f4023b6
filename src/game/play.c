// Scenarios played forward through the tree: events as they were drawn, secrets and moves by the
// position's edges, so that what the facts say needs no case of its own.
#include "game_internal.h"

#include <math.h>

void quid_position_prepare(const QuidPosition *position, QuidProgramRun *run)
{
    const QuidDealGameTables *game = &position->game->deal_tables;
    const QuidLedgerTables *facts = quid_ledger_tables(position->ledger);
    for (uint32_t i = 0; i < game->step_count; i++) {
        const QuidStep *step = &game->steps[i];
        const bool is_known = step->kind == QUID_STEP_EVENT && facts->events[step->thing].is_known;
        if (step->kind == QUID_STEP_MOVE || step->kind == QUID_STEP_REVEAL || is_known)
            continue; // known events stand as the facts have them
        quid_program_set_event(
            run, step->thing,
            (QuidEventSetting){(double)facts->as_of + 1, QUID_NEVER, QUID_OUTCOME_GIVEN});
    }
}

// ---- The tree as a scenario passes it
//
// From where the facts have the game most edges are taken for certain, or never. What remains are
// forks: nodes with two or more edges that may be taken, each edge leading straight to the next
// fork or to an end.

#define AT_END 0x80000000u // with the number of a terminal node: a way that ends there

// The edges into a node's children that may be taken; *only: the first of them, or the first child
// where there is none.
static uint32_t count_ways(const QuidGameTables *tree, const double *edge, uint32_t node,
                           uint32_t *only)
{
    uint32_t count = 0;
    *only = node + 1;
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
        if (edge[child] <= 0)
            continue;
        *only = count == 0 ? child : *only;
        count += 1;
    }
    return count;
}

static QuidString lane_name(const QuidDealTables *model, const QuidStep *step, QuidArena *arena)
{
    if (step->kind == QUID_STEP_SECRET)
        return quid__arena_format(arena, "secret/%.*s", QUID_PRINT(model->events[step->thing].id));
    if (step->kind != QUID_STEP_MOVE)
        return quid__arena_format(arena, "event/%.*s/outcome",
                                  QUID_PRINT(model->events[step->thing].id));
    char date[11];
    const QuidMove *move = &model->moves[step->thing];
    quid_date_text(model->move_dates[move->date_first + step->position], date);
    return quid__arena_format(arena, "move/%.*s/%s", QUID_PRINT(move->id), date);
}

static void add_fork(Course *course, const QuidGame *game, const double *edge, const uint32_t *goal,
                     uint32_t node)
{
    const QuidGameTables *tree = &game->tables;
    Fork *fork = &course->forks[course->fork_count++];
    *fork = (Fork){.step = game->deal_tables.node_step[node], .way_first = course->way_count};
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
        if (edge[child] > 0)
            course->ways[course->way_count++] =
                (Way){edge[child], goal[child], game->deal_tables.node_slot[child] > 0};
    }
    fork->way_end = course->way_count;
}

static bool push_course(Course *course, const QuidGame *game, const double *edge, QuidArena *arena)
{
    const QuidGameTables *tree = &game->tables;
    uint32_t fork_count = 0;
    uint32_t way_count = 0;
    for (uint32_t node = 0; node < tree->node_count; node++) {
        uint32_t only;
        const uint32_t count = count_ways(tree, edge, node, &only);
        fork_count += count > 1;
        way_count += count > 1 ? count : 0;
    }
    course->forks = quid__arena_push(arena, ((size_t)fork_count + 1) * sizeof(Fork));
    course->ways = quid__arena_push(arena, ((size_t)way_count + 1) * sizeof(Way));
    course->names =
        quid__arena_push(arena, ((size_t)game->deal_tables.step_count + 1) * sizeof *course->names);
    return !arena->has_failed;
}

bool quid__course_plot(Course *course, const QuidGame *game, const double *edge, QuidArena *arena)
{
    const QuidGameTables *tree = &game->tables;
    uint32_t *goal = quid__arena_push(arena, (size_t)tree->node_count * sizeof *goal);
    if (goal == NULL || !push_course(course, game, edge, arena))
        return false;
    for (uint32_t node = tree->node_count; node-- > 0;) {
        uint32_t only;
        if (tree->terminal[node] != QUID_NO_INDEX) {
            goal[node] = AT_END | tree->terminal[node];
        } else if (count_ways(tree, edge, node, &only) <= 1) {
            goal[node] = goal[only];
        } else {
            goal[node] = course->fork_count;
            add_fork(course, game, edge, goal, node);
        }
    }
    course->start = goal[0];
    for (uint32_t i = 0; i < course->fork_count; i++) {
        const uint32_t step = course->forks[i].step;
        if (course->names[step].size == 0)
            course->names[step] =
                lane_name(quid_deal_tables(game->deal), &game->deal_tables.steps[step], arena);
    }
    return !arena->has_failed;
}

// ---- Blocks of scenarios

// What a step's forks read: by scenario.
typedef struct Lane {
    const double *happened; // of an event: its date; NULL where the program does not use it
    const double *uniform;
} Lane;

static bool open_lanes(const QuidPosition *position, QuidProgramRun *run, QuidArena *arena,
                       Lane *lanes)
{
    const QuidDealGameTables *game = &position->game->deal_tables;
    for (uint32_t i = 0; i < game->step_count; i++) {
        if (position->course.names[i].size == 0)
            continue; // nothing is drawn there
        double *uniform = quid__arena_push(arena, QUID_PROGRAM_BLOCK * sizeof *uniform);
        if (uniform == NULL)
            return false;
        quid_program_uniform(run, position->course.names[i], uniform);
        lanes[i].uniform = uniform;
        if (game->steps[i].kind == QUID_STEP_EVENT)
            lanes[i].happened = quid_program_happened(run, game->steps[i].thing);
    }
    return true;
}

// The way that a scenario takes from a fork: of those that agree with the event's date as drawn,
// where there are any.
static uint32_t next_goal(const Course *course, const Fork *fork, const QuidStep *step,
                          const Lane *lane, uint32_t scenario)
{
    const bool has_date = lane->happened != NULL;
    const bool has_happened =
        has_date && lane->happened[scenario] >= step->begin && lane->happened[scenario] < step->end;
    double total = 0;
    for (uint32_t i = fork->way_first; has_date && i < fork->way_end; i++)
        total += course->ways[i].has_happened == has_happened ? course->ways[i].chance : 0;
    const bool is_filtered = total > 0;
    double left = lane->uniform[scenario] * (is_filtered ? total : 1);
    uint32_t last = fork->way_first;
    for (uint32_t i = fork->way_first; i < fork->way_end; i++) {
        if (is_filtered && course->ways[i].has_happened != has_happened)
            continue;
        last = i;
        left -= course->ways[i].chance;
        if (left < 0)
            break;
    }
    return course->ways[last].to;
}

// The slots of the histories that scenarios came to, step by step. An event that the tree leaves
// open is drawn by the program: NaN.
static void write_slots(const QuidDealGameTables *game, QuidProgramRun *run,
                        const uint32_t *terminals, uint32_t count)
{
    for (uint32_t i = 0; i < game->step_count; i++) {
        const QuidStep *step = &game->steps[i];
        if (step->kind == QUID_STEP_REVEAL)
            continue;
        double *target = step->kind == QUID_STEP_MOVE
                             ? quid_program_choice(run, step->thing, step->position)
                             : quid_program_outcome(run, step->thing);
        for (uint32_t n = 0; target != NULL && n < count; n++) {
            const int16_t slot = game->slots[(size_t)terminals[n] * game->step_count + i];
            if (step->kind != QUID_STEP_EVENT)
                target[n] = slot;
            else if (slot >= 0)
                target[n] = slot > 0 ? slot - 1 : (double)NAN;
        }
    }
}

QuidStatus quid_position_walk(const QuidPosition *position, QuidProgramRun *run, uint32_t count)
{
    const QuidDealGameTables *game = &position->game->deal_tables;
    const Course *course = &position->course;
    QuidArena arena;
    quid__arena_init(&arena, position->context);
    Lane *lanes = quid__arena_push(&arena, ((size_t)game->step_count + 1) * sizeof *lanes);
    uint32_t *terminals = quid__arena_push(&arena, QUID_PROGRAM_BLOCK * sizeof *terminals);
    const bool is_good = !arena.has_failed && open_lanes(position, run, &arena, lanes);
    for (uint32_t i = 0; is_good && i < count; i++) {
        uint32_t goal = course->start;
        while (goal < AT_END) {
            const Fork *fork = &course->forks[goal];
            goal = next_goal(course, fork, &game->steps[fork->step], &lanes[fork->step], i);
        }
        terminals[i] = goal - AT_END;
    }
    if (is_good)
        write_slots(game, run, terminals, count);
    quid__arena_free(&arena);
    return is_good ? QUID_OK : QUID_NO_MEMORY;
}
