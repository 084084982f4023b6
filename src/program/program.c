// The program stage's entry: from a deal, its facts and what is wanted to a program.
#include "program_internal.h"

#define OPTIONS_COOKIE 0x70726f67u

QuidProgramOptions quid_program_options(void)
{
    return (QuidProgramOptions){.has_dependencies = true, .cookie = OPTIONS_COOKIE};
}

// ---- Making ready

static bool init_program(QuidProgram *program, QuidContext *context, const QuidDeal *deal,
                         const QuidProgramOptions *options)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    *program = (QuidProgram){.context = context, .deal = deal, .model = model, .options = *options};
    program->facts = options->ledger == NULL ? NULL : quid_ledger_tables(options->ledger);
    program->after = program->facts == NULL ? -QUID_NEVER : (double)program->facts->as_of + 1;
    program->end = model->horizon == QUID_NO_DATE ? QUID_NEVER : (double)model->horizon + 1;
    quid__arena_init(&program->arena, context);
    quid__map_init(&program->variable_of_name, context);
    quid__vector_init(&program->variables, context, sizeof(Variable));
    quid__vector_init(&program->distributions, context, sizeof(QuidDistribution));
    quid__vector_init(&program->lists, context, sizeof(ValueList));
    quid__vector_init(&program->tables, context, sizeof(QuantileTable));
    quid__vector_init(&program->dependency_things, context, sizeof(uint32_t));
    program->windows = quid__arena_push(&program->arena, model->event_count * sizeof(EventWindow));
    program->move_times =
        quid__arena_push(&program->arena, (model->move_date_count + (size_t)1) * sizeof(double));
    return quid__vector_push(&program->variables) != NULL && !program->arena.has_failed;
}

static void set_times(QuidProgram *program)
{
    const QuidDealTables *model = program->model;
    for (uint32_t i = 1; i < model->event_count; i++)
        (void)quid__event_window(model, (SpreadRoom){.arena = &program->arena}, i,
                                 &program->windows[i]);
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        for (uint32_t d = 0; d < move->date_count; d++) {
            double time = model->move_dates[move->date_first + d];
            if (program->facts != NULL) {
                // A choice that was recorded was made on its fact's day.
                const QuidChoice *choice =
                    &program->facts->choices[program->facts->moves[i].choice_first + d];
                if (choice->option != QUID_NO_CHOICE && choice->fact != UINT32_MAX)
                    time = model->facts[choice->fact].date;
            }
            program->move_times[move->date_first + d] = time;
        }
    }
}

static bool init_builder(Builder *builder, QuidProgram *program, const QuidLedger *rates)
{
    const QuidDealTables *model = program->model;
    QuidArena *arena = &program->arena;
    const size_t size = sizeof(uint32_t);
    *builder = (Builder){.context = program->context,
                         .program = program,
                         .model = model,
                         .ledger = program->options.ledger,
                         .rates = rates};
    quid__vector_init(&builder->nodes, program->context, sizeof(Node));
    quid__vector_init(&builder->pending, program->context, size);
    quid__vector_init(&builder->settlements, program->context, sizeof(QuidLedger *));
    quid__vector_init(&builder->settlement_days, program->context, sizeof(QuidDate));
    quid__map_init(&builder->node_of_hash, program->context);
    builder->term_nodes = quid__arena_push(arena, model->term_count * size);
    builder->since_nodes = quid__arena_push(arena, model->term_count * size);
    builder->term_variables = quid__arena_push(arena, model->term_count * size);
    builder->milestone_nodes = quid__arena_push(arena, model->milestone_count * size);
    builder->milestone_states = quid__arena_push(arena, model->milestone_count);
    builder->outcome_nodes = quid__arena_push(arena, model->event_count * size);
    builder->event_variables = quid__arena_push(arena, model->event_count * size);
    builder->outcome_variables = quid__arena_push(arena, model->event_count * size);
    return quid__vector_push(&builder->nodes) != NULL && !arena->has_failed;
}

static bool has_failed(const Builder *builder)
{
    const QuidProgram *program = builder->program;
    return builder->has_failed || program->arena.has_failed || builder->nodes.has_failed ||
           builder->pending.has_failed || builder->settlements.has_failed ||
           builder->settlement_days.has_failed || builder->node_of_hash.has_failed ||
           program->variables.has_failed || program->distributions.has_failed ||
           program->lists.has_failed || program->tables.has_failed ||
           program->variable_of_name.has_failed || program->dependency_things.has_failed ||
           quid__report_has_failed(builder->context);
}

static void free_builder(Builder *builder)
{
    for (uint32_t i = 0; i < builder->settlements.count; i++)
        quid_ledger_free(QUID_AT(&builder->settlements, QuidLedger *, i));
    quid__vector_free(&builder->settlements);
    quid__vector_free(&builder->settlement_days);
    quid__vector_free(&builder->nodes);
    quid__vector_free(&builder->pending);
    quid__map_free(&builder->node_of_hash);
}

// ---- Compiling

static uint32_t build_want(Builder *builder, const QuidWant *want)
{
    switch (want->kind) {
    case QUID_WANT_TERM:
        return quid__build_term(builder, want->term);
    case QUID_WANT_MILESTONE:
        return quid__build_milestone(builder, want->index);
    case QUID_WANT_OUTCOME:
        return quid__build_outcome(builder, want->index);
    case QUID_WANT_HAPPENED:
        return quid__build_happened(builder, want->index);
    case QUID_WANT_OPTION:
        return quid__build_state(builder, want->index, 0);
    case QUID_WANT_CHOSEN:
        return quid__build_chosen(builder, want->index, 0);
    case QUID_WANT_AMOUNT:
        return quid__build_amount(builder, want->index, want->stage, want->date);
    case QUID_WANT_SUPPLY:
        return quid__build_supplied(
            builder, builder->model->supplys[want->index].supplier_first + want->choice,
            want->date);
    case QUID_WANT_CRITICAL:
        return quid__build_critical(builder, want->index);
    }
    return 0;
}

static bool build_program(Builder *builder, const QuidWant *wants, uint32_t want_count)
{
    QuidProgram *program = builder->program;
    uint32_t *nodes =
        quid__arena_push(&program->arena, ((size_t)want_count + 1) * sizeof(uint32_t));
    if (nodes == NULL || !quid__init_business(program))
        return false;
    set_times(program);
    quid__name_variables(builder);
    for (uint32_t i = 0; i < want_count && !has_failed(builder); i++)
        nodes[i] = build_want(builder, &wants[i]);
    return !has_failed(builder) && quid__schedule(builder, nodes, want_count) &&
           (!program->options.has_dependencies ||
            quid__find_dependencies(builder, nodes, want_count));
}

QuidStatus quid_program_compile(QuidContext *context, const QuidDeal *deal, const QuidLedger *rates,
                                const QuidProgramOptions *options, const QuidWant *wants,
                                uint32_t want_count, QuidProgram **result)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && rates != NULL);
    QuidProgram *program = quid__allocate(context, sizeof *program);
    if (program == NULL)
        return QUID_NO_MEMORY;
    Builder builder = {.program = program, .context = context};
    bool is_good = init_program(program, context, deal, options);
    is_good = init_builder(&builder, program, rates) && is_good;
    is_good = is_good && build_program(&builder, wants, want_count);
    const QuidStatus status = !is_good || has_failed(&builder) ? QUID_NO_MEMORY
                              : builder.is_rate_missing        ? QUID_INVALID
                                                               : QUID_OK;
    free_builder(&builder);
    if (status != QUID_OK)
        quid_program_free(program);
    else
        *result = program;
    return status;
}

void quid_program_free(QuidProgram *program)
{
    if (program == NULL)
        return;
    quid__vector_free(&program->variables);
    quid__vector_free(&program->distributions);
    quid__vector_free(&program->lists);
    quid__vector_free(&program->tables);
    quid__vector_free(&program->dependency_things);
    quid__map_free(&program->variable_of_name);
    quid__arena_free(&program->arena);
    quid__release(program->context, program, sizeof *program);
}

// ---- Answers without running

QuidDependencies quid_program_dependencies(const QuidProgram *program, uint32_t want)
{
    QUID_ASSERT(want < program->want_count && program->dependencies != NULL);
    const WantDependencies *found = &program->dependencies[want];
    const uint32_t *things = program->dependency_things.items;
    // No thing at all: no table either, and nothing may be added to a null pointer.
    return (QuidDependencies){.events = things == NULL ? NULL : things + found->event_first,
                              .event_count = found->event_count,
                              .moves = things == NULL ? NULL : things + found->move_first,
                              .move_count = found->move_count,
                              .is_drawn = found->is_drawn};
}

static uint32_t next_used(const QuidProgram *program, uint32_t index)
{
    while (index < program->variables.count &&
           !QUID_AT(&program->variables, Variable, index).is_used)
        index += 1;
    return index;
}

uint32_t quid_program_variable_count(const QuidProgram *program)
{
    uint32_t count = 0;
    for (uint32_t i = next_used(program, 1); i < program->variables.count;
         i = next_used(program, i + 1))
        count += 1;
    return count;
}

QuidString quid_program_variable(const QuidProgram *program, uint32_t number)
{
    uint32_t index = next_used(program, 1);
    for (uint32_t i = 0; i < number; i++)
        index = next_used(program, index + 1);
    QUID_ASSERT(index < program->variables.count);
    return QUID_AT(&program->variables, Variable, index).name;
}

double quid_program_event_cdf(const QuidDeal *deal, uint32_t event, double date)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    QUID_ASSERT(event > 0 && event < model->event_count && !model->events[event].is_secret);
    EventWindow window;
    double values[2 * CHOICE_COUNT_MAX];
    (void)quid__event_window(model, (SpreadRoom){.values = values}, event, &window);
    return quid__spread_cdf(&window.spread, date);
}
