// The tree of a changed game. Most changes (an amount, a chance, a belief) leave its shape alone:
// then it is the base's, with chances of its own.
#include "game_internal.h"

#include <string.h>

// ---- What the shape rests on

static bool is_same_step(const QuidStep *left, const QuidStep *right)
{
    return left->kind == right->kind && left->thing == right->thing &&
           left->position == right->position && left->epoch == right->epoch &&
           left->begin <= right->begin && left->begin >= right->begin && left->end <= right->end &&
           left->end >= right->end;
}

static QuidFingerprint print_of(const Probe *probe)
{
    return probe->program == NULL ? (QuidFingerprint){{0, 0}} : probe->fingerprint;
}

QuidStatus quid__shape_note(Compiler *compiler)
{
    const QuidDealTables *model = compiler->model;
    QuidGame *game = compiler->game;
    Shape *shape = &game->shape;
    const uint32_t step_count = game->deal_tables.step_count;
    shape->condition_count = model->move_count + model->option_count;
    shape->conditions =
        quid__arena_push(&game->arena, shape->condition_count * sizeof *shape->conditions);
    shape->hazards = quid__arena_push(&game->arena, ((size_t)step_count + 1) * sizeof(Hazard));
    if (game->arena.has_failed)
        return QUID_NO_MEMORY;
    for (uint32_t i = 1; i < model->move_count; i++)
        shape->conditions[i] = print_of(&compiler->move_conditions[i]);
    for (uint32_t i = 0; i < model->option_count; i++)
        shape->conditions[model->move_count + i] = print_of(&compiler->option_conditions[i]);
    for (uint32_t i = 0; i < step_count; i++)
        shape->hazards[i] = compiler->hazards[i] <= 0   ? HAZARD_NONE
                            : compiler->hazards[i] >= 1 ? HAZARD_CERTAIN
                                                        : HAZARD_OPEN;
    return QUID_OK;
}

bool quid__shape_is_base(const Compiler *compiler)
{
    if (compiler->base == NULL)
        return false;
    const QuidDealGameTables *left = &compiler->base->deal_tables;
    const QuidDealGameTables *right = &compiler->game->deal_tables;
    const Shape *base = &compiler->base->shape;
    const Shape *own = &compiler->game->shape;
    if (left->step_count != right->step_count || base->condition_count != own->condition_count ||
        memcmp(base->conditions, own->conditions, own->condition_count * sizeof *own->conditions) !=
            0 ||
        memcmp(base->hazards, own->hazards, left->step_count * sizeof *own->hazards) != 0)
        return false;
    for (uint32_t i = 0; i < left->step_count; i++) {
        if (!is_same_step(&left->steps[i], &right->steps[i]))
            return false;
    }
    return true;
}

// ---- Its chances

// Chances of the edges below a node of chance. slots: of a history through the node.
static void fill_chances(Compiler *compiler, uint32_t node, const int16_t *slots, double *chance)
{
    const QuidGameTables *tables = &compiler->base->tables;
    const QuidDealGameTables *deal = &compiler->base->deal_tables;
    const uint32_t step = deal->node_step[node];
    int16_t branches[QUID_CHOICE_COUNT_MAX + 1];
    double chances[(QUID_CHOICE_COUNT_MAX + 1) * (QUID_GAME_PLAYER_COUNT_MAX + 1)];
    uint32_t count = 0;
    memcpy(compiler->slots, slots, step * sizeof *slots);
    for (uint32_t child = node + 1; child < tables->end[node]; child = tables->end[child])
        branches[count++] = deal->node_slot[child];
    quid__branch_chances(compiler, step, branches, count, chances);
    uint32_t branch = 0;
    for (uint32_t child = node + 1; child < tables->end[node]; child = tables->end[child]) {
        for (uint32_t belief = 0; belief < compiler->belief_count; belief++)
            chance[(size_t)belief * tables->node_count + child] = chances[belief * count + branch];
        branch += 1;
    }
}

static double *retrace_chances(Compiler *compiler)
{
    const QuidGameTables *tables = &compiler->base->tables;
    const QuidDealGameTables *deal = &compiler->base->deal_tables;
    const size_t count = (size_t)tables->node_count * compiler->belief_count;
    double *chance = quid__arena_push(&compiler->game->arena, count * sizeof *chance);
    if (chance == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        chance[i] = 1;
    uint32_t terminal = 0; // the next in preorder: its history passes the node at hand
    for (uint32_t node = 0; node < tables->node_count; node++) {
        if (tables->set[node] == QUID_CHANCE)
            fill_chances(compiler, node, deal->slots + (size_t)terminal * deal->step_count, chance);
        terminal += tables->set[node] == QUID_TERMINAL;
    }
    return chance;
}

void quid__retrace_tree(Compiler *compiler)
{
    QuidGame *game = compiler->game;
    const QuidGame *base = compiler->base;
    const double *chance = retrace_chances(compiler);
    if (chance == NULL || compiler->prober.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    const QuidGameTables own = game->tables;
    game->tables = base->tables;
    game->tables.belief_count = compiler->belief_count;
    game->tables.chance = chance;
    game->tables.player_label = own.player_label;
    game->tables.player_belief = own.player_belief;
    game->set_before = base->set_before;
    game->deal_tables.node_step = base->deal_tables.node_step;
    game->deal_tables.node_slot = base->deal_tables.node_slot;
    game->deal_tables.slots = base->deal_tables.slots;
    game->deal_tables.set_step = base->deal_tables.set_step;
}
