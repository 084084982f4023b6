// How late, how much, how sure: the timeline, milestones, amounts by date.
#include "times.h"

#include <string.h>

#define CURVE_COLUMNS_MAX 24u
#define CURVE_COLUMNS_MIN 6u

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

QuidString quid__brief_day(Brief *brief, double day)
{
    if (!(day < QUID_DATE_MAX))
        return QUID_STRING("never");
    return quid__page_date(&brief->page, (QuidDate)floor(day));
}

QuidString quid__brief_span(Brief *brief, double days)
{
    const double size = fabs(days);
    const double unit = size >= 730 ? 365.25 : size >= 90 ? 365.25 / 12 : 1;
    const char *name = size >= 730 ? "years" : size >= 90 ? "months" : "days";
    const Scale scale = {.factor = unit, .multiplier = "", .digits = 1};
    return quid__arena_format(arena(brief), "%.*s %s",
                              QUID_PRINT(quid__brief_scaled(brief, days, scale, false)), name);
}

// ---- Milestones -------------------------------------------------------------

static QuidString predecessor_id(const Brief *brief, const QuidPredecessor *predecessor)
{
    const QuidString id = quid_deal_thing_id(brief->model, predecessor->thing);
    return id.size > 0 ? id : QUID_STRING("the date");
}

// What it most often waits for last.
static QuidString critical_text(Brief *brief, uint32_t index)
{
    const QuidMilestone *milestone = &brief->model->milestones[index];
    const QuidMilestoneForecast *forecast = &brief->forecast->milestones[index];
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; milestone->after_count > 1 && i < forecast->critical_count; i++) {
        const double share = forecast->critical[i];
        if (share >= 0.1)
            text = quid__brief_join(
                brief, text, ", ",
                quid__arena_format(
                    arena(brief), "%.*s %.*s",
                    QUID_PRINT(predecessor_id(
                        brief, &brief->model->predecessors[milestone->after_first + i])),
                    QUID_PRINT(quid__brief_chance(brief, share, 0))));
    }
    return text;
}

// Columns that the other columns of the table leave, at most.
static uint32_t curve_columns(const Brief *brief)
{
    uint32_t used = 2 + 3 * 13 + 9;
    uint32_t widest = 0;
    for (uint32_t i = 1; i < brief->model->milestone_count; i++) {
        const QuidMilestoneForecast *forecast = &brief->forecast->milestones[i];
        const uint32_t width = quid__text_width(brief->model->milestones[i].id);
        if (!forecast->is_reached)
            widest = width > widest ? width : widest;
    }
    used += widest + 2 + 2 * 14;
    const uint32_t room = brief->page.width > used ? brief->page.width - used : 0;
    return room < CURVE_COLUMNS_MIN   ? CURVE_COLUMNS_MIN
           : room > CURVE_COLUMNS_MAX ? CURVE_COLUMNS_MAX
                                      : room;
}

// The chance by date, from the as-of day to the horizon in equal steps.
static QuidString curve_text(Brief *brief, uint32_t index)
{
    double values[CURVE_COLUMNS_MAX];
    const uint32_t count = curve_columns(brief);
    const double first = brief->ledger->as_of;
    const double last = brief->model->horizon;
    for (uint32_t i = 0; i < count; i++) {
        const double day = first + (last - first) * (i + 1) / count;
        values[i] = quid_forecast_chance_by(brief->outlook->forecast, index, (QuidDate)day).value;
    }
    return quid__brief_curve(brief, values, count);
}

// A narrow page shows the middle day alone.
static bool is_narrow(const Brief *brief)
{
    return brief->page.width < 92;
}

static void add_milestone(Brief *brief, Table *table, uint32_t index)
{
    const QuidMilestone *milestone = &brief->model->milestones[index];
    const QuidMilestoneForecast *forecast = &brief->forecast->milestones[index];
    const QuidQuantiles *q = &forecast->date;
    const bool is_ever = forecast->chance.value > 0;
    quid__table_cell(table, milestone->id);
    quid__table_cell(table,
                     quid__brief_chance(brief, forecast->chance.value, forecast->chance.error));
    quid__table_cell(
        table, forecast->on_time.value < 0
                   ? QUID_STRING("–")
                   : quid__brief_chance(brief, forecast->on_time.value, forecast->on_time.error));
    if (!is_narrow(brief))
        quid__table_cell(table, is_ever ? quid__brief_day(brief, q->p10.value) : QUID_STRING("–"));
    quid__table_cell(table, is_ever ? quid__brief_day(brief, q->p50.value) : QUID_STRING("–"));
    if (is_narrow(brief))
        return;
    quid__table_cell(table, is_ever ? quid__brief_day(brief, q->p90.value) : QUID_STRING("–"));
    quid__table_cell(table, curve_text(brief, index));
}

static bool has_open_milestone(const Brief *brief)
{
    for (uint32_t i = 1; i < brief->model->milestone_count; i++) {
        if (!brief->forecast->milestones[i].is_reached)
            return true;
    }
    return false;
}

static void put_waits(Brief *brief)
{
    QuidString text = QUID_STRING("");
    for (uint32_t i = 1; i < brief->model->milestone_count; i++) {
        const QuidString waits =
            brief->forecast->milestones[i].is_reached ? QUID_STRING("") : critical_text(brief, i);
        if (waits.size > 0)
            text = quid__brief_join(brief, text, "; ",
                                    quid__arena_format(arena(brief), "%.*s: %.*s",
                                                       QUID_PRINT(brief->model->milestones[i].id),
                                                       QUID_PRINT(waits)));
    }
    if (text.size > 0)
        quid__page_paragraph(
            &brief->page, 2,
            quid__arena_format(arena(brief),
                               "Waits longest for (critical path): %.*s. =", QUID_PRINT(text)));
}

static void put_heads(Brief *brief, Table *table)
{
    quid__table_cell(table, QUID_STRING("="));
    quid__table_cell(table, QUID_STRING("reached"));
    quid__table_cell(table, QUID_STRING("on time"));
    if (!is_narrow(brief))
        quid__table_cell(table, QUID_STRING("1 in 10 by"));
    quid__table_cell(table, QUID_STRING("half by"));
    if (is_narrow(brief))
        return;
    quid__table_cell(table, QUID_STRING("9 in 10 by"));
    quid__table_cell(table, quid__arena_format(
                                arena(brief), "chance, to %.*s",
                                QUID_PRINT(quid__page_date(&brief->page, brief->model->horizon))));
}

void quid__brief_milestones(Brief *brief)
{
    if (brief->forecast == NULL || !has_open_milestone(brief))
        return;
    quid__page_heading(&brief->page, "What comes when");
    Table table = quid__table_open(&brief->page, is_narrow(brief) ? 4 : 7);
    put_heads(brief, &table);
    table.is_right[1] = true;
    table.is_right[2] = true;
    for (uint32_t i = 1; i < brief->model->milestone_count; i++) {
        if (!brief->forecast->milestones[i].is_reached)
            add_milestone(brief, &table, i);
    }
    quid__table_print(&table, 2);
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("Days are those of the cases in which it is reached at all."));
    put_waits(brief);
}

// ---- The timeline -----------------------------------------------------------

typedef struct Axis {
    double first;
    double last;
    uint32_t columns;
    uint32_t label_columns;
} Axis;

// One line's drawing: a mark a column, empty: a space.
typedef struct Line {
    const char **marks;
    uint32_t columns;
} Line;

static int32_t column_of(const Axis *axis, double day)
{
    if (!(day >= axis->first) || !(day <= axis->last))
        return -1;
    const double share = (day - axis->first) / (axis->last - axis->first);
    const int32_t column = (int32_t)(share * axis->columns);
    return column < (int32_t)axis->columns ? column : (int32_t)axis->columns - 1;
}

static Line new_line(Brief *brief, const Axis *axis)
{
    Line line = {quid__arena_push(arena(brief), axis->columns * sizeof(char *)), axis->columns};
    const int32_t now = column_of(axis, brief->ledger->as_of);
    for (uint32_t i = 0; line.marks != NULL && i < axis->columns; i++)
        line.marks[i] = (int32_t)i == now ? "│" : " ";
    return line;
}

static void mark(const Axis *axis, const Line *line, double day, const char *text)
{
    const int32_t column = column_of(axis, day);
    if (column >= 0 && line->marks != NULL)
        line->marks[column] = text;
}

static void fill(const Axis *axis, const Line *line, double first, double last, const char *text)
{
    const double begin = first < axis->first ? axis->first : first;
    const double end = last > axis->last ? axis->last : last;
    const int32_t from = column_of(axis, begin);
    const int32_t to = column_of(axis, end);
    for (int32_t i = from; i >= 0 && i <= to && line->marks != NULL; i++)
        line->marks[i] = text;
}

static void put_line(Brief *brief, const Axis *axis, QuidString label, const Line *line)
{
    if (line->marks == NULL)
        return;
    const uint32_t width = quid__text_width(label);
    QuidString text = quid__arena_format(
        arena(brief), "%.*s%*s", QUID_PRINT(label),
        (int)(axis->label_columns > width ? axis->label_columns - width : 0), "");
    uint32_t end = line->columns;
    while (end > 0 && line->marks[end - 1][0] == ' ')
        end -= 1;
    for (uint32_t i = 0; i < end; i++)
        text = quid__arena_format(arena(brief), "%.*s%s", QUID_PRINT(text), line->marks[i]);
    quid__page_text(&brief->page, "  ");
    quid__page_put(&brief->page, text);
    quid__page_text(&brief->page, "\n");
}

static void widen(double day, double *last)
{
    if (day < QUID_DATE_MAX && day > *last)
        *last = day;
}

static Axis find_axis(const Brief *brief)
{
    const QuidDealTables *model = brief->model;
    Axis axis = {.first = brief->ledger->as_of, .last = brief->ledger->as_of + 30.0};
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        const QuidDeadline *deadline = &brief->ledger->milestones[i].deadline;
        if (deadline->original != QUID_NO_DATE && deadline->met == QUID_NO_DATE) {
            axis.first = deadline->original < axis.first ? deadline->original : axis.first;
            widen(deadline->current, &axis.last);
        }
        if (!brief->forecast->milestones[i].is_reached &&
            brief->forecast->milestones[i].chance.value > 0)
            widen(brief->forecast->milestones[i].date.p90.value, &axis.last);
    }
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        const QuidDeadline *deadline = &brief->ledger->pledges[i].deadline;
        if (deadline->original == QUID_NO_DATE || deadline->met != QUID_NO_DATE)
            continue;
        axis.first = deadline->original < axis.first ? deadline->original : axis.first;
        widen(deadline->current, &axis.last);
    }
    for (uint32_t i = 1; i < model->event_count; i++) {
        const bool is_open = !model->events[i].is_secret && !brief->ledger->events[i].is_known;
        if (is_open && model->events[i].window.last != QUID_NO_DATE)
            widen(model->events[i].window.last, &axis.last);
    }
    // A past longer than half of what lies ahead would crowd it out.
    const double most = (axis.last - brief->ledger->as_of) / 2;
    if (brief->ledger->as_of - axis.first > most)
        axis.first = brief->ledger->as_of - most;
    axis.last = axis.last > model->horizon ? model->horizon : axis.last;
    return axis;
}

static void label_width(Axis *axis, QuidString label)
{
    const uint32_t width = quid__text_width(label) + 2;
    axis->label_columns = width > axis->label_columns ? width : axis->label_columns;
}

static void fit_axis(const Brief *brief, Axis *axis)
{
    const QuidDealTables *model = brief->model;
    for (uint32_t i = 1; i < model->milestone_count; i++)
        label_width(axis, model->milestones[i].id);
    for (uint32_t i = 1; i < model->event_count; i++)
        label_width(axis, model->events[i].id);
    for (uint32_t i = 1; i < model->move_count; i++)
        label_width(axis, model->moves[i].id);
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (brief->ledger->pledges[i].deadline.original != QUID_NO_DATE)
            label_width(axis, model->pledges[i].id);
    }
    axis->columns = brief->page.width - 2 - axis->label_columns;
}

// Years along the axis, or months where it is short.
static void put_scale(Brief *brief, const Axis *axis)
{
    char *text = quid__arena_push(arena(brief), axis->columns + (size_t)1);
    if (text == NULL)
        return;
    memset(text, ' ', axis->columns);
    const bool is_long = axis->last - axis->first > 1500;
    const int32_t step = is_long ? 12 : axis->last - axis->first > 500 ? 3 : 1;
    QuidCivil civil = quid_date_to_civil((QuidDate)axis->first);
    uint32_t free_from = 0;
    for (civil.day = 1;;) {
        civil.month += 1;
        civil = civil.month > 12 ? (QuidCivil){civil.year + 1, 1, 1} : civil;
        const QuidDate date = quid_date_from_civil(civil);
        if (date == QUID_NO_DATE || date > axis->last)
            break;
        const int32_t column = column_of(axis, date);
        if ((civil.month - 1) % step != 0 || column < 0 || (uint32_t)column < free_from ||
            (uint32_t)column + 8 > axis->columns)
            continue;
        char name[11];
        quid_date_text(date, name);
        text[column] = '|';
        memcpy(text + column + 1, name, is_long ? 4 : 7);
        free_from = (uint32_t)column + 10;
    }
    uint32_t size = axis->columns;
    while (size > 0 && text[size - 1] == ' ')
        size -= 1;
    quid__page_put(&brief->page, quid__arena_format(arena(brief), "  %*s%.*s\n",
                                                    (int)axis->label_columns, "", (int)size, text));
}

static void mark_deadline(const Axis *axis, const Line *line, const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE || deadline->met != QUID_NO_DATE)
        return;
    mark(axis, line, deadline->original, "◇");
    mark(axis, line, deadline->current, "◆");
}

static void put_milestone_line(Brief *brief, const Axis *axis, uint32_t index)
{
    const QuidMilestoneForecast *forecast = &brief->forecast->milestones[index];
    if (forecast->is_reached)
        return;
    const Line line = new_line(brief, axis);
    if (forecast->chance.value > 0) {
        fill(axis, &line, forecast->date.p10.value, forecast->date.p90.value, "─");
        mark(axis, &line, forecast->date.p10.value, "├");
        mark(axis, &line, forecast->date.p90.value, "┤");
        mark(axis, &line, forecast->date.p50.value, "●");
    }
    mark_deadline(axis, &line, &brief->ledger->milestones[index].deadline);
    put_line(brief, axis, brief->model->milestones[index].id, &line);
}

static void put_move_line(Brief *brief, const Axis *axis, uint32_t index)
{
    const QuidMove *move = &brief->model->moves[index];
    if (brief->answers == NULL || !quid__move_is_open(brief, index))
        return;
    const Line line = new_line(brief, axis);
    for (uint32_t d = 0; d < move->date_count; d++) {
        const QuidDate date = brief->model->move_dates[move->date_first + d];
        if (date > brief->ledger->as_of)
            mark(axis, &line, date, "▲");
    }
    put_line(brief, axis, move->id, &line);
}

static void put_event_line(Brief *brief, const Axis *axis, uint32_t index)
{
    const QuidEvent *event = &brief->model->events[index];
    if (event->is_secret || brief->ledger->events[index].is_known ||
        event->window.last == QUID_NO_DATE)
        return;
    const Line line = new_line(brief, axis);
    const double first =
        event->window.first > brief->ledger->as_of ? event->window.first : brief->ledger->as_of;
    fill(axis, &line, first, event->window.last, "░");
    put_line(brief, axis, event->id, &line);
}

void quid__brief_timeline(Brief *brief)
{
    if (brief->forecast == NULL ||
        brief->model->milestone_count + brief->model->move_count + brief->model->event_count <= 3)
        return;
    Axis axis = find_axis(brief);
    fit_axis(brief, &axis);
    if (axis.columns < 20 || axis.columns > brief->page.width || !(axis.last > axis.first))
        return;
    quid__page_text(&brief->page, "\n");
    put_scale(brief, &axis);
    for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
        const QuidDeadline *deadline = &brief->ledger->pledges[i].deadline;
        if (deadline->original == QUID_NO_DATE || deadline->met != QUID_NO_DATE)
            continue;
        const Line line = new_line(brief, &axis);
        mark_deadline(&axis, &line, deadline);
        put_line(brief, &axis, brief->model->pledges[i].id, &line);
    }
    for (uint32_t i = 1; i < brief->model->move_count; i++)
        put_move_line(brief, &axis, i);
    for (uint32_t i = 1; i < brief->model->event_count; i++)
        put_event_line(brief, &axis, i);
    for (uint32_t i = 1; i < brief->model->milestone_count; i++)
        put_milestone_line(brief, &axis, i);
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("│ today  ◇ first deadline  ◆ deadline now  ▲ a move  ░ an "
                                     "event may happen  ├●┤ reached in 8 of 10 cases, half by ●"));
}

// ---- Amounts ----------------------------------------------------------------

#define FAN_COLUMNS 4u // dates, at most

// A few of the fan's dates: year ends while there are enough of them.
static uint32_t pick_dates(const Brief *brief, uint32_t *picked)
{
    const QuidForecastTables *forecast = brief->forecast;
    const uint32_t count = forecast->amount_date_count;
    uint32_t picked_count = 0;
    const uint32_t room = brief->page.width > 50 ? (brief->page.width - 32) / 17 : 1;
    const uint32_t wanted = room > FAN_COLUMNS ? FAN_COLUMNS : room;
    for (uint32_t i = 0; i < wanted && count > 0; i++) {
        const double day =
            forecast->as_of +
            (double)(forecast->amount_dates[count - 1] - forecast->as_of) * (i + 1) / wanted;
        uint32_t nearest = 0;
        for (uint32_t d = 1; d < count; d++) {
            if (fabs(forecast->amount_dates[d] - day) < fabs(forecast->amount_dates[nearest] - day))
                nearest = d;
        }
        if (picked_count == 0 || picked[picked_count - 1] != nearest)
            picked[picked_count++] = nearest;
    }
    return picked_count;
}

static QuidString fan_text(Brief *brief, const QuidAmountForecast *amount, uint32_t date,
                           Scale scale)
{
    const QuidString middle = quid__brief_scaled(brief, amount->p50[date].value, scale, false);
    if (!(amount->p10[date].value < amount->p90[date].value))
        return middle;
    return quid__arena_format(
        arena(brief), "%.*s (%.*s–%.*s)", QUID_PRINT(middle),
        QUID_PRINT(quid__brief_scaled(brief, amount->p10[date].value, scale, false)),
        QUID_PRINT(quid__brief_scaled(brief, amount->p90[date].value, scale, false)));
}

// Fans that move: what stands still is said under "Where it stands".
static bool is_moving(const QuidAmountForecast *amount, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (fabs(amount->p90[i].value - amount->p10[0].value) > 1e-9 * fabs(amount->p90[i].value) ||
            fabs(amount->mean[i].value - amount->mean[0].value) >
                1e-9 * fabs(amount->mean[i].value))
            return true;
    }
    return false;
}

static void add_fan(Brief *brief, Table *table, const QuidAmountForecast *amount,
                    const uint32_t *picked, uint32_t picked_count)
{
    const QuidPledge *pledge = &brief->model->pledges[amount->pledge];
    double size = 0;
    for (uint32_t i = 0; i < picked_count; i++)
        size = amount->p90[picked[i]].value > size ? amount->p90[picked[i]].value : size;
    Scale scale = quid__brief_scale(size);
    scale.digits = scale.digits > 1 ? 1 : scale.digits;
    quid__table_cell(table, pledge->id);
    quid__table_cell(table,
                     quid__arena_format(arena(brief), "%s,%s %.*s", quid_stage_word(amount->stage),
                                        scale.multiplier,
                                        QUID_PRINT(brief->model->units[pledge->unit.index].name)));
    for (uint32_t i = 0; i < picked_count; i++)
        quid__table_cell(table, fan_text(brief, amount, picked[i], scale));
}

void quid__brief_amounts(Brief *brief)
{
    if (brief->forecast == NULL)
        return;
    uint32_t moving = 0;
    for (uint32_t i = 0; i < brief->forecast->amount_count; i++)
        moving += is_moving(&brief->forecast->amounts[i], brief->forecast->amount_date_count);
    uint32_t picked[FAN_COLUMNS];
    const uint32_t picked_count = pick_dates(brief, picked);
    if (moving == 0 || picked_count == 0)
        return;
    quid__page_heading(&brief->page, "How much by when");
    Table table = quid__table_open(&brief->page, 2 + picked_count);
    quid__table_cell(&table, QUID_STRING("="));
    quid__table_cell(&table, QUID_STRING(""));
    for (uint32_t i = 0; i < picked_count; i++)
        quid__table_cell(&table,
                         quid__page_date(&brief->page, brief->forecast->amount_dates[picked[i]]));
    for (uint32_t i = 0; i < brief->forecast->amount_count; i++) {
        const QuidAmountForecast *amount = &brief->forecast->amounts[i];
        if (is_moving(amount, brief->forecast->amount_date_count))
            add_fan(brief, &table, amount, picked, picked_count);
    }
    quid__table_print(&table, 2);
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("The middle case, and in brackets what 8 of 10 cases lie "
                                     "between; at least that stage, parts included."));
}

// ---- Outcomes and choices by scenario ---------------------------------------

void quid__brief_chances(Brief *brief)
{
    if (brief->forecast == NULL)
        return;
    quid__page_heading(&brief->page, "How events and moves come out");
    Table table = quid__table_open(&brief->page, 3);
    for (uint32_t i = 1; i < brief->model->event_count; i++) {
        const QuidEvent *event = &brief->model->events[i];
        const QuidEventForecast *forecast = &brief->forecast->events[i];
        for (uint32_t o = 0; o < forecast->outcome_count; o++) {
            quid__table_cell(&table, o > 0 ? QUID_STRING("") : event->id);
            quid__table_cell(&table, brief->model->outcomes[event->outcome_first + o].id);
            quid__table_cell(
                &table,
                quid__arena_format(arena(brief), "%.*s%s =",
                                   QUID_PRINT(quid__brief_chance(brief, forecast->chance[o].value,
                                                                 forecast->chance[o].error)),
                                   forecast->is_overdue
                                       ? " (its window is past and no fact says how it came out)"
                                       : ""));
        }
    }
    for (uint32_t i = 1; i < brief->model->move_count; i++) {
        const QuidMove *move = &brief->model->moves[i];
        const QuidMoveForecast *forecast = &brief->forecast->moves[i];
        for (uint32_t o = 0; o < forecast->option_count; o++) {
            const QuidEstimated *chance = &forecast->final_choice[o];
            quid__table_cell(&table, o > 0 ? QUID_STRING("") : move->id);
            quid__table_cell(&table, brief->model->options[move->option_first + o].id);
            quid__table_cell(&table, quid__arena_format(arena(brief), "%.*s =",
                                                        QUID_PRINT(quid__brief_chance(
                                                            brief, chance->value, chance->error))));
        }
    }
    quid__table_print(&table, 2);
}

void quid__brief_method(Brief *brief)
{
    if (brief->forecast == NULL)
        return;
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(
            arena(brief),
            "Forecast from %llu scenarios (%s points, seed %llu); ± is a standard error, left out "
            "where it would not change the last digit shown.",
            (unsigned long long)brief->forecast->scenario_count,
            brief->forecast->is_sobol ? "scrambled Sobol" : "Philox",
            (unsigned long long)brief->forecast->seed));
}
