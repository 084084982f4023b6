// What a party knows in a situation: what is the same in every history that it may be in.
#include "situations.h"

typedef struct Reader {
    const Brief *brief;
    const QuidGameTables *tree;
    const QuidDealGameTables *game;
} Reader;

static Reader reader_of(const Brief *brief)
{
    return (Reader){brief, quid_game_tables(brief->answers->game),
                    quid_game_deal_tables(brief->answers->game)};
}

// The slot of an earlier step in the histories through a node: any end below it has it.
static int16_t slot_at(const Reader *reader, uint32_t node, uint32_t step)
{
    while (reader->tree->terminal[node] == QUID_NO_INDEX)
        node += 1;
    return reader->game
        ->slots[(size_t)reader->tree->terminal[node] * reader->game->step_count + step];
}

// The slot that a step has in all nodes of the set: true.
static bool common_slot(const Reader *reader, uint32_t set, uint32_t step, int16_t *slot)
{
    const QuidGameTables *tree = reader->tree;
    const uint32_t first = tree->set_node_first[set];
    const uint32_t end = tree->set_node_first[set + 1];
    *slot = slot_at(reader, tree->set_nodes[first], step);
    for (uint32_t i = first + 1; i < end; i++) {
        if (slot_at(reader, tree->set_nodes[i], step) != *slot)
            return false;
    }
    return true;
}

static void add_secret(const Reader *reader, QuidArena *arena, uint32_t set, uint32_t step,
                       Knowledge *knowledge)
{
    int16_t slot;
    if (!common_slot(reader, set, step, &slot) || slot == QUID_NO_SLOT)
        return;
    knowledge->choice = quid__arena_push(arena, sizeof(uint32_t));
    if (knowledge->choice == NULL)
        return;
    knowledge->thing = (QuidThing){QUID_THING_EVENT, reader->game->steps[step].thing};
    knowledge->choice[0] = (uint32_t)slot;
    knowledge->choice_count = 1;
}

// An event is cut into intervals: it happened in one of them, or in none so far. Where one of them
// differs within the set, the mover does not know.
static void add_event(const Reader *reader, QuidArena *arena, uint32_t set, uint32_t event,
                      Knowledge *knowledge)
{
    int16_t known = 0;
    bool has_step = false;
    for (uint32_t step = 0; step < reader->game->set_step[set]; step++) {
        const QuidStep *what = &reader->game->steps[step];
        int16_t slot;
        if (what->kind != QUID_STEP_EVENT || what->thing != event)
            continue;
        if (!common_slot(reader, set, step, &slot))
            return;
        has_step = true;
        known = slot > 0 ? slot : known;
    }
    knowledge->choice = quid__arena_push(arena, sizeof(uint32_t));
    if (!has_step || knowledge->choice == NULL)
        return;
    knowledge->thing = (QuidThing){QUID_THING_EVENT, event};
    knowledge->is_pending = known == 0;
    knowledge->choice[0] = known > 0 ? (uint32_t)known - 1 : 0;
    knowledge->choice_count = known > 0;
}

static void add_move(const Reader *reader, QuidArena *arena, uint32_t set, uint32_t move,
                     Knowledge *knowledge)
{
    const uint32_t date_count = reader->brief->model->moves[move].date_count;
    knowledge->choice = quid__arena_push(arena, (date_count + (size_t)1) * sizeof(uint32_t));
    if (knowledge->choice == NULL)
        return;
    for (uint32_t step = 0; step < reader->game->set_step[set]; step++) {
        const QuidStep *what = &reader->game->steps[step];
        int16_t slot;
        if (what->kind == QUID_STEP_MOVE && what->thing == move &&
            common_slot(reader, set, step, &slot) && slot != QUID_NO_SLOT)
            knowledge->choice[knowledge->choice_count++] = (uint32_t)slot;
    }
    if (knowledge->choice_count > 0)
        knowledge->thing = (QuidThing){QUID_THING_MOVE, move};
}

const Knowledge *quid__brief_knowledge(Brief *brief, uint32_t set, uint32_t *count)
{
    const Reader reader = reader_of(brief);
    QuidArena *arena = &brief->page.arena;
    const size_t most = brief->model->event_count + (size_t)brief->model->move_count;
    Knowledge *list = quid__arena_push(arena, (most + 1) * sizeof *list);
    *count = 0;
    if (list == NULL)
        return NULL;
    for (uint32_t step = 0; step < reader.game->set_step[set]; step++) {
        if (reader.game->steps[step].kind == QUID_STEP_SECRET) {
            add_secret(&reader, arena, set, step, &list[*count]);
            *count += list[*count].thing.kind != QUID_THING_NONE;
        }
    }
    for (uint32_t event = 1; event < brief->model->event_count; event++) {
        if (!brief->model->events[event].is_secret)
            add_event(&reader, arena, set, event, &list[*count]);
        *count += list[*count].thing.kind != QUID_THING_NONE;
    }
    for (uint32_t move = 1; move < brief->model->move_count; move++) {
        add_move(&reader, arena, set, move, &list[*count]);
        *count += list[*count].thing.kind != QUID_THING_NONE;
    }
    return list;
}

static uint32_t secret_step(const Reader *reader, uint32_t secret)
{
    for (uint32_t step = 0; step < reader->game->step_count; step++) {
        if (reader->game->steps[step].kind == QUID_STEP_SECRET &&
            reader->game->steps[step].thing == secret)
            return step;
    }
    return QUID_NO_INDEX;
}

bool quid__brief_is_unknown(const Brief *brief, uint32_t set, uint32_t secret)
{
    const Reader reader = reader_of(brief);
    const uint32_t step = secret_step(&reader, secret);
    int16_t slot;
    return step != QUID_NO_INDEX && !common_slot(&reader, set, step, &slot);
}

double quid__brief_set_belief(const Brief *brief, uint32_t set, uint32_t secret, uint32_t outcome)
{
    const Reader reader = reader_of(brief);
    const uint32_t step = secret_step(&reader, secret);
    const double *belief = quid_solution_tables(brief->answers->solution)->node_belief;
    double sum = 0;
    for (uint32_t i = reader.tree->set_node_first[set]; i < reader.tree->set_node_first[set + 1];
         i++) {
        const uint32_t node = reader.tree->set_nodes[i];
        if (slot_at(&reader, node, step) == (int16_t)outcome)
            sum += belief[node];
    }
    return sum;
}

double quid__brief_set_reach(const Brief *brief, uint32_t set)
{
    const QuidGameTables *tree = quid_game_tables(brief->answers->game);
    const double *reach = quid_position_tables(brief->answers->position)->reach;
    double sum = 0;
    for (uint32_t i = tree->set_node_first[set]; i < tree->set_node_first[set + 1]; i++)
        sum += reach[tree->set_nodes[i]];
    return sum;
}

// ---- As text ----------------------------------------------------------------

static QuidString knowledge_text(Brief *brief, uint32_t set)
{
    uint32_t count;
    const Knowledge *list = quid__brief_knowledge(brief, set, &count);
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        const bool is_move = list[i].thing.kind == QUID_THING_MOVE;
        const uint32_t index = list[i].thing.index;
        QuidString choices = list[i].is_pending ? QUID_STRING("none yet") : QUID_STRING("");
        for (uint32_t c = 0; c < list[i].choice_count; c++) {
            const uint32_t choice = list[i].choice[c];
            choices = quid__brief_join(
                brief, choices, ", ",
                is_move ? brief->model->options[brief->model->moves[index].option_first + choice].id
                        : brief->model->outcomes[brief->model->events[index].outcome_first + choice]
                              .id);
        }
        text = quid__brief_join(
            brief, text, "; ",
            quid__arena_format(&brief->page.arena, "%.*s: %.*s",
                               QUID_PRINT(is_move ? brief->model->moves[index].id
                                                  : brief->model->events[index].id),
                               QUID_PRINT(choices)));
    }
    return text.size > 0 ? text : QUID_STRING("nothing");
}

static QuidString chances_text(Brief *brief, uint32_t set)
{
    const QuidGameTables *tree = quid_game_tables(brief->answers->game);
    const double *probability = quid_solution_tables(brief->answers->solution)->profile.probability;
    QuidString text = QUID_STRING("");
    for (uint32_t i = tree->set_action_first[set]; i < tree->set_action_first[set + 1]; i++)
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(&brief->page.arena, "%.*s %.*s", QUID_PRINT(tree->action_label[i]),
                               QUID_PRINT(quid__brief_chance(brief, probability[i], 0))));
    return text;
}

void quid__brief_strategy(Brief *brief)
{
    const Reader reader = reader_of(brief);
    quid__page_heading(&brief->page, "What each does in every situation");
    for (uint32_t set = 0; set < reader.tree->set_count; set++) {
        const QuidStep *step = &reader.game->steps[reader.game->set_step[set]];
        const QuidMove *move = &brief->model->moves[step->thing];
        const QuidDate date = brief->model->move_dates[move->date_first + step->position];
        quid__page_paragraph(&brief->page, 2,
                             quid__arena_format(&brief->page.arena, "%.*s %.*s · knows %.*s",
                                                QUID_PRINT(quid__page_date(&brief->page, date)),
                                                QUID_PRINT(move->id),
                                                QUID_PRINT(knowledge_text(brief, set))));
        quid__page_paragraph(
            &brief->page, 4,
            quid__arena_format(
                &brief->page.arena,
                "%.*s; the situation comes up in %.*s =", QUID_PRINT(chances_text(brief, set)),
                QUID_PRINT(quid__brief_chance(brief, quid__brief_set_reach(brief, set), 0))));
    }
}
