// Payoffs: each line of `worth` valued at every end of a history, as its party expects it there.
#include "game_internal.h"

#include <string.h>

// A party's payoff is in the deal's currency; where it has none, in that of the party's first line.
static QuidUnitId unit_of_player(const QuidDealTables *model, uint32_t party)
{
    QuidUnitId unit = model->currency;
    for (uint32_t i = 0; unit.index == 0 && i < model->worth_count; i++) {
        if (model->worths[i].party.index == party)
            unit = model->terms[model->worths[i].amount.index].type.money;
    }
    return unit;
}

static double rate_of_worth(Compiler *compiler, const QuidWorth *worth, QuidUnitId unit)
{
    const QuidUnitId from = compiler->model->terms[worth->amount.index].type.money;
    double rate = 1;
    if (quid_ledger_rate(compiler->prober.rates, from, unit, &rate))
        return rate;
    char date[11];
    quid_date_text(quid_ledger_tables(compiler->prober.rates)->as_of, date);
    quid__report(compiler->context, QUID_E0603_MISSING_RATE, worth->origin.span,
                 "this is in %.*s, the payoff of `%.*s` in %.*s: no exchange rate is known by %s",
                 QUID_PRINT(compiler->model->units[from.index].name),
                 QUID_PRINT(compiler->model->partys[worth->party.index].id),
                 QUID_PRINT(compiler->model->units[unit.index].name), date);
    quid__report_hint(compiler->context, "add a fact such as `%s rate %.*s/%.*s …`", date,
                      QUID_PRINT(compiler->model->units[unit.index].name),
                      QUID_PRINT(compiler->model->units[from.index].name));
    compiler->status = QUID_INVALID;
    return 1;
}

void quid__open_worths(Compiler *compiler)
{
    const QuidDealTables *model = compiler->model;
    QuidUnitId *units =
        quid__arena_push(&compiler->game->arena, model->party_count * sizeof *units);
    compiler->worths =
        quid__arena_push(&compiler->arena, (size_t)(model->worth_count + 1) * sizeof(Probe));
    compiler->worth_rates =
        quid__arena_push(&compiler->arena, (size_t)(model->worth_count + 1) * sizeof(double));
    if (compiler->game->arena.has_failed || compiler->arena.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    for (uint32_t party = 1; party < model->party_count; party++)
        units[party - 1] = unit_of_player(model, party);
    compiler->game->deal_tables.player_unit = units;
    for (uint32_t i = 0; i < model->worth_count && compiler->status == QUID_OK; i++) {
        const QuidWorth *worth = &model->worths[i];
        compiler->worths[i] = (Probe){.kind = PROBE_WORTH,
                                      .amount = worth->amount,
                                      .condition = worth->condition,
                                      .at = worth->at,
                                      .discount = model->partys[worth->party.index].discount,
                                      .belief = compiler->belief_of_party[worth->party.index]};
        compiler->worth_rates[i] = rate_of_worth(compiler, worth, units[worth->party.index - 1]);
        if (compiler->status == QUID_OK)
            compiler->status = quid__probe_open(&compiler->prober, &compiler->worths[i]);
    }
}

static bool is_alike(const Probe *probe, const int16_t *left, const int16_t *right)
{
    for (uint32_t i = 0; i < probe->step_count; i++) {
        if (left[probe->steps[i]] != right[probe->steps[i]])
            return false;
    }
    return true;
}

// A worth line while it is valued, apart from the others: so that they can be valued side by side.
typedef struct Line {
    Prober prober;
    Valuations made;
    bool is_base; // taken over as it is
} Line;

typedef struct Lines {
    Compiler *compiler;
    Line *list;      // by worth row
    uint32_t *index; // [worth row * terminal count + terminal]
} Lines;

// Values of a worth line by terminal, as numbers into the probe's own list.
static void index_values(void *user, uint32_t worth, uint32_t worker)
{
    const Lines *lines = user;
    const Compiler *compiler = lines->compiler;
    Line *line = &lines->list[worth];
    const QuidDealGameTables *tables = &compiler->game->deal_tables;
    const uint32_t terminal_count = compiler->game->tables.terminal_count;
    uint32_t *index = lines->index + (size_t)worth * terminal_count;
    Probe *probe = &compiler->worths[worth];
    uint32_t number = 0;
    (void)worker;
    if (line->is_base)
        return;
    for (uint32_t terminal = 0; terminal < terminal_count; terminal++) {
        const int16_t *slots = tables->slots + (size_t)terminal * tables->step_count;
        // Neighbours in the tree mostly agree on what a line rests on.
        const bool is_same = terminal > 0 && is_alike(probe, slots - tables->step_count, slots);
        const History history = {tables->steps, slots, tables->step_count};
        if (!is_same)
            (void)quid__probe_value(&line->prober, probe, &history, &number);
        index[terminal] = number;
    }
}

// ---- Taking over what a change leaves alone

static bool is_base_line(const Compiler *compiler, uint32_t worth)
{
    const WorthValues *base = &compiler->base->worth_values[worth];
    const WorthValues *own = &compiler->game->worth_values[worth];
    return base->grounds != NULL && base->ground_count == own->ground_count &&
           memcmp(base->grounds, own->grounds, own->ground_count * sizeof own->grounds[0]) == 0;
}

// ---- Filling

static void push_value(QuidGame *game, double value, double error)
{
    double *new_value = quid__vector_push(&game->values);
    double *new_error = quid__vector_push(&game->value_errors);
    if (new_value == NULL || new_error == NULL)
        return;
    *new_value = value;
    *new_error = error;
}

static void take_over(Compiler *compiler, uint32_t worth, uint32_t *index)
{
    const QuidGame *base = compiler->base;
    const uint32_t terminal_count = base->tables.terminal_count;
    const WorthValues *known = &base->worth_values[worth];
    WorthValues *own = &compiler->game->worth_values[worth];
    const uint32_t *from = base->deal_tables.value_index + (size_t)worth * terminal_count;
    for (uint32_t i = 0; i < terminal_count; i++)
        index[i] = from[i] - known->value_first + own->value_first;
    for (uint32_t i = known->value_first; i < known->value_first + known->value_count; i++)
        push_value(compiler->game, base->deal_tables.value[i], base->deal_tables.value_error[i]);
    own->value_count = known->value_count;
    own->exact_count = known->exact_count;
}

static void keep_valuations(Compiler *compiler, const Line *line)
{
    Valuations *made = &compiler->game->valuations;
    for (uint32_t i = 0; i < line->made.values.count; i++) {
        const QuidString key = quid__names_text(&line->made.keys, (QuidName){i + 1});
        const QuidName name = quid__names_intern(&made->keys, key.bytes, key.size);
        if (name.id != 0 && name.id <= made->values.count)
            continue; // another line's, too
        Valuation *added = name.id == 0 ? NULL : quid__vector_push(&made->values);
        if (added == NULL) {
            compiler->prober.has_failed = true;
            return;
        }
        *added = QUID_AT(&line->made.values, Valuation, i);
    }
}

static void take_values(Compiler *compiler, uint32_t worth, const Line *line, uint32_t *index)
{
    WorthValues *own = &compiler->game->worth_values[worth];
    const Probe *probe = &compiler->worths[worth];
    const double rate = compiler->worth_rates[worth];
    for (uint32_t i = 0; i < compiler->game->tables.terminal_count; i++)
        index[i] += own->value_first;
    for (uint32_t i = 0; i < probe->values.count; i++) {
        const ProbeValue *found = &QUID_AT(&probe->values, ProbeValue, i);
        push_value(compiler->game, found->mean * rate, found->error * rate);
        own->exact_count += found->is_exact;
    }
    own->value_count = probe->values.count;
    if (probe->has_drawn_outcome)
        own->grounds = NULL;
    keep_valuations(compiler, line);
}

// Values of all lines stand behind each other.
static void join_lines(const Lines *lines)
{
    Compiler *compiler = lines->compiler;
    QuidGame *game = compiler->game;
    for (uint32_t i = 0; i < compiler->model->worth_count; i++) {
        WorthValues *own = &game->worth_values[i];
        uint32_t *index = lines->index + (size_t)i * game->tables.terminal_count;
        own->value_first = game->values.count;
        if (lines->list[i].is_base)
            take_over(compiler, i, index);
        else
            take_values(compiler, i, &lines->list[i], index);
        game->deal_tables.exact_count += own->exact_count;
        game->deal_tables.sampled_count += own->value_count - own->exact_count;
        compiler->prober.has_failed =
            compiler->prober.has_failed || lines->list[i].prober.has_failed;
    }
}

static void fill_lines(Compiler *compiler, uint32_t *index)
{
    const uint32_t count = compiler->model->worth_count;
    const Prober *prober = &compiler->prober;
    Lines lines = {.compiler = compiler,
                   .list = quid__arena_push(&compiler->arena, (count + 1) * sizeof(Line))};
    lines.index = index;
    bool is_good = lines.list != NULL;
    for (uint32_t i = 0; is_good && i < count; i++) {
        Line *line = &lines.list[i];
        WorthValues *own = &compiler->game->worth_values[i];
        line->prober = *prober;
        line->prober.made = &line->made;
        quid__names_init(&line->made.keys, compiler->context);
        quid__vector_init(&line->made.values, compiler->context, sizeof(Valuation));
        own->grounds = quid__probe_grounds(prober, &compiler->worths[i], compiler->worth_rates[i],
                                           &compiler->game->arena, &own->ground_count);
        line->is_base = compiler->has_base_tree && is_base_line(compiler, i);
        is_good = own->grounds != NULL;
    }
    if (is_good) {
        quid__pool_run(compiler->pool, count, index_values, &lines);
        join_lines(&lines);
    }
    compiler->prober.has_failed = compiler->prober.has_failed || !is_good;
    for (uint32_t i = 0; lines.list != NULL && i < count; i++) {
        if (lines.list[i].made.keys.context == NULL)
            break; // never opened
        quid__names_free(&lines.list[i].made.keys);
        quid__vector_free(&lines.list[i].made.values);
    }
}

static void sum_payoffs(const Compiler *compiler, double *payoff)
{
    const QuidDealGameTables *tables = &compiler->game->deal_tables;
    const uint32_t terminal_count = compiler->game->tables.terminal_count;
    for (uint32_t worth = 0; worth < compiler->model->worth_count; worth++) {
        const uint32_t party = compiler->model->worths[worth].party.index;
        const uint32_t *index = tables->value_index + (size_t)worth * terminal_count;
        double *of_party = payoff + (size_t)(party - 1) * terminal_count;
        for (uint32_t i = 0; i < terminal_count; i++)
            of_party[i] += tables->value[index[i]];
    }
}

void quid__fill_payoffs(Compiler *compiler)
{
    QuidGame *game = compiler->game;
    const size_t terminal_count = game->tables.terminal_count;
    const size_t worth_count = compiler->model->worth_count;
    uint32_t *index =
        quid__arena_push(&game->arena, (terminal_count * worth_count + 1) * sizeof *index);
    game->worth_values =
        quid__arena_push(&game->arena, (worth_count + 1) * sizeof *game->worth_values);
    double *payoff = quid__arena_push(
        &game->arena, (terminal_count * game->tables.player_count + 1) * sizeof *payoff);
    if (!game->arena.has_failed)
        fill_lines(compiler, index);
    game->deal_tables.value_index = index;
    game->deal_tables.value = game->values.items;
    game->deal_tables.value_error = game->value_errors.items;
    game->tables.payoff = payoff;
    if (game->arena.has_failed || compiler->prober.has_failed || game->values.has_failed ||
        game->value_errors.has_failed)
        compiler->status = QUID_NO_MEMORY;
    else
        sum_payoffs(compiler, payoff);
}
