// What the solved game says, given the facts: each move over time, payoffs, beliefs, and why.
#include "game_internal.h"

#include <stdatomic.h>

#define ANSWER_OPTIONS_COOKIE 0x414e5357u

QuidAnswerOptions quid_answer_options(void)
{
    QuidAnswerOptions options = {.solve = quid_solve_options(),
                                 .game = quid_game_options(),
                                 .has_explanations = true,
                                 .has_values = true,
                                 .has_asked_break_evens = true,
                                 .cookie = ANSWER_OPTIONS_COOKIE};
    options.solve.is_scaled = true;
    return options;
}

static uint32_t push_probabilities(QuidAnswers *answers, uint32_t count)
{
    const uint32_t first = answers->probabilities.count;
    for (uint32_t i = 0; i < count; i++) {
        if (quid__vector_push(&answers->probabilities) == NULL)
            return 0;
    }
    return first;
}

static double *probabilities_at(QuidAnswers *answers, uint32_t first)
{
    return (double *)answers->probabilities.items + first;
}

// ---- Moves over time

static void answer_epoch(Asker *asker, uint32_t number)
{
    QuidAnswers *answers = asker->answers;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    const QuidGameTables *tree = &answers->game->tables;
    const QuidStep *step = &game->steps[number];
    const QuidMove *move = &asker->model->moves[step->thing];
    QuidMoveEpoch epoch = {
        .move = step->thing, .position = step->position, .probability_count = move->option_count};
    epoch.date = asker->model->move_dates[move->date_first + step->position];
    epoch.is_past = epoch.date <= asker->facts->as_of;
    epoch.probability_first = push_probabilities(answers, move->option_count);
    QuidMoveEpoch *added = quid__vector_push(&answers->epochs);
    if (added == NULL || answers->probabilities.has_failed)
        return;
    double *probability = probabilities_at(answers, epoch.probability_first);
    for (uint32_t node = 0; node < tree->node_count; node++) {
        const uint32_t terminal = tree->terminal[node];
        if (terminal == QUID_NO_INDEX)
            continue;
        const int16_t slot = game->slots[(size_t)terminal * game->step_count + number];
        if (slot == QUID_NO_SLOT)
            continue;
        probability[slot] += answers->position->tables.reach[node];
        epoch.reached += answers->position->tables.reach[node];
    }
    for (uint32_t i = 0; i < move->option_count; i++)
        probability[i] = epoch.reached > 0 ? probability[i] / epoch.reached : 0;
    epoch.reached = epoch.reached < 1 ? epoch.reached : 1; // a sum of many, rounded
    *added = epoch;
}

static void answer_moves(Asker *asker)
{
    const QuidDealGameTables *game = &asker->answers->game->deal_tables;
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        for (uint32_t i = 0; i < game->step_count; i++) {
            if (game->steps[i].kind == QUID_STEP_MOVE && game->steps[i].thing == move)
                answer_epoch(asker, i);
        }
    }
}

// ---- Payoffs

static void answer_payoffs(Asker *asker)
{
    QuidAnswers *answers = asker->answers;
    const QuidGameTables *tree = &answers->game->tables;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    double *payoff = quid__arena_push(&answers->arena, (tree->player_count + 1) * sizeof(double));
    double *error = quid__arena_push(&answers->arena, (tree->player_count + 1) * sizeof(double));
    if (payoff == NULL || error == NULL)
        return;
    for (uint32_t worth = 0; worth < asker->model->worth_count; worth++) {
        const uint32_t player = asker->model->worths[worth].party.index - 1;
        const double *reach = answers->position->tables.reach +
                              (size_t)tree->player_belief[player] * tree->node_count;
        const uint32_t *index = game->value_index + (size_t)worth * tree->terminal_count;
        for (uint32_t node = 0; node < tree->node_count; node++) {
            if (tree->terminal[node] == QUID_NO_INDEX)
                continue;
            payoff[player] += reach[node] * game->value[index[tree->terminal[node]]];
            // Lines may share what is drawn, so their errors are added, not their squares.
            error[player] += reach[node] * game->value_error[index[tree->terminal[node]]];
        }
    }
    answers->tables.payoff = payoff;
    answers->tables.payoff_error = error;
}

// ---- Beliefs along the facts

static uint32_t secret_step(const QuidDealGameTables *game, uint32_t secret)
{
    for (uint32_t i = 0; i < game->step_count; i++) {
        if (game->steps[i].kind == QUID_STEP_SECRET && game->steps[i].thing == secret)
            return i;
    }
    return QUID_NO_INDEX;
}

typedef struct Believing {
    Asker *asker;
    atomic_bool has_failed; // no memory
} Believing;

static void answer_belief(void *user, uint32_t block, uint32_t worker)
{
    Believing *believing = user;
    const Asker *asker = believing->asker;
    QuidAnswers *answers = asker->answers;
    const QuidGameTables *tree = &answers->game->tables;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    const QuidBeliefPoint *point = &QUID_AT(&answers->beliefs, QuidBeliefPoint, block);
    // Now is the end of the as-of date; an epoch is the beginning of its own.
    const double moment = (double)point->date + (point->is_now ? 1 : 0);
    const EvidenceOptions options = {moment, point->party, UINT32_MAX};
    const size_t size = tree->node_count * sizeof(double);
    Evidence evidence;
    Scales scales;
    QuidArena arena;
    (void)worker;
    quid__arena_init(&arena, asker->context);
    double *reach = quid__arena_push_bare(&arena, size);
    double *edge = quid__arena_push_bare(&arena, size);
    double *probability = probabilities_at(answers, point->probability_first);
    if (quid__scales_open(&scales, answers->game, answers->resolved.log_probability, &arena) &&
        quid__evidence(answers->game, asker->ledger, &options, &arena, &evidence)) {
        (void)quid__condition(&scales, tree->player_belief[point->party - 1], &evidence, reach,
                              edge);
        const uint32_t step = secret_step(game, point->secret);
        for (uint32_t node = 1; node < tree->node_count; node++) {
            if (game->node_step[tree->parent[node]] == step)
                probability[game->node_slot[node]] += reach[node];
        }
    } else {
        atomic_store(&believing->has_failed, true);
    }
    quid__arena_free(&arena);
}

static void add_belief(Asker *asker, uint32_t party, uint32_t secret, QuidDate date, bool is_now)
{
    QuidAnswers *answers = asker->answers;
    const uint32_t count = asker->model->events[secret].outcome_count;
    QuidBeliefPoint *added = quid__vector_push(&answers->beliefs);
    if (added != NULL)
        *added = (QuidBeliefPoint){party, secret, date, is_now, push_probabilities(answers, count),
                                   count};
}

static void answer_beliefs(Asker *asker)
{
    if (!asker->options->has_explanations)
        return;
    QuidAnswers *answers = asker->answers;
    const QuidDealTables *model = asker->model;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    for (uint32_t party = 1; party < model->party_count; party++) {
        for (uint32_t secret = 1; secret < model->event_count; secret++) {
            const bool is_others =
                model->events[secret].is_secret && model->events[secret].owner.index != party;
            if (!is_others || secret_step(game, secret) == QUID_NO_INDEX)
                continue;
            for (uint32_t i = 0; i < game->epoch_count; i++) {
                if (game->epochs[i] <= asker->facts->as_of)
                    add_belief(asker, party, secret, game->epochs[i], false);
            }
            add_belief(asker, party, secret, asker->facts->as_of, true);
        }
    }
    if (answers->beliefs.has_failed || answers->probabilities.has_failed)
        return;
    Believing believing = {.asker = asker};
    quid__pool_run(asker->pool, answers->beliefs.count, answer_belief, &believing);
    if (atomic_load(&believing.has_failed))
        asker->status = QUID_NO_MEMORY;
}

// ---- Why

// The next date of each move on which something is still to be decided.
static void find_next(Asker *asker)
{
    for (uint32_t move = 0; move < asker->model->move_count; move++)
        asker->next[move] = UINT32_MAX;
    const QuidAnswers *answers = asker->answers;
    for (uint32_t i = 0; i < answers->epochs.count; i++) {
        const QuidMoveEpoch *epoch = &QUID_AT(&answers->epochs, QuidMoveEpoch, i);
        const QuidMoveState *state = &asker->facts->moves[epoch->move];
        const bool is_recorded =
            asker->facts->choices[state->choice_first + epoch->position].option != QUID_NO_CHOICE;
        if (!epoch->is_past && !is_recorded && epoch->reached > 0 &&
            asker->next[epoch->move] == UINT32_MAX)
            asker->next[epoch->move] = epoch->position;
    }
}

// Adds up, below one branch of a node, how often each end is reached, and what the party's lines
// bring there.
static void add_branch(const Asker *asker, uint32_t child, double weight, double *pass,
                       const uint32_t *worths, uint32_t worth_count, double *amounts, double *error)
{
    const QuidAnswers *answers = asker->answers;
    const QuidGameTables *tree = &answers->game->tables;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    const uint32_t party = asker->model->worths[worths[0]].party.index;
    const double *edge =
        answers->position->tables.edge + (size_t)tree->player_belief[party - 1] * tree->node_count;
    pass[child] = weight;
    for (uint32_t node = child; node < tree->end[child]; node++) {
        if (node > child)
            pass[node] = pass[tree->parent[node]] * edge[node];
        if (tree->terminal[node] == QUID_NO_INDEX)
            continue;
        for (uint32_t i = 0; i < worth_count; i++) {
            const size_t place = (size_t)worths[i] * tree->terminal_count + tree->terminal[node];
            amounts[i] += pass[node] * game->value[game->value_index[place]];
            *error += pass[node] * game->value_error[game->value_index[place]];
        }
    }
}

typedef struct ReasonRoom {
    double *pass;     // by node
    uint32_t *worths; // rows of the party at hand
    uint32_t worth_count;
    double *amounts; // [option * worth_count + i]
    double *errors;  // by option
    double *weights; // by option: how often its branch was open
} ReasonRoom;

static void store_reasons(Asker *asker, uint32_t move, const double *probability,
                          const ReasonRoom *room)
{
    QuidAnswers *answers = asker->answers;
    for (uint32_t option = 0; option < asker->model->moves[move].option_count; option++) {
        if (room->weights[option] <= 0)
            continue;
        QuidReason reason = {.move = move,
                             .position = asker->next[move],
                             .option = option,
                             .probability = probability[option],
                             .payoff_error = room->errors[option] / room->weights[option],
                             .part_first = answers->parts.count,
                             .part_count = room->worth_count};
        for (uint32_t i = 0; i < room->worth_count; i++) {
            QuidReasonPart *part = quid__vector_push(&answers->parts);
            if (part == NULL)
                return;
            *part =
                (QuidReasonPart){room->worths[i], room->amounts[option * room->worth_count + i] /
                                                      room->weights[option]};
            reason.payoff += part->amount;
        }
        QuidReason *added = quid__vector_push(&answers->reasons);
        if (added != NULL)
            *added = reason;
    }
}

static void answer_reason(Asker *asker, uint32_t move, ReasonRoom *room)
{
    QuidAnswers *answers = asker->answers;
    const QuidGameTables *tree = &answers->game->tables;
    const QuidDealGameTables *game = &answers->game->deal_tables;
    const QuidMove *what = &asker->model->moves[move];
    const double *reach = answers->position->tables.reach +
                          (size_t)tree->player_belief[what->party.index - 1] * tree->node_count;
    room->worth_count = 0;
    for (uint32_t i = 0; i < asker->model->worth_count; i++) {
        if (asker->model->worths[i].party.index == what->party.index)
            room->worths[room->worth_count++] = i;
    }
    for (uint32_t i = 0; i < what->option_count * (room->worth_count + 1); i++)
        room->amounts[i] = 0;
    for (uint32_t i = 0; i < what->option_count; i++)
        room->errors[i] = room->weights[i] = 0;
    for (uint32_t node = 0; node < tree->node_count; node++) {
        const uint32_t number = game->node_step[node];
        if (number == QUID_NO_INDEX || game->steps[number].kind != QUID_STEP_MOVE ||
            game->steps[number].thing != move ||
            game->steps[number].position != asker->next[move] || reach[node] <= 0)
            continue;
        for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
            const uint32_t option = (uint32_t)game->node_slot[child];
            room->weights[option] += reach[node];
            if (room->worth_count > 0)
                add_branch(asker, child, reach[node], room->pass, room->worths, room->worth_count,
                           room->amounts + (size_t)option * room->worth_count,
                           &room->errors[option]);
        }
    }
    for (uint32_t i = 0; i < answers->epochs.count; i++) {
        const QuidMoveEpoch *epoch = &QUID_AT(&answers->epochs, QuidMoveEpoch, i);
        if (epoch->move == move && epoch->position == asker->next[move])
            store_reasons(asker, move, probabilities_at(answers, epoch->probability_first), room);
    }
}

static void answer_reasons(Asker *asker)
{
    if (!asker->options->has_explanations)
        return;
    const size_t worth_count = asker->model->worth_count + 1;
    QuidArena arena;
    quid__arena_init(&arena, asker->context);
    ReasonRoom room = {
        .pass = quid__arena_push(&arena, asker->answers->game->tables.node_count * sizeof(double)),
        .worths = quid__arena_push(&arena, worth_count * sizeof(uint32_t)),
        .amounts = quid__arena_push(&arena, (asker->model->option_count + 1) * worth_count *
                                                sizeof(double)),
        .errors = quid__arena_push(&arena, (asker->model->option_count + 1) * sizeof(double)),
        .weights = quid__arena_push(&arena, (asker->model->option_count + 1) * sizeof(double)),
    };
    if (arena.has_failed)
        asker->answers->reasons.has_failed = true;
    for (uint32_t move = 1; move < asker->model->move_count && !arena.has_failed; move++) {
        if (asker->next[move] != UINT32_MAX)
            answer_reason(asker, move, &room);
    }
    quid__arena_free(&arena);
}

// ---- What if

typedef struct WhatIfs {
    Asker *asker;
    QuidVector searches;
    QuidVector changes;
} WhatIfs;

static void solve_what_if(void *user, uint32_t block, uint32_t worker)
{
    WhatIfs *what_ifs = user;
    (void)worker;
    if (block < what_ifs->searches.count)
        quid__run_search(what_ifs->asker, &what_ifs->searches, block);
    else
        quid__solve_change(what_ifs->asker, &what_ifs->changes, block - what_ifs->searches.count);
}

// Break-evens, which solve dozens of games each, and values: one run of the pool for all, the
// longest first, so that nobody waits for a last long one.
static void answer_what_ifs(Asker *asker)
{
    WhatIfs what_ifs = {.asker = asker};
    quid__list_searches(asker, &what_ifs.searches);
    quid__list_changes(asker, &what_ifs.changes);
    const uint32_t count = what_ifs.searches.count + what_ifs.changes.count;
    if (count == 1) // shares its own work among the threads
        solve_what_if(&what_ifs, 0, 0);
    else
        quid__pool_run(asker->pool, count, solve_what_if, &what_ifs);
    quid__store_changes(asker, &what_ifs.changes);
    quid__store_searches(asker, &what_ifs.searches);
}

// ---- The whole

static void init_answers(QuidAnswers *answers, QuidContext *context)
{
    *answers = (QuidAnswers){.context = context};
    quid__arena_init(&answers->arena, context);
    quid__vector_init(&answers->epochs, context, sizeof(QuidMoveEpoch));
    quid__vector_init(&answers->beliefs, context, sizeof(QuidBeliefPoint));
    quid__vector_init(&answers->reasons, context, sizeof(QuidReason));
    quid__vector_init(&answers->parts, context, sizeof(QuidReasonPart));
    quid__vector_init(&answers->values, context, sizeof(QuidValue));
    quid__vector_init(&answers->break_evens, context, sizeof(QuidBreakEven));
    quid__vector_init(&answers->probabilities, context, sizeof(double));
}

static bool answers_have_failed(const QuidAnswers *answers)
{
    return answers->arena.has_failed || answers->epochs.has_failed || answers->beliefs.has_failed ||
           answers->reasons.has_failed || answers->parts.has_failed || answers->values.has_failed ||
           answers->break_evens.has_failed || answers->probabilities.has_failed;
}

static void publish(QuidAnswers *answers)
{
    QuidAnswerTables *tables = &answers->tables;
    tables->game = answers->game;
    tables->solution = answers->resolved.solution;
    tables->position = answers->position;
    tables->epochs = answers->epochs.items;
    tables->epoch_count = answers->epochs.count;
    tables->beliefs = answers->beliefs.items;
    tables->belief_count = answers->beliefs.count;
    tables->reasons = answers->reasons.items;
    tables->reason_count = answers->reasons.count;
    tables->parts = answers->parts.items;
    tables->values = answers->values.items;
    tables->value_count = answers->values.count;
    tables->break_evens = answers->break_evens.items;
    tables->break_even_count = answers->break_evens.count;
    tables->probabilities = answers->probabilities.items;
}

QuidStatus quid_game_answer(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                            const QuidAnswerOptions *options, QuidAnswers **result)
{
    QUID_ASSERT(options->cookie == ANSWER_OPTIONS_COOKIE);
    QuidAnswers *answers = quid__allocate(context, sizeof *answers);
    if (answers == NULL)
        return QUID_NO_MEMORY;
    init_answers(answers, context);
    Asker asker = {.context = context,
                   .deal = deal,
                   .model = quid_deal_tables(deal),
                   .ledger = ledger,
                   .facts = quid_ledger_tables(ledger),
                   .options = options,
                   .answers = answers};
    asker.solve = options->solve;
    if (!options->has_precision)
        asker.solve.lambda = asker.model->precision;
    asker.next =
        quid__arena_push(&answers->arena, (asker.model->move_count + 1) * sizeof(uint32_t));
    asker.pool = quid__pool_create(context, asker.solve.thread_count);
    QuidStatus status = asker.next == NULL ? QUID_NO_MEMORY : QUID_OK;
    if (status == QUID_OK)
        status = quid__game_compile(context, deal, ledger, &options->game,
                                    options->base == NULL ? NULL : options->base->game, asker.pool,
                                    &answers->game);
    if (status == QUID_OK)
        status = quid__solve_deal(&asker, answers->game, &answers->resolved);
    if (status == QUID_OK)
        status = quid__position_checked(context, answers->game, answers->resolved.log_probability,
                                        ledger, options->is_quiet, &answers->position);
    static void (*const passes[])(Asker *) = {answer_moves, answer_payoffs, answer_beliefs,
                                              find_next,    answer_reasons, answer_what_ifs};
    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && status == QUID_OK; i++) {
        passes[i](&asker);
        status = answers_have_failed(answers) ? QUID_NO_MEMORY : asker.status;
    }
    quid__pool_free(asker.pool);
    if (status != QUID_OK) {
        quid_answers_free(answers);
        return status;
    }
    publish(answers);
    *result = answers;
    return QUID_OK;
}

void quid_answers_free(QuidAnswers *answers)
{
    if (answers == NULL)
        return;
    quid_position_free(answers->position);
    quid__resolved_free(answers->context, &answers->resolved);
    quid_game_free(answers->game);
    quid__vector_free(&answers->epochs);
    quid__vector_free(&answers->beliefs);
    quid__vector_free(&answers->reasons);
    quid__vector_free(&answers->parts);
    quid__vector_free(&answers->values);
    quid__vector_free(&answers->break_evens);
    quid__vector_free(&answers->probabilities);
    quid__arena_free(&answers->arena);
    quid__release(answers->context, answers, sizeof *answers);
}

const QuidAnswerTables *quid_answer_tables(const QuidAnswers *answers)
{
    return &answers->tables;
}
