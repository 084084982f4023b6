// A deal becomes a tree: a walk over all histories, step by step, twice. Once to count, so that a
// tree that is too large is refused before memory is spent; once to fill the tables.
#include "game_internal.h"

#include <string.h>

#define GAME_OPTIONS_COOKIE 0x47414d45u

QuidGameOptions quid_game_options(void)
{
    return (QuidGameOptions){.seed = 1, .point_count = 128, .cookie = GAME_OPTIONS_COOKIE};
}

const QuidDealGameTables *quid_game_deal_tables(const QuidGame *game)
{
    return game->deal == NULL ? NULL : &game->deal_tables;
}

// A node on the way to the history at hand whose branches are being walked.
typedef struct Frame {
    uint32_t step;
    uint32_t node;
    uint32_t branch;
    uint32_t branch_count;
    uint32_t branch_first; // into Walk.branches
    uint32_t set;          // of a move; QUID_CHANCE
} Frame;

// An information set while sets are found.
typedef struct Found {
    uint32_t step;
    uint32_t action_first; // into Walk.actions
    uint32_t action_count;
    uint32_t number; // in the order of players
} Found;

typedef struct Walk {
    Compiler *compiler;
    bool is_filling;
    QuidVector frames;   // Frame
    QuidVector branches; // int16_t: slots
    QuidVector chances;  // double: of the node at hand, by prior and branch
    QuidNames keys;      // what movers know, one key for each information set
    QuidVector sets;     // Found, by key less one
    QuidVector actions;  // int16_t: the option of each action
    uint64_t node_count;
    uint64_t terminal_count;
    uint64_t *step_nodes; // by step: nodes at it
    uint32_t *parent;
    uint32_t *set;
    uint32_t *edge;
    uint32_t *node_step;
    int16_t *node_slot;
    double *chance;
    int16_t *slots;
} Walk;

static void walk_init(Walk *walk, Compiler *compiler)
{
    QuidContext *context = compiler->context;
    *walk = (Walk){.compiler = compiler};
    quid__vector_init(&walk->frames, context, sizeof(Frame));
    quid__vector_init(&walk->branches, context, sizeof(int16_t));
    quid__vector_init(&walk->chances, context, sizeof(double));
    quid__names_init(&walk->keys, context);
    quid__vector_init(&walk->sets, context, sizeof(Found));
    quid__vector_init(&walk->actions, context, sizeof(int16_t));
    walk->step_nodes = quid__arena_push(
        &compiler->arena, ((size_t)compiler->steps.steps.count + 1) * sizeof(uint64_t));
}

static void walk_free(Walk *walk)
{
    quid__vector_free(&walk->frames);
    quid__vector_free(&walk->branches);
    quid__vector_free(&walk->chances);
    quid__names_free(&walk->keys);
    quid__vector_free(&walk->sets);
    quid__vector_free(&walk->actions);
}

static bool walk_has_failed(const Walk *walk)
{
    return walk->frames.has_failed || walk->branches.has_failed || walk->chances.has_failed ||
           walk->keys.has_failed || walk->sets.has_failed || walk->actions.has_failed ||
           walk->compiler->prober.has_failed || walk->compiler->arena.has_failed;
}

// ---- Information sets

// What the mover knows, and what it can do: the same for all nodes of a set.
static uint32_t find_set(Walk *walk, const Frame *frame)
{
    const Compiler *compiler = walk->compiler;
    const uint32_t *first = compiler->steps.visible_first.items;
    const uint32_t *visible = compiler->steps.visible.items;
    const int16_t *branches = (const int16_t *)walk->branches.items + frame->branch_first;
    int16_t key[2 * QUID_STEP_COUNT_MAX + 2];
    uint32_t size = 0;
    key[size++] = (int16_t)frame->step;
    for (uint32_t i = first[frame->step]; i < first[frame->step + 1]; i++)
        key[size++] = compiler->slots[visible[i]];
    for (uint32_t i = 0; i < frame->branch_count && size < sizeof key / sizeof key[0]; i++)
        key[size++] = branches[i];
    char bytes[sizeof key];
    memcpy(bytes, key, size * sizeof key[0]);
    const QuidName name = quid__names_intern(&walk->keys, bytes, size * (uint32_t)sizeof key[0]);
    if (name.id == 0 || name.id <= walk->sets.count)
        return name.id == 0 ? 0 : name.id - 1;
    Found *found = quid__vector_push(&walk->sets);
    if (found == NULL)
        return 0;
    *found = (Found){frame->step, walk->actions.count, frame->branch_count, 0};
    for (uint32_t i = 0; i < frame->branch_count; i++) {
        int16_t *action = quid__vector_push(&walk->actions);
        if (action != NULL)
            *action = branches[i];
    }
    return name.id - 1;
}

// ---- The walk

static bool is_chance(const Walk *walk, uint32_t step)
{
    return walk->compiler->prober.steps[step].kind != QUID_STEP_MOVE;
}

// The edge from the frame on top into the node that comes next.
static void fill_edge(Walk *walk, uint32_t node)
{
    const Compiler *compiler = walk->compiler;
    if (walk_has_failed(walk))
        return; // sets and chances may not be there
    for (uint32_t belief = 0; belief < compiler->belief_count; belief++)
        walk->chance[belief * walk->compiler->game->tables.node_count + node] = 1;
    if (walk->frames.count == 0) {
        walk->edge[node] = QUID_NO_INDEX;
        walk->node_slot[node] = QUID_NO_SLOT;
        return;
    }
    const Frame *top = &QUID_AT(&walk->frames, Frame, walk->frames.count - 1);
    walk->parent[node] = top->node;
    walk->edge[node] = top->branch;
    walk->node_slot[node] = QUID_AT(&walk->branches, int16_t, top->branch_first + top->branch);
    if (top->set != QUID_CHANCE) {
        walk->edge[node] += QUID_AT(&walk->sets, Found, top->set).action_first;
        return;
    }
    const double *chances =
        (const double *)walk->chances.items + (size_t)top->branch_first * compiler->belief_count;
    for (uint32_t belief = 0; belief < compiler->belief_count; belief++)
        walk->chance[belief * walk->compiler->game->tables.node_count + node] =
            chances[belief * top->branch_count + top->branch];
}

// Chances of the frame's branches lie in `chances` where its branches lie in `branches`, a row for
// each prior.
static void push_chances(Walk *walk, const Frame *frame)
{
    Compiler *compiler = walk->compiler;
    const int16_t *branches = (const int16_t *)walk->branches.items + frame->branch_first;
    while (walk->chances.count < walk->branches.count * compiler->belief_count) {
        if (quid__vector_push(&walk->chances) == NULL)
            return;
    }
    if (frame->set == QUID_CHANCE)
        quid__branch_chances(compiler, frame->step, branches, frame->branch_count,
                             (double *)walk->chances.items +
                                 (size_t)frame->branch_first * compiler->belief_count);
}

static void enter_node(Walk *walk, Frame frame)
{
    frame.node = (uint32_t)walk->node_count;
    frame.set = QUID_CHANCE;
    walk->step_nodes[frame.step] += 1;
    if (walk->is_filling) {
        if (!is_chance(walk, frame.step))
            frame.set = find_set(walk, &frame);
        fill_edge(walk, frame.node);
        walk->set[frame.node] = frame.set;
        walk->node_step[frame.node] = frame.step;
        push_chances(walk, &frame);
    }
    walk->node_count += 1;
    Frame *added = quid__vector_push(&walk->frames);
    if (added != NULL)
        *added = frame;
}

static void enter_terminal(Walk *walk)
{
    const Compiler *compiler = walk->compiler;
    const uint32_t step_count = compiler->steps.steps.count;
    if (walk->is_filling) {
        const uint32_t node = (uint32_t)walk->node_count;
        fill_edge(walk, node);
        walk->set[node] = QUID_TERMINAL;
        walk->node_step[node] = QUID_NO_INDEX;
        memcpy(walk->slots + walk->terminal_count * step_count, compiler->slots,
               step_count * sizeof(int16_t));
    }
    walk->node_count += 1;
    walk->terminal_count += 1;
}

// From a step to the end of the history, taking the first branch everywhere.
static void descend(Walk *walk, uint32_t step)
{
    Compiler *compiler = walk->compiler;
    const uint32_t step_count = compiler->steps.steps.count;
    int16_t slots[QUID_CHOICE_COUNT_MAX + 1]; // an event: also that it has not happened yet
    for (; step < step_count; step++) {
        const uint32_t count = quid__branches(compiler, step, slots);
        QUID_ASSERT(count <= QUID_CHOICE_COUNT_MAX + 1);
        compiler->slots[step] = count == 0 ? QUID_NO_SLOT : slots[0];
        if (count < 2)
            continue; // nothing to decide: no node
        const Frame frame = {
            .step = step, .branch_count = count, .branch_first = walk->branches.count};
        for (uint32_t i = 0; i < count; i++) {
            int16_t *slot = quid__vector_push(&walk->branches);
            if (slot == NULL)
                return;
            *slot = slots[i];
        }
        enter_node(walk, frame);
    }
    enter_terminal(walk);
}

// The next history: the last node with a branch left takes it. false: there is none.
static bool advance(Walk *walk, uint32_t *step)
{
    while (walk->frames.count > 0) {
        Frame *top = &QUID_AT(&walk->frames, Frame, walk->frames.count - 1);
        if (++top->branch < top->branch_count) {
            walk->compiler->slots[top->step] =
                QUID_AT(&walk->branches, int16_t, top->branch_first + top->branch);
            *step = top->step + 1;
            return true;
        }
        walk->branches.count = top->branch_first;
        if (walk->chances.count > top->branch_first * walk->compiler->belief_count)
            walk->chances.count = top->branch_first * walk->compiler->belief_count;
        walk->frames.count -= 1;
    }
    return false;
}

static void report_too_large(Walk *walk)
{
    Compiler *compiler = walk->compiler;
    uint32_t largest = 0;
    uint32_t chance_count = 0;
    for (uint32_t i = 0; i < compiler->steps.steps.count; i++) {
        largest = walk->step_nodes[i] > walk->step_nodes[largest] ? i : largest;
        chance_count += compiler->prober.steps[i].kind == QUID_STEP_EVENT;
    }
    const QuidDealTables *model = compiler->model;
    const QuidStep *step = &compiler->prober.steps[largest];
    quid__report(compiler->context, QUID_E0851_TREE_TOO_LARGE,
                 step->kind == QUID_STEP_MOVE ? model->moves[step->thing].origin.span
                                              : model->events[step->thing].origin.span,
                 "the tree of what may happen has more than %u nodes", QUID_DEAL_NODE_COUNT_MAX);
    quid__report_hint(
        compiler->context,
        "it is cut at %u dates of moves, with %u times an event may fall between two of them: "
        "take dates away from moves, or let an event be seen only by those whom it concerns "
        "(`seen by`, `blind to`)",
        compiler->steps.epochs.count, chance_count);
    for (uint32_t i = 1; i < model->move_count; i++) {
        if (model->moves[i].date_count > 1)
            quid__report_related(compiler->context, model->moves[i].origin.span,
                                 "%u dates, %u options each", model->moves[i].date_count,
                                 model->moves[i].option_count);
    }
    compiler->status = QUID_INVALID;
}

static void walk_all(Walk *walk)
{
    walk->node_count = 0;
    walk->terminal_count = 0;
    uint32_t step = 0;
    do {
        descend(walk, step);
        if (walk_has_failed(walk))
            walk->compiler->status = QUID_NO_MEMORY;
        if (walk->node_count > QUID_DEAL_NODE_COUNT_MAX && walk->compiler->status == QUID_OK)
            report_too_large(walk);
    } while (walk->compiler->status == QUID_OK && advance(walk, &step));
}

// ---- Filling

static void reserve_tables(Walk *walk)
{
    Compiler *compiler = walk->compiler;
    QuidGame *game = compiler->game;
    const size_t node_count = (size_t)walk->node_count;
    const size_t step_count = compiler->steps.steps.count;
    game->tables.node_count = (uint32_t)node_count;
    game->tables.terminal_count = (uint32_t)walk->terminal_count;
    game->tables.belief_count = compiler->belief_count;
    walk->parent = quid__arena_push(&game->arena, node_count * sizeof(uint32_t));
    walk->set = quid__arena_push(&game->arena, node_count * sizeof(uint32_t));
    walk->edge = quid__arena_push(&game->arena, node_count * sizeof(uint32_t));
    walk->node_step = quid__arena_push(&game->arena, node_count * sizeof(uint32_t));
    walk->node_slot = quid__arena_push(&game->arena, node_count * sizeof(int16_t));
    walk->chance =
        quid__arena_push(&game->arena, node_count * compiler->belief_count * sizeof(double));
    walk->slots = quid__arena_push(&game->arena, ((size_t)walk->terminal_count * step_count + 1) *
                                                     sizeof(int16_t));
    if (game->arena.has_failed)
        compiler->status = QUID_NO_MEMORY;
}

// Sets in the order of players, then of first visit; actions follow their sets. new_action: by
// action as found.
static void number_sets(Walk *walk, uint32_t *new_action)
{
    Compiler *compiler = walk->compiler;
    uint32_t number = 0;
    uint32_t action = 0;
    for (uint32_t party = 1; party < compiler->model->party_count; party++) {
        for (uint32_t i = 0; i < walk->sets.count; i++) {
            Found *found = &QUID_AT(&walk->sets, Found, i);
            const QuidStep *step = &compiler->prober.steps[found->step];
            if (compiler->model->moves[step->thing].party.index != party)
                continue;
            found->number = number++;
            for (uint32_t n = 0; n < found->action_count; n++)
                new_action[found->action_first + n] = action++;
        }
    }
}

static void fill_sets(Walk *walk, const uint32_t *new_action)
{
    Compiler *compiler = walk->compiler;
    const QuidDealTables *model = compiler->model;
    QuidGame *game = compiler->game;
    QuidGameTables *tables = &game->tables;
    const size_t set_count = walk->sets.count;
    uint32_t *player = quid__arena_push(&game->arena, (set_count + 1) * sizeof(uint32_t));
    uint32_t *set_number = quid__arena_push(&game->arena, (set_count + 1) * sizeof(uint32_t));
    uint32_t *set_step = quid__arena_push(&game->arena, (set_count + 1) * sizeof(uint32_t));
    QuidString *label = quid__arena_push(&game->arena, (set_count + 1) * sizeof(QuidString));
    QuidString *action_label =
        quid__arena_push(&game->arena, ((size_t)walk->actions.count + 1) * sizeof(QuidString));
    uint32_t *counts =
        quid__arena_push(&compiler->arena, (size_t)(model->party_count + 1) * sizeof(uint32_t));
    if (game->arena.has_failed || compiler->arena.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < set_count; i++) {
        const Found *found = &QUID_AT(&walk->sets, Found, i);
        const QuidMove *move = &model->moves[compiler->prober.steps[found->step].thing];
        player[found->number] = move->party.index;
        set_step[found->number] = found->step;
        label[found->number] = move->id;
        for (uint32_t n = 0; n < found->action_count; n++) {
            const uint32_t option =
                (uint32_t)QUID_AT(&walk->actions, int16_t, found->action_first + n);
            action_label[new_action[found->action_first + n]] =
                model->options[move->option_first + option].id;
        }
    }
    for (uint32_t i = 0; i < set_count; i++)
        set_number[i] = ++counts[player[i]];
    tables->set_count = (uint32_t)set_count;
    tables->action_count = walk->actions.count;
    tables->set_player = player;
    tables->set_number = set_number;
    tables->set_label = label;
    tables->action_label = action_label;
    game->deal_tables.set_step = set_step;
}

static void renumber_nodes(Walk *walk, const uint32_t *new_action)
{
    for (uint64_t node = 0; node < walk->node_count; node++) {
        if (node > 0 && walk->set[walk->parent[node]] < QUID_TERMINAL)
            walk->edge[node] = new_action[walk->edge[node]];
    }
    for (uint64_t node = 0; node < walk->node_count; node++) {
        if (walk->set[node] < QUID_TERMINAL)
            walk->set[node] = QUID_AT(&walk->sets, Found, walk->set[node]).number;
    }
}

static void fill_players(Compiler *compiler)
{
    const QuidDealTables *model = compiler->model;
    QuidGameTables *tables = &compiler->game->tables;
    const size_t count = model->party_count;
    QuidString *label = quid__arena_push(&compiler->game->arena, count * sizeof(QuidString));
    uint32_t *belief = quid__arena_push(&compiler->game->arena, count * sizeof(uint32_t));
    if (compiler->game->arena.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    for (uint32_t party = 1; party < count; party++) {
        label[party - 1] = model->partys[party].id;
        belief[party - 1] = compiler->belief_of_party[party];
    }
    tables->player_count = model->party_count - 1;
    tables->player_label = label;
    tables->player_belief = belief;
}

static void publish(Walk *walk)
{
    Compiler *compiler = walk->compiler;
    QuidGame *game = compiler->game;
    game->tables.parent = walk->parent;
    game->tables.set = walk->set;
    game->tables.edge = walk->edge;
    game->tables.chance = walk->chance;
    game->deal_tables.node_step = walk->node_step;
    game->deal_tables.node_slot = walk->node_slot;
    game->deal_tables.slots = walk->slots;
}

static void fill_tree(Walk *walk)
{
    Compiler *compiler = walk->compiler;
    walk->is_filling = true;
    reserve_tables(walk);
    if (compiler->status == QUID_OK)
        walk_all(walk);
    uint32_t *new_action =
        quid__arena_push(&compiler->arena, ((size_t)walk->actions.count + 1) * sizeof(uint32_t));
    if (new_action == NULL)
        compiler->status = QUID_NO_MEMORY;
    if (compiler->status != QUID_OK)
        return;
    number_sets(walk, new_action);
    fill_sets(walk, new_action);
    if (compiler->status == QUID_OK)
        renumber_nodes(walk, new_action);
    publish(walk);
}

// ---- Passes

static void open_conditions(Compiler *compiler)
{
    const QuidDealTables *model = compiler->model;
    compiler->move_conditions =
        quid__arena_push(&compiler->arena, (size_t)(model->move_count + 1) * sizeof(Probe));
    compiler->option_conditions =
        quid__arena_push(&compiler->arena, (size_t)(model->option_count + 1) * sizeof(Probe));
    if (compiler->arena.has_failed)
        compiler->status = QUID_NO_MEMORY;
    for (uint32_t i = 1; i < model->move_count && compiler->status == QUID_OK; i++) {
        compiler->move_conditions[i] =
            (Probe){.kind = PROBE_CONDITION, .amount = model->moves[i].condition};
        if (model->moves[i].condition.index != 0)
            compiler->status = quid__probe_open(&compiler->prober, &compiler->move_conditions[i]);
    }
    for (uint32_t i = 0; i < model->option_count && compiler->status == QUID_OK; i++) {
        compiler->option_conditions[i] =
            (Probe){.kind = PROBE_CONDITION, .amount = model->options[i].condition};
        if (model->options[i].condition.index != 0)
            compiler->status = quid__probe_open(&compiler->prober, &compiler->option_conditions[i]);
    }
}

typedef void (*ProbeVisit)(Compiler *compiler, Probe *probe, void *user);

static void visit_probes(Compiler *compiler, ProbeVisit visit, void *user)
{
    const QuidDealTables *model = compiler->model;
    const struct {
        Probe *probes;
        uint32_t count;
    } lists[] = {{compiler->move_conditions, model->move_count},
                 {compiler->option_conditions, model->option_count},
                 {compiler->outcome_chances, model->outcome_count},
                 {compiler->belief_chances, model->belief_count},
                 {compiler->worths, model->worth_count}};
    for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
        for (uint32_t i = 0; lists[list].probes != NULL && i < lists[list].count; i++)
            visit(compiler, &lists[list].probes[i], user);
    }
}

// Events that decide whether a move comes up, what it may choose, or how likely another event is.
static void mark_events(Compiler *compiler, Probe *probe, void *user)
{
    bool *matters = user;
    (void)compiler;
    if (probe->program == NULL || probe->kind == PROBE_WORTH)
        return;
    const QuidDependencies rests = quid_program_dependencies(probe->program, 0);
    for (uint32_t i = 0; i < rests.event_count; i++)
        matters[rests.events[i]] = true;
}

static void bind_probe(Compiler *compiler, Probe *probe, void *user)
{
    (void)user;
    if (probe->program != NULL && !quid__probe_bind(&compiler->prober, probe))
        compiler->status = QUID_NO_MEMORY;
}

static void free_probe(Compiler *compiler, Probe *probe, void *user)
{
    (void)compiler;
    (void)user;
    quid__probe_free(probe);
}

// How likely an event that has not happened before the interval is to happen within it.
static double hazard(const Compiler *compiler, const QuidStep *step)
{
    const double before = step->begin <= -QUID_NEVER
                              ? 0
                              : quid_program_event_cdf(compiler->deal, step->thing, step->begin);
    const double after = quid_program_event_cdf(compiler->deal, step->thing, step->end);
    if (before >= 1)
        return 0;
    const double chance = (after - before) / (1 - before);
    return chance > 1 ? 1 : chance;
}

static void list_steps(Compiler *compiler)
{
    QuidGame *game = compiler->game;
    bool *matters = quid__arena_push(&compiler->arena, compiler->model->event_count);
    if (matters == NULL) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    visit_probes(compiler, mark_events, matters);
    if (!quid__steps_list(&compiler->steps, compiler->context, compiler->deal, &compiler->options,
                          matters)) {
        compiler->status =
            compiler->steps.steps.count > QUID_STEP_COUNT_MAX ? QUID_INVALID : QUID_NO_MEMORY;
        return;
    }
    const uint32_t step_count = compiler->steps.steps.count;
    QuidStep *steps = quid__arena_push(&game->arena, ((size_t)step_count + 1) * sizeof *steps);
    QuidDate *epochs =
        quid__arena_push(&game->arena, ((size_t)compiler->steps.epochs.count + 1) * sizeof *epochs);
    compiler->slots =
        quid__arena_push(&compiler->arena, ((size_t)step_count + 1) * sizeof(int16_t));
    compiler->hazards =
        quid__arena_push(&compiler->arena, ((size_t)step_count + 1) * sizeof(double));
    if (game->arena.has_failed || compiler->arena.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < step_count; i++)
        steps[i] = QUID_AT(&compiler->steps.steps, QuidStep, i);
    for (uint32_t i = 0; i < compiler->steps.epochs.count; i++)
        epochs[i] = QUID_AT(&compiler->steps.epochs, QuidDate, i);
    game->deal_tables.steps = steps;
    game->deal_tables.step_count = step_count;
    game->deal_tables.epochs = epochs;
    game->deal_tables.epoch_count = compiler->steps.epochs.count;
    for (uint32_t i = 0; i < step_count; i++)
        compiler->hazards[i] = steps[i].kind == QUID_STEP_EVENT ? hazard(compiler, &steps[i]) : 1;
    compiler->prober.steps = steps;
    compiler->prober.step_count = step_count;
    visit_probes(compiler, bind_probe, NULL);
}

static void build_tree(Compiler *compiler)
{
    compiler->status = quid__shape_note(compiler);
    compiler->has_base_tree = compiler->status == QUID_OK && quid__shape_is_base(compiler);
    if (compiler->has_base_tree)
        quid__retrace_tree(compiler);
    if (compiler->has_base_tree || compiler->status != QUID_OK)
        return;
    Walk walk;
    walk_init(&walk, compiler);
    if (walk.step_nodes == NULL || walk_has_failed(&walk))
        compiler->status = QUID_NO_MEMORY;
    else
        walk_all(&walk);
    if (compiler->status == QUID_OK)
        fill_tree(&walk);
    walk_free(&walk);
}

// A party that is blind to what it saw before would have to forget it.
static void report_forgotten(Compiler *compiler, QuidForgotten forgotten)
{
    const QuidGame *game = compiler->game;
    const QuidStep *step = &game->deal_tables.steps[game->deal_tables.node_step[forgotten.second]];
    const QuidMove *move = &compiler->model->moves[step->thing];
    quid__report(compiler->context, QUID_E0853_FORGETS, move->origin.span,
                 "`%.*s` is blind to something that its party knew at an earlier move",
                 QUID_PRINT(move->id));
    quid__report_hint(
        compiler->context,
        "what a party has once seen it remembers: make the earlier move blind to it too, "
        "or this one not");
    compiler->status = QUID_INVALID;
}

static void finish_game(Compiler *compiler)
{
    QuidForgotten forgotten = {QUID_NO_INDEX, QUID_NO_INDEX};
    if (compiler->has_base_tree) {
        compiler->status = quid__game_rank_payoffs(compiler->game) ? QUID_OK : QUID_NO_MEMORY;
        return;
    }
    const QuidStatus status = quid__game_finish(compiler->game, &forgotten);
    if (status == QUID_INVALID)
        report_forgotten(compiler, forgotten);
    else
        compiler->status = status;
}

QuidStatus quid__game_compile(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                              const QuidGameOptions *options, const QuidGame *base, QuidPool *pool,
                              QuidGame **result)
{
    QUID_ASSERT(options->cookie == GAME_OPTIONS_COOKIE);
    Compiler compiler = {.context = context,
                         .deal = deal,
                         .model = quid_deal_tables(deal),
                         .options = *options,
                         .base = base,
                         .pool = pool,
                         .game = quid__game_create(context)};
    if (compiler.game == NULL)
        return QUID_NO_MEMORY;
    compiler.game->deal = deal;
    quid__arena_init(&compiler.arena, context);
    quid__steps_init(&compiler.steps, context);
    compiler.prober = (Prober){.context = context,
                               .deal = deal,
                               .model = compiler.model,
                               .rates = ledger,
                               .options = &compiler.options,
                               .arena = &compiler.arena,
                               .known = base == NULL ? NULL : &base->valuations,
                               .made = &compiler.game->valuations};
    quid__names_init(&compiler.game->valuations.keys, context);
    quid__vector_init(&compiler.game->valuations.values, context, sizeof(Valuation));
    quid__vector_init(&compiler.game->values, context, sizeof(double));
    quid__vector_init(&compiler.game->value_errors, context, sizeof(double));
    static void (*const passes[])(Compiler *) = {
        open_conditions, quid__open_chances, fill_players,       quid__open_worths,
        list_steps,      build_tree,         quid__fill_payoffs, finish_game,
    };
    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && compiler.status == QUID_OK; i++)
        passes[i](&compiler);
    visit_probes(&compiler, free_probe, NULL);
    quid__steps_free(&compiler.steps);
    quid__arena_free(&compiler.arena);
    if (compiler.status != QUID_OK) {
        quid_game_free(compiler.game);
        return compiler.status;
    }
    *result = compiler.game;
    return QUID_OK;
}

QuidStatus quid_game_compile(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                             const QuidGameOptions *options, QuidGame **game)
{
    return quid__game_compile(context, deal, ledger, options, NULL, NULL, game);
}
