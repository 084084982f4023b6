// What may happen in a deal, as one list of steps for all histories: secrets, then before each
// epoch the events that matter to somebody who moves then or later, then the epoch's moves; and
// what each mover knows of the steps before.
#include "game_internal.h"

void quid__steps_init(Steps *steps, QuidContext *context)
{
    quid__vector_init(&steps->epochs, context, sizeof(QuidDate));
    quid__vector_init(&steps->steps, context, sizeof(QuidStep));
    quid__vector_init(&steps->visible, context, sizeof(uint32_t));
    quid__vector_init(&steps->visible_first, context, sizeof(uint32_t));
}

void quid__steps_free(Steps *steps)
{
    quid__vector_free(&steps->epochs);
    quid__vector_free(&steps->steps);
    quid__vector_free(&steps->visible);
    quid__vector_free(&steps->visible_first);
}

static bool steps_have_failed(const Steps *steps)
{
    return steps->epochs.has_failed || steps->steps.has_failed || steps->visible.has_failed ||
           steps->visible_first.has_failed;
}

// ---- Who sees what

static bool sees_event(const QuidDealTables *model, uint32_t event, QuidPartyId party)
{
    const QuidEvent *seen = &model->events[event];
    if (seen->is_secret)
        return seen->owner.index == party.index;
    for (uint32_t i = 0; i < seen->seen_count; i++) {
        if (model->party_lists[seen->seen_first + i].index == party.index)
            return true;
    }
    return seen->is_seen_by_all;
}

static bool is_blind_to(const QuidDealTables *model, const QuidMove *move, QuidThingKind kind,
                        uint32_t index)
{
    for (uint32_t i = 0; i < move->blind_count; i++) {
        const QuidThing hidden = model->thing_lists[move->blind_first + i];
        if (hidden.kind == kind && hidden.index == index)
            return true;
    }
    return false;
}

// Whether move `later` comes after `earlier` on a day that they share, over any number of links.
static bool comes_after(const QuidDealTables *model, uint32_t later, uint32_t earlier)
{
    uint32_t at = later;
    for (uint32_t i = 0; i < model->move_count; i++) {
        at = model->moves[at].after.index;
        if (at == 0)
            return false;
        if (at == earlier)
            return true;
    }
    return false;
}

static bool is_visible(const QuidDealTables *model, const QuidGameOptions *options,
                       const QuidStep *mine, const QuidStep *step)
{
    const QuidMove *move = &model->moves[mine->thing];
    switch (step->kind) {
    case QUID_STEP_SECRET:
        return model->events[step->thing].owner.index == move->party.index;
    case QUID_STEP_EVENT:
        return sees_event(model, step->thing, move->party) &&
               !is_blind_to(model, move, QUID_THING_EVENT, step->thing);
    case QUID_STEP_REVEAL:
        return options->reveal.party.index == move->party.index;
    case QUID_STEP_MOVE:
        if (model->moves[step->thing].party.index == move->party.index)
            return true;
        if (is_blind_to(model, move, QUID_THING_MOVE, step->thing))
            return false;
        return step->epoch < mine->epoch || comes_after(model, mine->thing, step->thing);
    }
    return false;
}

// ---- The list

static void list_epochs(Steps *steps, const QuidDealTables *model)
{
    for (uint32_t i = 0; i < model->move_date_count; i++) {
        const QuidDate date = model->move_dates[i];
        uint32_t place = steps->epochs.count;
        while (place > 0 && QUID_AT(&steps->epochs, QuidDate, place - 1) > date)
            place -= 1;
        if (place > 0 && QUID_AT(&steps->epochs, QuidDate, place - 1) == date)
            continue;
        if (quid__vector_push(&steps->epochs) == NULL)
            return;
        for (uint32_t at = steps->epochs.count - 1; at > place; at--)
            QUID_AT(&steps->epochs, QuidDate, at) = QUID_AT(&steps->epochs, QuidDate, at - 1);
        QUID_AT(&steps->epochs, QuidDate, place) = date;
    }
}

static void add_step(Steps *steps, QuidStep step)
{
    QuidStep *added = quid__vector_push(&steps->steps);
    if (added != NULL)
        *added = step;
}

// A secret is a branch where its owner moves; else nobody can act on it, and payoffs weigh its
// outcomes.
static void add_secrets(Steps *steps, const QuidDealTables *model, const bool *matters)
{
    for (uint32_t event = 1; event < model->event_count; event++) {
        bool is_branch = matters[event];
        for (uint32_t move = 1; move < model->move_count; move++)
            is_branch = is_branch || sees_event(model, event, model->moves[move].party);
        if (model->events[event].is_secret && is_branch)
            add_step(steps, (QuidStep){.kind = QUID_STEP_SECRET, .thing = event});
    }
}

// Whether somebody who moves at this epoch or later may see the event, or has a move that rests on
// it.
static bool is_awaited(const QuidDealTables *model, uint32_t event, QuidDate epoch, bool matters)
{
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        const bool has_date = move->date_count > 0 &&
                              model->move_dates[move->date_first + move->date_count - 1] >= epoch;
        if (has_date && (matters || (sees_event(model, event, move->party) &&
                                     !is_blind_to(model, move, QUID_THING_EVENT, event))))
            return true;
    }
    return false;
}

static void add_events(Steps *steps, const QuidDeal *deal, uint32_t epoch, const bool *matters)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    const QuidDate date = QUID_AT(&steps->epochs, QuidDate, epoch);
    const double begin =
        epoch == 0 ? -QUID_NEVER : (double)QUID_AT(&steps->epochs, QuidDate, epoch - 1);
    for (uint32_t event = 1; event < model->event_count; event++) {
        if (model->events[event].is_secret || !is_awaited(model, event, date, matters[event]))
            continue;
        const double mass = quid_program_event_cdf(deal, event, date) -
                            (epoch == 0 ? 0 : quid_program_event_cdf(deal, event, begin));
        if (mass > 0)
            add_step(steps, (QuidStep){.kind = QUID_STEP_EVENT,
                                       .thing = event,
                                       .epoch = epoch,
                                       .begin = begin,
                                       .end = date});
    }
}

// Links of `after` among moves that fall on this date.
static uint32_t depth_of(const QuidDealTables *model, uint32_t move)
{
    uint32_t depth = 0;
    for (uint32_t at = model->moves[move].after.index; at != 0 && depth < model->move_count;
         at = model->moves[at].after.index)
        depth += 1;
    return depth;
}

static void add_moves(Steps *steps, const QuidDealTables *model, uint32_t epoch)
{
    const QuidDate date = QUID_AT(&steps->epochs, QuidDate, epoch);
    for (uint32_t depth = 0; depth < model->move_count; depth++) {
        for (uint32_t i = 1; i < model->move_count; i++) {
            if (depth_of(model, i) != depth)
                continue;
            const QuidMove *move = &model->moves[i];
            for (uint32_t n = 0; n < move->date_count; n++) {
                if (model->move_dates[move->date_first + n] == date)
                    add_step(steps, (QuidStep){.kind = QUID_STEP_MOVE,
                                               .thing = i,
                                               .position = n,
                                               .epoch = epoch});
            }
        }
    }
}

static void list_visible(Steps *steps, const QuidDealTables *model, const QuidGameOptions *options)
{
    for (uint32_t i = 0; i <= steps->steps.count; i++) {
        uint32_t *first = quid__vector_push(&steps->visible_first);
        if (first == NULL)
            return;
        *first = steps->visible.count;
        if (i == steps->steps.count || QUID_AT(&steps->steps, QuidStep, i).kind != QUID_STEP_MOVE)
            continue;
        for (uint32_t before = 0; before < i; before++) {
            if (!is_visible(model, options, &QUID_AT(&steps->steps, QuidStep, i),
                            &QUID_AT(&steps->steps, QuidStep, before)))
                continue;
            uint32_t *seen = quid__vector_push(&steps->visible);
            if (seen != NULL)
                *seen = before;
        }
    }
}

bool quid__steps_list(Steps *steps, QuidContext *context, const QuidDeal *deal,
                      const QuidGameOptions *options, const bool *matters)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    list_epochs(steps, model);
    if (steps_have_failed(steps))
        return false;
    add_secrets(steps, model, matters);
    for (uint32_t epoch = 0; epoch < steps->epochs.count; epoch++) {
        add_events(steps, deal, epoch, matters);
        if (options->reveal.event != 0 && options->reveal.epoch == epoch)
            add_step(steps, (QuidStep){.kind = QUID_STEP_REVEAL,
                                       .thing = options->reveal.event,
                                       .epoch = epoch});
        add_moves(steps, model, epoch);
    }
    if (steps->steps.count > QUID_STEP_COUNT_MAX) {
        quid__report(
            context, QUID_E0851_TREE_TOO_LARGE, (QuidSpan){{0}, 0, 0},
            "this deal has %u steps (dates of moves, and events that may fall between them); "
            "the game takes at most %u",
            steps->steps.count, QUID_STEP_COUNT_MAX);
        quid__report_hint(
            context,
            "give the moves fewer dates, or let nobody see the events that matter to none");
        return false;
    }
    list_visible(steps, model, options);
    return !steps_have_failed(steps);
}
