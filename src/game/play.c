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

// What a block of scenarios reads and writes: by step, so that the walk looks nothing up.
typedef struct Lanes {
    const double *happened; // EVENT: its date; NULL where the program does not use it
    double *target;         // outcome or choice; NULL likewise
    const double *uniform;
} Lanes;

typedef struct Play {
    const QuidPosition *position;
    const QuidGameTables *tree;
    const QuidDealGameTables *game;
    Lanes *lanes;
    double *uniforms;
} Play;

static QuidString lane_name(const QuidDealTables *model, const QuidStep *step, QuidArena *arena)
{
    if (step->kind == QUID_STEP_SECRET)
        return quid__arena_format(arena, "secret/%.*s", QUID_PRINT(model->events[step->thing].id));
    if (step->kind == QUID_STEP_EVENT)
        return quid__arena_format(arena, "event/%.*s/outcome",
                                  QUID_PRINT(model->events[step->thing].id));
    char date[11];
    const QuidMove *move = &model->moves[step->thing];
    quid_date_text(model->move_dates[move->date_first + step->position], date);
    return quid__arena_format(arena, "move/%.*s/%s", QUID_PRINT(move->id), date);
}

static void open_lanes(Play *play, QuidProgramRun *run, QuidArena *arena)
{
    const QuidDealTables *model = quid_deal_tables(play->position->game->deal);
    for (uint32_t i = 0; i < play->game->step_count; i++) {
        const QuidStep *step = &play->game->steps[i];
        Lanes *lanes = &play->lanes[i];
        double *uniform = play->uniforms + (size_t)i * QUID_PROGRAM_BLOCK;
        quid_program_uniform(run, lane_name(model, step, arena), uniform);
        lanes->uniform = uniform;
        if (step->kind == QUID_STEP_EVENT)
            lanes->happened = quid_program_happened(run, step->thing);
        lanes->target = step->kind == QUID_STEP_MOVE
                            ? quid_program_choice(run, step->thing, step->position)
                            : quid_program_outcome(run, step->thing);
    }
}

// Whether an edge of an event's node agrees with the date that was drawn.
static bool agrees(const QuidStep *step, int16_t slot, double date)
{
    const bool is_inside = date >= step->begin && date < step->end;
    return (slot > 0) == is_inside;
}

static uint32_t next_node(const Play *play, uint32_t node, uint32_t scenario)
{
    const QuidGameTables *tree = play->tree;
    const uint32_t number = play->game->node_step[node];
    const QuidStep *step = &play->game->steps[number];
    const Lanes *lanes = &play->lanes[number];
    const double *edge = play->position->tables.edge;
    const bool has_date = step->kind == QUID_STEP_EVENT && lanes->happened != NULL;
    double total = 0;
    for (uint32_t child = node + 1; has_date && child < tree->end[node]; child = tree->end[child])
        total +=
            agrees(step, play->game->node_slot[child], lanes->happened[scenario]) ? edge[child] : 0;
    const bool is_filtered = total > 0;
    double left = lanes->uniform[scenario] * (is_filtered ? total : 1);
    uint32_t last = node + 1;
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
        if (edge[child] <= 0 ||
            (is_filtered && !agrees(step, play->game->node_slot[child], lanes->happened[scenario])))
            continue;
        last = child;
        left -= edge[child];
        if (left < 0)
            break;
    }
    return last;
}

// The slots of the history that the scenario came to. An event that the tree leaves open is drawn
// by the program: NaN.
static void write_slots(const Play *play, uint32_t terminal, uint32_t scenario)
{
    const QuidDealGameTables *game = play->game;
    const int16_t *slots = game->slots + (size_t)terminal * game->step_count;
    for (uint32_t i = 0; i < game->step_count; i++) {
        double *target = play->lanes[i].target;
        if (target == NULL)
            continue;
        switch (game->steps[i].kind) {
        case QUID_STEP_SECRET:
        case QUID_STEP_MOVE:
            target[scenario] = slots[i];
            break;
        case QUID_STEP_EVENT:
            if (slots[i] > 0)
                target[scenario] = slots[i] - 1;
            else if (slots[i] == 0)
                target[scenario] = NAN;
            break;
        case QUID_STEP_REVEAL:
            break;
        }
    }
}

QuidStatus quid_position_walk(const QuidPosition *position, QuidProgramRun *run, uint32_t count)
{
    const QuidGame *game = position->game;
    Play play = {.position = position, .tree = &game->tables, .game = &game->deal_tables};
    QuidArena arena;
    quid__arena_init(&arena, position->context);
    const size_t step_count = game->deal_tables.step_count;
    play.lanes = quid__arena_push(&arena, (step_count + 1) * sizeof(Lanes));
    play.uniforms =
        quid__arena_push(&arena, (step_count + 1) * QUID_PROGRAM_BLOCK * sizeof(double));
    if (!arena.has_failed)
        open_lanes(&play, run, &arena);
    for (uint32_t i = 0; i < count && !arena.has_failed; i++) {
        uint32_t node = 0;
        while (play.tree->terminal[node] == QUID_NO_INDEX)
            node = next_node(&play, node, i);
        write_slots(&play, play.tree->terminal[node], i);
    }
    const bool has_failed = arena.has_failed;
    quid__arena_free(&arena);
    return has_failed ? QUID_NO_MEMORY : QUID_OK;
}
