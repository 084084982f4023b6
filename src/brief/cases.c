// Numbers of answers as words, and the tornado.
#include "cases.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// ---- One answer -------------------------------------------------------------

static QuidType type_of(const Brief *brief, uint32_t ask)
{
    return brief->model->terms[brief->model->asks[ask].term.index].type;
}

static bool is_probability(const Brief *brief, uint32_t ask)
{
    switch (brief->model->asks[ask].kind) {
    case QUID_ASK_CHANCE:
    case QUID_ASK_CHOICE:
    case QUID_ASK_BREAK_EVEN:
        return true;
    case QUID_ASK_VALUE:
        return quid__term_is_share(brief, brief->model->asks[ask].term);
    case QUID_ASK_WHEN:
        break;
    }
    return false;
}

bool quid__ask_is_date(const Brief *brief, uint32_t ask)
{
    const QuidAskKind kind = brief->model->asks[ask].kind;
    return kind == QUID_ASK_WHEN ||
           (kind == QUID_ASK_VALUE && type_of(brief, ask).kind == QUID_TYPE_DATE);
}

static QuidUnitId unit_of_type(QuidType type)
{
    const QuidUnitId none = {0};
    const bool is_money = type.money_power == 1 && type.time_power == 0 && type.counted_power == 0;
    const bool is_counted =
        type.counted_power == 1 && type.time_power == 0 && type.money_power == 0;
    return is_money ? type.money : is_counted ? type.counted : none;
}

static bool is_duration(QuidType type)
{
    return type.kind == QUID_TYPE_NUMBER && type.time_power == 1 && type.money_power == 0 &&
           type.counted_power == 0;
}

QuidString quid__brief_number(Brief *brief, uint32_t ask, double number)
{
    if (isnan(number))
        return QUID_STRING("none");
    if (is_probability(brief, ask))
        return quid__brief_chance(brief, number, 0);
    if (quid__ask_is_date(brief, ask))
        return quid__brief_day(brief, number);
    const QuidType type = type_of(brief, ask);
    if (is_duration(type))
        return quid__brief_span(brief, number);
    return quid__brief_figure(brief, (Figure){number, 0, unit_of_type(type), false});
}

QuidString quid__brief_followed(Brief *brief, uint32_t ask, uint32_t option)
{
    const QuidAsk *question = &brief->model->asks[ask];
    if (question->kind != QUID_ASK_CHOICE)
        return QUID_STRING("");
    return brief->model->options[brief->model->moves[question->move.index].option_first + option]
        .id;
}

QuidString quid__brief_change(Brief *brief, uint32_t ask, QuidEstimated change, double size)
{
    const QuidUnitId none = {0};
    if (isnan(change.value))
        return QUID_STRING("");
    if (is_probability(brief, ask)) {
        const Scale scale = {.factor = 0.01, .multiplier = "", .digits = 1};
        return quid__arena_format(
            arena(brief), "%.*s points",
            QUID_PRINT(quid__brief_figure_in(
                brief, (Figure){change.value, change.error, none, true}, scale)));
    }
    const QuidType type = type_of(brief, ask);
    if (quid__ask_is_date(brief, ask) || is_duration(type)) {
        const Scale scale = {.factor = 1, .multiplier = "", .digits = 0};
        return quid__arena_format(
            arena(brief), "%.*s days",
            QUID_PRINT(quid__brief_figure_in(
                brief, (Figure){change.value, change.error, none, true}, scale)));
    }
    const Figure figure = {change.value, change.error, unit_of_type(type), true};
    return quid__brief_figure_in(brief, figure, quid__brief_scale(size));
}

// ---- The tornado ------------------------------------------------------------

#define TORNADO_COLUMNS 20u

static bool is_percentage(const Brief *brief, const QuidInput *input)
{
    const QuidShape shape = brief->model->terms[input->term.index].shape;
    return input->kind != QUID_INPUT_QUANTITY || shape == QUID_SHAPE_LOGIT_NORMAL ||
           shape == QUID_SHAPE_BETA;
}

static QuidString input_value(Brief *brief, const QuidInput *input, double value)
{
    if (is_percentage(brief, input))
        return quid__brief_percent(brief, value);
    if (input->type.kind == QUID_TYPE_DATE)
        return quid__brief_day(brief, value);
    if (input->type.is_business)
        return quid__arena_format(
            arena(brief), "%.*s business days",
            QUID_PRINT(quid__brief_figure(brief, (Figure){value, 0, {0}, false})));
    if (is_duration(input->type))
        return quid__brief_span(brief, value);
    return quid__brief_figure(brief, (Figure){value, 0, unit_of_type(input->type), false});
}

static QuidString input_range(Brief *brief, const QuidInput *input)
{
    const bool is_amount = !is_percentage(brief, input) && input->type.kind == QUID_TYPE_NUMBER &&
                           input->type.time_power == 0;
    if (is_amount)
        return quid__brief_range(brief, input->low, input->high, unit_of_type(input->type));
    return quid__arena_format(arena(brief), "%.*s to %.*s",
                              QUID_PRINT(input_value(brief, input, input->low)),
                              QUID_PRINT(input_value(brief, input, input->high)));
}

typedef struct Extent {
    double low;
    double high;
} Extent;

static void stretch(Extent *extent, double value)
{
    if (isnan(value))
        return;
    extent->low = value < extent->low ? value : extent->low;
    extent->high = value > extent->high ? value : extent->high;
}

static uint32_t column_at(const Extent *extent, double value)
{
    const double width = extent->high - extent->low;
    const double share = width > 0 ? (value - extent->low) / width : 0.5;
    return (uint32_t)(share * (TORNADO_COLUMNS - 1) + 0.5);
}

// From the answer at the input's low end (▒) to that at its high end (█), with the base between.
static QuidString bar_text(Brief *brief, const Extent *extent, const QuidSensitivityRow *row,
                           double base)
{
    if (isnan(row->low) || isnan(row->high) || isnan(base))
        return QUID_STRING("");
    const uint32_t low = column_at(extent, row->low);
    const uint32_t high = column_at(extent, row->high);
    const uint32_t middle = column_at(extent, base);
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < TORNADO_COLUMNS; i++) {
        const bool is_low = (i >= low && i < middle) || (i > middle && i <= low);
        const bool is_high = (i >= high && i < middle) || (i > middle && i <= high);
        const char *cell = i == middle ? "│" : is_high ? "█" : is_low ? "▒" : " ";
        text = quid__arena_format(arena(brief), "%.*s%s", QUID_PRINT(text), cell);
    }
    return text;
}

static void add_tornado_row(Brief *brief, Table *table, const QuidSensitivityTables *tables,
                            const QuidSensitivityRow *row, const Extent *extent)
{
    const QuidInput *input = &tables->inputs[row->input];
    quid__table_cell(
        table, quid__arena_format(arena(brief), "%.*s to %.*s",
                                  QUID_PRINT(quid__brief_number(brief, row->ask, row->low)),
                                  QUID_PRINT(quid__brief_number(brief, row->ask, row->high))));
    quid__table_cell(table, bar_text(brief, extent, row, tables->base[row->ask]));
    quid__table_cell(table,
                     quid__arena_format(arena(brief), "%.*s %.*s: %.*s%s", QUID_PRINT(input->label),
                                        QUID_PRINT(quid__brief_mark(brief, input->origin)),
                                        QUID_PRINT(input_range(brief, input)),
                                        input->is_assumed ? " (no range is stated)" : ""));
}

// Less than half a point, or half a percent of the answer, changes nothing for a reader.
static bool is_told(const Brief *brief, const QuidSensitivityRow *row, double base)
{
    const double size = fabs(row->high - row->low);
    const bool is_date = quid__ask_is_date(brief, row->ask);
    const double least = is_probability(brief, row->ask) ? 0.005 : is_date ? 1 : 0.005 * fabs(base);
    return !(size < least) && size > 0;
}

void quid__brief_ask_tornado(Brief *brief, const QuidSensitivity *sensitivity, uint32_t ask,
                             uint32_t limit)
{
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    Extent extent = {tables->base[ask], tables->base[ask]};
    uint32_t shown = 0;
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const QuidSensitivityRow *row = &tables->rows[i];
        if (row->ask != ask || !is_told(brief, row, tables->base[ask]))
            continue;
        stretch(&extent, row->low);
        stretch(&extent, row->high);
        shown += 1;
    }
    if (shown == 0)
        return;
    const QuidString followed = brief->likeliest == NULL
                                    ? QUID_STRING("")
                                    : quid__brief_followed(brief, ask, brief->likeliest[ask]);
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief),
                           "%.*s %.*s%s%.*s =", QUID_PRINT(brief->model->asks[ask].question),
                           QUID_PRINT(followed), followed.size > 0 ? " " : "",
                           QUID_PRINT(quid__brief_number(brief, ask, tables->base[ask]))));
    Table table = quid__table_open(&brief->page, 3);
    uint32_t count = 0;
    for (uint32_t i = 0; i < tables->row_count && (limit == 0 || count < limit); i++) {
        const QuidSensitivityRow *row = &tables->rows[i];
        if (row->ask != ask || !is_told(brief, row, tables->base[ask]))
            continue;
        add_tornado_row(brief, &table, tables, row, &extent);
        count += 1;
    }
    quid__table_print(&table, 4);
}

// ---- Shares of variance -----------------------------------------------------

// "let/savings/0" is "savings": the kind before and the number behind say nothing to a reader.
static QuidString variable_name(QuidString path)
{
    uint32_t first = 0;
    while (first < path.size && path.bytes[first] != '/')
        first += 1;
    uint32_t end = path.size;
    while (end > first + 1 && path.bytes[end - 1] >= '0' && path.bytes[end - 1] <= '9')
        end -= 1;
    if (end > first + 1 && end < path.size && path.bytes[end - 1] == '/')
        end -= 1;
    else
        end = path.size;
    return first + 1 < end ? (QuidString){path.bytes + first + 1, end - first - 1} : path;
}

void quid__brief_shares(Brief *brief)
{
    if (brief->forecast == NULL || brief->forecast->share_count == 0)
        return;
    quid__page_heading(&brief->page, "Where the spread of the answers comes from");
    for (uint32_t ask = 0; ask < brief->model->ask_count; ask++) {
        Table table = quid__table_open(&brief->page, 3);
        bool has_any = false;
        for (uint32_t i = 0; i < brief->forecast->share_count; i++) {
            const QuidVarianceShare *share = &brief->forecast->shares[i];
            if (share->ask != ask)
                continue;
            if (!has_any)
                quid__page_paragraph(&brief->page, 2, brief->model->asks[ask].question);
            has_any = true;
            quid__table_cell(&table, variable_name(share->variable));
            quid__table_cell(&table, quid__brief_bar(brief, share->share.value, TORNADO_COLUMNS));
            quid__table_cell(
                &table, quid__arena_format(arena(brief), "%.*s =",
                                           QUID_PRINT(quid__brief_chance(brief, share->share.value,
                                                                         share->share.error))));
        }
        quid__table_print(&table, 4);
    }
    quid__page_paragraph(
        &brief->page, 2,
        QUID_STRING("Each draw's first-order share of the answer's variance; what is missing "
                    "to 100% comes from draws acting together."));
}

void quid__brief_tornado(Brief *brief, const QuidSensitivity *sensitivity, uint32_t limit)
{
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    if (tables->row_count == 0)
        return;
    quid__page_heading(&brief->page, "What would change it");
    for (uint32_t ask = 0; ask < tables->ask_count; ask++)
        quid__brief_ask_tornado(brief, sensitivity, ask, limit);
    quid__page_paragraph(
        &brief->page, 2,
        QUID_STRING("Each line: the answer as one input goes from the low (▒) to the high (█) end "
                    "of its range, the rest as it is (│). Figures by the same draws. ="));
}
