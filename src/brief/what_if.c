// What-ifs: the answers of changed deals beside those of the deal as it is.
#include "cases.h"
#include "json.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// The change of an answer; where both come from scenarios, by the same draws.
static QuidEstimated change_of(const Brief *brief, const QuidOutlook *base,
                               const QuidOutlook *changed, uint32_t ask)
{
    const QuidAskKind kind = brief->model->asks[ask].kind;
    const bool is_game = kind == QUID_ASK_CHOICE || kind == QUID_ASK_BREAK_EVEN;
    const QuidForecast *from = quid_outlook_tables(base)->forecast;
    const QuidForecast *to = quid_outlook_tables(changed)->forecast;
    if (!is_game && from != NULL && to != NULL)
        return quid_forecast_difference(from, to, ask);
    const uint32_t option = brief->likeliest == NULL ? 0 : brief->likeliest[ask];
    return (QuidEstimated){
        quid_outlook_answer(changed, ask, option) - quid_outlook_answer(base, ask, option), 0};
}

// ---- As text ----------------------------------------------------------------

static void add_case(Brief *brief, Table *table, QuidString name, const QuidOutlook *outlook,
                     const QuidOutlook *base, uint32_t ask)
{
    const uint32_t option = brief->likeliest == NULL ? 0 : brief->likeliest[ask];
    quid__table_cell(table, name);
    quid__table_cell(table,
                     quid__brief_number(brief, ask, quid_outlook_answer(outlook, ask, option)));
    const QuidEstimated change = change_of(brief, base, outlook, ask);
    const double now = quid_outlook_answer(outlook, ask, option);
    const double before = quid_outlook_answer(base, ask, option);
    const double size = fabs(now) > fabs(before) ? now : before;
    const bool is_same = outlook == base || fabs(change.value) <= 1e-12 || isnan(change.value);
    quid__table_cell(
        table, is_same
                   ? QUID_STRING("=")
                   : quid__arena_format(arena(brief), "%.*s =",
                                        QUID_PRINT(quid__brief_change(brief, ask, change, size))));
}

static void put_question(Brief *brief, const QuidOutlook *base, const QuidBriefCase *cases,
                         uint32_t count, uint32_t ask)
{
    const uint32_t option = brief->likeliest == NULL ? 0 : brief->likeliest[ask];
    const QuidString followed = quid__brief_followed(brief, ask, option);
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief), "%.*s %.*s%s%.*s",
                           QUID_PRINT(brief->model->asks[ask].question),
                           QUID_PRINT(quid__brief_mark(brief, brief->model->asks[ask].origin)),
                           followed.size > 0 ? " · " : "", QUID_PRINT(followed)));
    Table table = quid__table_open(&brief->page, 3);
    table.is_right[1] = true;
    add_case(brief, &table, QUID_STRING("as it is"), base, base, ask);
    for (uint32_t i = 0; i < count; i++)
        add_case(brief, &table, cases[i].name, cases[i].outlook, base, ask);
    quid__table_print(&table, 4);
}

static void put_cases(Brief *brief, const QuidBriefCase *cases, uint32_t count)
{
    Table table = quid__table_open(&brief->page, 2);
    for (uint32_t i = 0; i < count; i++) {
        const QuidOutlookTables *tables = quid_outlook_tables(cases[i].outlook);
        QuidString text = QUID_STRING("");
        for (uint32_t j = 0; j < tables->setting_count; j++)
            text = quid__brief_join(brief, text, ", ",
                                    quid__brief_setting(brief, &tables->settings[j]));
        if (cases[i].label.size > 0)
            text = quid__brief_join(brief, cases[i].label, ": ", text);
        quid__table_cell(&table, cases[i].name);
        quid__table_cell(&table, text);
    }
    quid__table_print(&table, 2);
}

void quid__brief_what_if(Brief *brief, const QuidOutlook *base, const QuidBriefCase *cases,
                         uint32_t count)
{
    quid__page_heading(&brief->page, "What if");
    put_cases(brief, cases, count);
    quid__page_heading(&brief->page, "The answers beside each other");
    for (uint32_t ask = 0; ask < brief->model->ask_count; ask++)
        put_question(brief, base, cases, count, ask);
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("Changes by the same draws, each with its own error; as the "
                                     "game stands from the as-of day on."));
}

// ---- As JSON ----------------------------------------------------------------

static void set_differences(Json *json, cJSON *object, const QuidOutlook *base,
                            const QuidOutlook *changed)
{
    const Brief *brief = &json->brief;
    cJSON *array = quid__json_array(json, object, "difference");
    for (uint32_t ask = 0; !json->has_failed && ask < brief->model->ask_count; ask++) {
        const uint32_t option = brief->likeliest == NULL ? 0 : brief->likeliest[ask];
        const QuidEstimated change = change_of(brief, base, changed, ask);
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "ask", brief->model->asks[ask].question);
        quid__json_optional(json, item, "of", quid__brief_followed(&json->brief, ask, option));
        const bool is_date = quid__ask_is_date(brief, ask);
        const double from = quid_outlook_answer(base, ask, option);
        const double to = quid_outlook_answer(changed, ask, option);
        if (is_date) {
            quid__json_date(json, item, "from", isnan(from) ? QUID_NO_DATE : (QuidDate)from);
            quid__json_date(json, item, "to", isnan(to) ? QUID_NO_DATE : (QuidDate)to);
        } else {
            quid__json_number(json, item, "from", from);
            quid__json_number(json, item, "to", to);
        }
        quid__json_number(json, item, "change", change.value);
        quid__json_number(json, item, "standard_error", change.error);
    }
}

static void set_case(Json *json, cJSON *object, const QuidOutlook *base, const QuidBriefCase *row)
{
    quid__brief_look_at(&json->brief, row->outlook);
    quid__json_settings(json, object);
    cJSON *changed = quid__json_object(json, object, "changed");
    quid__json_head(json, changed);
    quid__json_whole(json, changed);
    quid__brief_look_at(&json->brief, base);
    set_differences(json, object, base, row->outlook);
}

void quid__json_what_if(Json *json, cJSON *object, const QuidOutlook *base,
                        const QuidBriefCase *cases, uint32_t count)
{
    cJSON *whole = quid__json_object(json, object, "base");
    quid__json_head(json, whole);
    quid__json_whole(json, whole);
    if (count == 1) {
        set_case(json, object, base, &cases[0]);
        return;
    }
    cJSON *array = quid__json_array(json, object, "cases");
    for (uint32_t i = 0; !json->has_failed && i < count; i++) {
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "id", cases[i].name);
        quid__json_text(json, item, "label", cases[i].label);
        set_case(json, item, base, &cases[i]);
    }
}
