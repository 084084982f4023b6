// What changed from one side to another: two files, or two days of one.
#include "cases.h"
#include "json.h"

#include <string.h>

// One thing that changed, as words and, where it is one, as numbers.
typedef struct Change {
    const char *section;
    QuidString what;
    QuidString from;
    QuidString to;
    QuidString change;
    bool is_number;
    double from_number;
    double to_number;
    double error;
} Change;

typedef struct Comparison {
    Brief *from; // marks are those of `to`
    Brief *to;
    QuidVector changes; // Change
} Comparison;

static QuidArena *arena(Comparison *comparison)
{
    return &comparison->to->page.arena;
}

static void add(Comparison *comparison, Change change)
{
    Change *added = quid__vector_push(&comparison->changes);
    if (added != NULL)
        *added = change;
}

static bool is_same(QuidString left, QuidString right)
{
    return left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
}

// ---- Answers ----------------------------------------------------------------

static uint32_t find_ask(const QuidDealTables *model, const QuidAsk *wanted)
{
    for (uint32_t i = 0; i < model->ask_count; i++) {
        if (model->asks[i].kind == wanted->kind &&
            is_same(model->asks[i].question, wanted->question))
            return i;
    }
    return UINT32_MAX;
}

// The option of that name in another deal's move, or UINT32_MAX.
static uint32_t find_option(const QuidDealTables *model, uint32_t move, QuidString id)
{
    for (uint32_t i = 0; i < model->moves[move].option_count; i++) {
        if (is_same(model->options[model->moves[move].option_first + i].id, id))
            return i;
    }
    return UINT32_MAX;
}

static double error_of(const Brief *brief, uint32_t ask)
{
    const bool is_answered = brief->forecast != NULL && brief->forecast->asks[ask].is_answered;
    return is_answered ? brief->forecast->asks[ask].value.error : 0;
}

static bool is_felt(const Brief *brief, uint32_t ask, double change, double base)
{
    const QuidAskKind kind = brief->model->asks[ask].kind;
    const bool is_chance =
        kind == QUID_ASK_CHANCE || kind == QUID_ASK_CHOICE ||
        (kind == QUID_ASK_VALUE && quid__term_is_share(brief, brief->model->asks[ask].term));
    const double least = is_chance ? 0.01 : quid__ask_is_date(brief, ask) ? 1 : 0.01 * fabs(base);
    return isnan(change) || (fabs(change) >= least && change != 0);
}

static void compare_ask(Comparison *comparison, const QuidBriefSide *from, const QuidBriefSide *to,
                        uint32_t index)
{
    Brief *after = comparison->to;
    const QuidAsk *ask = &after->model->asks[index];
    const uint32_t old = find_ask(comparison->from->model, ask);
    if (old == UINT32_MAX)
        return;
    const uint32_t option = after->likeliest == NULL ? 0 : after->likeliest[index];
    uint32_t old_option = 0;
    if (ask->kind == QUID_ASK_CHOICE)
        old_option =
            find_option(comparison->from->model, comparison->from->model->asks[old].move.index,
                        quid__brief_followed(after, index, option));
    if (old_option == UINT32_MAX)
        return;
    const double before = quid_outlook_answer(from->outlook, old, old_option);
    const double now = quid_outlook_answer(to->outlook, index, option);
    const double old_error = error_of(comparison->from, old);
    const double new_error = error_of(after, index);
    const double error = sqrt(old_error * old_error + new_error * new_error);
    const double size = fabs(now) > fabs(before) ? now : before;
    // Differences within the noise of both are none.
    if ((isnan(before) && isnan(now)) || fabs(now - before) <= 2 * error ||
        !is_felt(after, index, now - before, now))
        return;
    const QuidString followed = quid__brief_followed(after, index, option);
    add(comparison,
        (Change){
            .section = "answers",
            .what = quid__arena_format(arena(comparison), "%.*s%s%.*s", QUID_PRINT(ask->question),
                                       followed.size > 0 ? " · " : "", QUID_PRINT(followed)),
            .from = quid__brief_number(comparison->from, old, before),
            .to = quid__brief_number(after, index, now),
            .change = quid__brief_change(after, index, (QuidEstimated){now - before, error}, size),
            .is_number = true,
            .from_number = before,
            .to_number = now,
            .error = error});
}

// ---- Moves and beliefs ------------------------------------------------------

static QuidString choice_text(Brief *brief, uint32_t move)
{
    const QuidMoveEpoch *epoch = quid__move_next(brief, move);
    const QuidMove *what = &brief->model->moves[move];
    if (epoch == NULL)
        return quid__move_fate(brief, move);
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < epoch->probability_count; i++) {
        const double chance = brief->answers->probabilities[epoch->probability_first + i];
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(&brief->page.arena, "%.*s %.*s",
                               QUID_PRINT(brief->model->options[what->option_first + i].id),
                               QUID_PRINT(quid__brief_chance(brief, chance, 0))));
    }
    return quid__arena_format(&brief->page.arena, "%.*s on %.*s", QUID_PRINT(text),
                              QUID_PRINT(quid__page_date(&brief->page, epoch->date)));
}

// Open at the same date, with no option that moved by a point.
static bool is_alike(const Comparison *comparison, uint32_t old, uint32_t index)
{
    const QuidMoveEpoch *before = quid__move_next(comparison->from, old);
    const QuidMoveEpoch *now = quid__move_next(comparison->to, index);
    if (before == NULL || now == NULL || before->date != now->date ||
        before->probability_count != now->probability_count)
        return false;
    for (uint32_t i = 0; i < now->probability_count; i++) {
        const double from = comparison->from->answers->probabilities[before->probability_first + i];
        const double to = comparison->to->answers->probabilities[now->probability_first + i];
        if (fabs(to - from) >= 0.01)
            return false;
    }
    return true;
}

static void compare_move(Comparison *comparison, uint32_t index)
{
    const QuidMove *move = &comparison->to->model->moves[index];
    const QuidThing old = quid_deal_find(comparison->from->deal, move->id);
    if (old.kind != QUID_THING_MOVE)
        return;
    const QuidString before = choice_text(comparison->from, old.index);
    const QuidString now = choice_text(comparison->to, index);
    if (!is_same(before, now) && !is_alike(comparison, old.index, index))
        add(comparison, (Change){.section = "moves", .what = move->id, .from = before, .to = now});
}

// The last point of a party's belief about a secret; NULL where there is none.
static const QuidBeliefPoint *last_belief(const Brief *brief, uint32_t party, uint32_t secret)
{
    const QuidBeliefPoint *last = NULL;
    for (uint32_t i = 0; i < brief->answers->belief_count; i++) {
        const QuidBeliefPoint *point = &brief->answers->beliefs[i];
        if (point->party == party && point->secret == secret)
            last = point;
    }
    return last;
}

static void compare_belief(Comparison *comparison, uint32_t party, uint32_t secret)
{
    const Brief *after = comparison->to;
    const QuidBeliefPoint *now = last_belief(after, party, secret);
    const QuidThing old_party =
        quid_deal_find(comparison->from->deal, after->model->partys[party].id);
    const QuidThing old_secret =
        quid_deal_find(comparison->from->deal, after->model->events[secret].id);
    if (now == NULL || old_party.kind != QUID_THING_PARTY || old_secret.kind != QUID_THING_EVENT)
        return;
    const QuidBeliefPoint *before =
        last_belief(comparison->from, old_party.index, old_secret.index);
    for (uint32_t i = 0; before != NULL && i < now->probability_count; i++) {
        if (before->probability_count != now->probability_count)
            return;
        const double from = comparison->from->answers->probabilities[before->probability_first + i];
        const double to = after->answers->probabilities[now->probability_first + i];
        if (fabs(to - from) < 0.005)
            continue;
        const QuidEvent *event = &after->model->events[secret];
        add(comparison,
            (Change){.section = "beliefs",
                     .what = quid__arena_format(
                         arena(comparison), "%.*s: %.*s = %.*s",
                         QUID_PRINT(after->model->partys[party].label), QUID_PRINT(event->id),
                         QUID_PRINT(after->model->outcomes[event->outcome_first + i].id)),
                     .from = quid__brief_chance(comparison->from, from, 0),
                     .to = quid__brief_chance(comparison->to, to, 0),
                     .is_number = true,
                     .from_number = from,
                     .to_number = to});
    }
}

// ---- Amounts and deadlines --------------------------------------------------

static void compare_pledge(Comparison *comparison, uint32_t index)
{
    Brief *after = comparison->to;
    const QuidPledge *pledge = &after->model->pledges[index];
    const QuidThing old = quid_deal_find(comparison->from->deal, pledge->id);
    if (old.kind != QUID_THING_PLEDGE)
        return;
    const QuidPledgeBalance *before = &comparison->from->ledger->pledges[old.index];
    const QuidPledgeBalance *now = &after->ledger->pledges[index];
    const QuidUnitId old_unit = comparison->from->model->pledges[old.index].unit;
    for (uint32_t stage = 0; pledge->unit.index != 0 && stage < QUID_STAGE_COUNT; stage++) {
        if (before->with_parts.minor[stage] == now->with_parts.minor[stage])
            continue;
        add(comparison,
            (Change){
                .section = "amounts",
                .what = quid__arena_format(arena(comparison), "%.*s, %s", QUID_PRINT(pledge->id),
                                           quid_stage_word((QuidStage)stage)),
                .from =
                    quid__brief_amount(comparison->from, before->with_parts.minor[stage], old_unit),
                .to = quid__brief_amount(after, now->with_parts.minor[stage], pledge->unit)});
    }
    const bool is_moved = pledge->unit.index == 0 &&
                          (before->has_stage != now->has_stage || before->stage != now->stage);
    if (is_moved)
        add(comparison,
            (Change){.section = "amounts",
                     .what = pledge->id,
                     .from = before->has_stage ? quid__arena_format(arena(comparison), "%s",
                                                                    quid_stage_word(before->stage))
                                               : QUID_STRING("not on record"),
                     .to =
                         quid__arena_format(arena(comparison), "%s", quid_stage_word(now->stage))});
}

static QuidString deadline_text(Brief *brief, const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE)
        return QUID_STRING("none");
    const QuidString date = quid__page_date(&brief->page, deadline->current);
    if (deadline->met != QUID_NO_DATE)
        return quid__arena_format(&brief->page.arena, "met on %.*s",
                                  QUID_PRINT(quid__page_date(&brief->page, deadline->met)));
    return deadline->is_past_due
               ? quid__arena_format(&brief->page.arena, "%.*s, past due", QUID_PRINT(date))
               : date;
}

static void compare_deadline(Comparison *comparison, QuidString id, const QuidDeadline *before,
                             const QuidDeadline *now)
{
    const QuidString from = deadline_text(comparison->from, before);
    const QuidString to = deadline_text(comparison->to, now);
    if (!is_same(from, to))
        add(comparison, (Change){.section = "deadlines", .what = id, .from = from, .to = to});
}

static void compare_deadlines(Comparison *comparison)
{
    const Brief *after = comparison->to;
    for (uint32_t i = 1; i < after->model->pledge_count; i++) {
        const QuidThing old = quid_deal_find(comparison->from->deal, after->model->pledges[i].id);
        if (old.kind == QUID_THING_PLEDGE)
            compare_deadline(comparison, after->model->pledges[i].id,
                             &comparison->from->ledger->pledges[old.index].deadline,
                             &after->ledger->pledges[i].deadline);
    }
    for (uint32_t i = 1; i < after->model->milestone_count; i++) {
        const QuidThing old =
            quid_deal_find(comparison->from->deal, after->model->milestones[i].id);
        if (old.kind == QUID_THING_MILESTONE)
            compare_deadline(comparison, after->model->milestones[i].id,
                             &comparison->from->ledger->milestones[old.index].deadline,
                             &after->ledger->milestones[i].deadline);
    }
}

static void compare_all(Comparison *comparison, const QuidBriefSide *from, const QuidBriefSide *to)
{
    const QuidDealTables *model = comparison->to->model;
    for (uint32_t i = 0; i < model->ask_count; i++)
        compare_ask(comparison, from, to, i);
    for (uint32_t i = 1; i < model->move_count; i++)
        compare_move(comparison, i);
    for (uint32_t party = 1; party < model->party_count; party++) {
        for (uint32_t event = 1; event < model->event_count; event++)
            compare_belief(comparison, party, event);
    }
    for (uint32_t i = 1; i < model->pledge_count; i++)
        compare_pledge(comparison, i);
    compare_deadlines(comparison);
}

// ---- As text ----------------------------------------------------------------

static const struct {
    const char *section;
    const char *heading;
} sections[] = {{"answers", "Answers that changed"},
                {"moves", "Moves"},
                {"beliefs", "Beliefs"},
                {"amounts", "Amounts"},
                {"deadlines", "Deadlines"}};

static void put_section(Comparison *comparison, size_t number)
{
    Page *page = &comparison->to->page;
    const Change *changes = comparison->changes.items;
    bool has_any = false;
    Table table = quid__table_open(page, 2);
    for (uint32_t i = 0; i < comparison->changes.count; i++) {
        if (strcmp(changes[i].section, sections[number].section) != 0)
            continue;
        if (!has_any)
            quid__page_heading(page, sections[number].heading);
        has_any = true;
        quid__table_cell(&table, number == 0 ? QUID_STRING("") : changes[i].what);
        quid__table_cell(&table,
                         quid__arena_format(
                             arena(comparison), "%.*s%s%.*s → %.*s%s%.*s%s =",
                             QUID_PRINT(number == 0 ? changes[i].what : QUID_STRING("")),
                             number == 0 ? ": " : "", QUID_PRINT(changes[i].from),
                             QUID_PRINT(changes[i].to), changes[i].change.size > 0 ? " (" : "",
                             QUID_PRINT(changes[i].change), changes[i].change.size > 0 ? ")" : ""));
    }
    quid__table_print(&table, number == 0 ? 0 : 2);
}

static QuidString fact_text(Comparison *comparison, uint32_t index)
{
    Brief *brief = comparison->to;
    const QuidFact *fact = &brief->model->facts[index];
    return quid__brief_join(brief,
                            quid__brief_excerpt(brief, quid_deal_fact_span(brief->deal, fact)), " ",
                            quid__brief_fact_mark(brief, index));
}

// fact: UINT32_MAX for the days without one.
static void put_effect(Comparison *comparison, const QuidBriefSide *to, uint32_t fact,
                       const double *changes)
{
    Brief *brief = comparison->to;
    Table table = quid__table_open(&brief->page, 2);
    uint32_t count = 0;
    for (uint32_t ask = 0; ask < brief->model->ask_count; ask++) {
        const uint32_t option = brief->likeliest == NULL ? 0 : brief->likeliest[ask];
        const double now = quid_outlook_answer(to->outlook, ask, option);
        if (!is_felt(brief, ask, changes[ask], now))
            continue;
        const QuidString change =
            quid__brief_change(brief, ask, (QuidEstimated){changes[ask], 0}, now);
        const QuidString followed = quid__brief_followed(brief, ask, option);
        quid__table_cell(&table, change.size > 0 ? change : QUID_STRING("settled"));
        quid__table_cell(
            &table, quid__arena_format(arena(comparison),
                                       "%.*s%s%.*s =", QUID_PRINT(brief->model->asks[ask].question),
                                       followed.size > 0 ? " · " : "", QUID_PRINT(followed)));
        count += 1;
    }
    if (count > 0)
        quid__page_paragraph(&brief->page, 2,
                             fact == UINT32_MAX ? QUID_STRING("Time passing without news")
                                                : fact_text(comparison, fact));
    quid__table_print(&table, 4);
}

static void put_effects(Comparison *comparison, const QuidBriefSide *to, const QuidEffects *effects)
{
    const QuidEffectTables *tables = quid_effect_tables(effects);
    quid__page_heading(&comparison->to->page, "Because of which fact");
    for (uint32_t i = 0; i < tables->row_count; i++)
        put_effect(comparison, to, tables->rows[i].fact, tables->rows[i].changes);
    put_effect(comparison, to, UINT32_MAX, tables->passing);
    quid__page_paragraph(&comparison->to->page, 2,
                         QUID_STRING("Facts one by one in the order in which they became known; "
                                     "what moved no answer by a point or a percent is left out."));
}

static void put_all(Comparison *comparison, const QuidBriefSide *from, const QuidBriefSide *to,
                    const QuidEffects *effects)
{
    Page *page = &comparison->to->page;
    quid__page_paragraph(page, 0, comparison->to->model->title);
    quid__page_paragraph(page, 0,
                         quid__arena_format(arena(comparison), "What changed from %.*s to %.*s.",
                                            QUID_PRINT(from->name), QUID_PRINT(to->name)));
    if (comparison->changes.count == 0)
        quid__page_paragraph(page, 0, QUID_STRING("Nothing that is shown here."));
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        put_section(comparison, i);
    if (effects != NULL)
        put_effects(comparison, to, effects);
    if (comparison->changes.count > 0)
        quid__brief_sources(comparison->to);
}

// ---- As JSON ----------------------------------------------------------------

static void set_change(Json *json, cJSON *item, const Change *change)
{
    quid__json_text(json, item, "what", change->what);
    if (change->is_number) {
        quid__json_number(json, item, "from", change->from_number);
        quid__json_number(json, item, "to", change->to_number);
        quid__json_number(json, item, "change", change->to_number - change->from_number);
        quid__json_number(json, item, "standard_error", change->error);
        return;
    }
    quid__json_text(json, item, "from", change->from);
    quid__json_text(json, item, "to", change->to);
}

static void set_effect(Json *json, cJSON *item, const double *changes)
{
    cJSON *effects = quid__json_array(json, item, "effects");
    for (uint32_t ask = 0; effects != NULL && ask < json->brief.model->ask_count; ask++) {
        const uint32_t option = json->brief.likeliest == NULL ? 0 : json->brief.likeliest[ask];
        cJSON *effect = quid__json_append(json, effects);
        quid__json_text(json, effect, "ask", json->brief.model->asks[ask].question);
        quid__json_optional(json, effect, "of", quid__brief_followed(&json->brief, ask, option));
        quid__json_number(json, effect, "change", changes[ask]);
    }
}

static void set_effects(Json *json, cJSON *object, Comparison *comparison,
                        const QuidEffects *effects)
{
    const QuidEffectTables *tables = quid_effect_tables(effects);
    cJSON *facts = quid__json_array(json, object, "facts");
    for (uint32_t i = 0; !json->has_failed && i < tables->row_count; i++) {
        const QuidFact *fact = &json->brief.model->facts[tables->rows[i].fact];
        const QuidSpan span = quid_deal_fact_span(json->brief.deal, fact);
        cJSON *item = quid__json_append(json, facts);
        quid__json_text(json, item, "fact", fact_text(comparison, tables->rows[i].fact));
        quid__json_date(json, item, "known", fact->known);
        quid__json_text(json, item, "file", quid_context_path(json->brief.page.context, span.file));
        quid__json_number(json, item, "line",
                          quid_context_place(json->brief.page.context, span).line);
        set_effect(json, item, tables->rows[i].changes);
    }
    set_effect(json, quid__json_object(json, object, "time_passing"), tables->passing);
}

static void set_all(Json *json, cJSON *document, Comparison *comparison,
                    const QuidBriefSide *const sides[2], const QuidEffects *effects)
{
    static const char *const keys[2] = {"from", "to"};
    const Change *changes = comparison->changes.items;
    for (uint32_t i = 0; i < 2; i++) {
        cJSON *side = quid__json_object(json, document, keys[i]);
        quid__json_text(json, side, "name", sides[i]->name);
        quid__json_date(json, side, "as_of", quid_ledger_tables(sides[i]->ledger)->as_of);
    }
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        cJSON *array = quid__json_array(json, document, sections[s].section);
        for (uint32_t i = 0; !json->has_failed && i < comparison->changes.count; i++) {
            if (strcmp(changes[i].section, sections[s].section) == 0)
                set_change(json, quid__json_append(json, array), &changes[i]);
        }
    }
    if (effects != NULL)
        set_effects(json, document, comparison, effects);
}

QuidStatus quid__compare(QuidContext *context, const QuidBriefSide *from, const QuidBriefSide *to,
                         const QuidEffects *effects, const QuidBriefOptions *options,
                         QuidOutput output)
{
    Json json;
    Brief before;
    QuidBriefOptions how = *options;
    how.outlook = to->outlook;
    quid__json_begin(&json, context, to->ledger, to->deal, &how);
    how.outlook = from->outlook;
    quid__brief_begin(&before, context, from->ledger, from->deal, &how);
    json.brief.page.output = output;
    // Marks of the earlier side would have numbers of their own: it has none.
    before.numbers = NULL;
    if (options->is_json)
        json.brief.numbers = NULL;
    Comparison comparison = {.from = &before, .to = &json.brief};
    quid__vector_init(&comparison.changes, context, sizeof(Change));
    const bool has_room = !before.page.arena.has_failed && !json.brief.page.arena.has_failed;
    if (has_room)
        compare_all(&comparison, from, to);
    json.has_failed = !has_room || comparison.changes.has_failed || before.page.arena.has_failed;
    QuidStatus status = QUID_OK;
    if (options->is_json) {
        cJSON *document = quid__json_open(&json);
        quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
        const QuidBriefSide *const sides[2] = {from, to};
        set_all(&json, document, &comparison, sides, effects);
        status = quid__json_print(&json, document, output);
    } else {
        if (!json.has_failed)
            put_all(&comparison, from, to, effects);
        status = json.has_failed || json.brief.page.arena.has_failed ? QUID_NO_MEMORY
                 : json.brief.page.has_failed                        ? QUID_IO
                                                                     : QUID_OK;
        quid__arena_free(&json.brief.page.arena);
    }
    quid__vector_free(&comparison.changes);
    quid__arena_free(&before.page.arena);
    return status;
}
