// What-ifs: a copy of a deal with settings applied to it. Only the tables that settings change are
// copied.
#include "deal_internal.h"

#include <string.h>

static bool copy_table(QuidVector *copy, const QuidVector *table, QuidContext *context)
{
    quid__vector_init(copy, context, table->item_size);
    if (!quid__vector_reserve(copy, table->count))
        return false;
    memcpy(copy->items, table->items, (size_t)table->count * table->item_size);
    copy->count = table->count;
    return true;
}

static void apply_to_event(QuidDeal *deal, const QuidSetting *setting)
{
    QuidEvent *event = &QUID_AT(&deal->event, QuidEvent, setting->thing.index);
    if (!setting->is_chance) {
        event->is_set = true;
        event->set_outcome = setting->choice;
        return;
    }
    QuidEstimate chance = {setting->chance, setting->chance, setting->chance};
    if (setting->value.index != 0 && !quid_deal_chance(deal, setting->value, &chance))
        return; // the checker lets only such chances be set
    event->has_set_chance = true;
    event->set_chance_outcome = setting->choice;
    event->set_chance = chance.middle;
}

// The shape stays: a quantity that is held keeps its number among those drawn beside it.
static void apply_to_term(QuidDeal *deal, const QuidSetting *setting)
{
    QuidTerm *term = &QUID_AT(&deal->term, QuidTerm, setting->term.index);
    term->kind = QUID_TERM_CONSTANT;
    term->value = setting->number;
    term->child_count = 0;
}

static void apply_setting(QuidDeal *deal, const QuidSetting *setting)
{
    if (setting->is_term) {
        apply_to_term(deal, setting);
        return;
    }
    switch (setting->thing.kind) {
    case QUID_THING_EVENT:
        apply_to_event(deal, setting);
        return;
    case QUID_THING_MOVE: {
        QuidMove *move = &QUID_AT(&deal->move, QuidMove, setting->thing.index);
        move->is_bound = true;
        move->bound_option = setting->choice;
        return;
    }
    case QUID_THING_MILESTONE:
        QUID_AT(&deal->milestone, QuidMilestone, setting->thing.index).set_date = setting->value;
        return;
    case QUID_THING_LET:
        QUID_AT(&deal->let, QuidLet, setting->thing.index).value = setting->value;
        return;
    case QUID_THING_NONE:
    case QUID_THING_PARTY:
    case QUID_THING_PLEDGE:
    case QUID_THING_SUPPLY:
        return; // the checker lets none of these be set
    }
}

QuidStatus quid_deal_apply(QuidContext *context, const QuidDeal *deal, const QuidSetting *settings,
                           uint32_t count, QuidDeal **changed)
{
    QuidDeal *copy = quid__allocate(context, sizeof *copy);
    if (copy == NULL)
        return QUID_NO_MEMORY;
    *copy = *deal;
    copy->context = context;
    copy->is_copy = true;
    copy->has_own_terms = false;
    for (uint32_t i = 0; i < count; i++)
        copy->has_own_terms = copy->has_own_terms || settings[i].is_term;
    quid__arena_init(&copy->arena, context);
    bool is_whole = true;
#define X(Type, name) is_whole = copy_table(&copy->name, &deal->name, context) && is_whole;
    QUID_DEAL_CHANGEABLE(X)
#undef X
    if (copy->has_own_terms)
        is_whole = copy_table(&copy->term, &deal->term, context) && is_whole;
    if (!is_whole) {
        quid_deal_free(copy);
        return QUID_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++)
        apply_setting(copy, &settings[i]);
    quid__publish_deal(copy);
    *changed = copy;
    return QUID_OK;
}
