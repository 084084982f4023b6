// Running a program: a worker's columns, the settings of events and moves, and the two passes over
// a block of scenarios.
#include "bits.h"
#include "program_internal.h"
#include "random.h"

#define ALIGNMENT 64u // bytes: a cache line, and the widest vector

static QuidEventSetting first_setting(const QuidProgram *program, uint32_t index)
{
    const QuidEvent *event = &program->model->events[index];
    QuidEventSetting setting = {program->after, QUID_NEVER, QUID_OUTCOME_DRAWN};
    if (event->is_secret)
        setting.low = setting.high = -QUID_NEVER;
    if (program->facts != NULL && program->facts->events[index].is_known) {
        const QuidEventState *state = &program->facts->events[index];
        setting = (QuidEventSetting){state->date, state->date, state->outcome};
    }
    // A what-if's outcome wins over a fact's; the date stays.
    if (event->is_set)
        setting.outcome = event->set_outcome;
    return setting;
}

static void fill(const QuidProgramRun *run, uint32_t index, double value)
{
    double *column = run_column(run, index);
    for (uint32_t i = 0; i < QUID_PROGRAM_BLOCK; i++)
        column[i] = value;
}

static void init_settings(QuidProgramRun *run)
{
    const QuidProgram *program = run->program;
    const QuidDealTables *model = program->model;
    for (uint32_t i = 1; i < model->event_count; i++)
        run->settings[i] = first_setting(program, i);
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        for (uint32_t d = 0; d < move->date_count; d++) {
            int32_t option = -1;
            if (program->facts != NULL) {
                const uint32_t first = program->facts->moves[i].choice_first;
                const uint32_t chosen = program->facts->choices[first + d].option;
                option = chosen == QUID_NO_CHOICE ? -1 : (int32_t)chosen;
            }
            quid_program_set_choice(run, i, d, option);
        }
    }
}

void quid_program_set_scrambling(QuidProgramRun *run, uint32_t scrambling)
{
    const QuidProgram *program = run->program;
    // The first is the seed itself.
    const uint64_t seed =
        scrambling == 0
            ? program->options.seed
            : quid__mix_bits(program->options.seed + scrambling * UINT64_C(0x9E3779B97F4A7C15));
    if (run->has_seed && run->seed == seed)
        return;
    run->seed = seed;
    run->has_seed = true;
    for (uint32_t i = 1; i < program->variables.count; i++) {
        const Variable *variable = &QUID_AT(&program->variables, Variable, i);
        if (variable->is_used)
            run->keys[i] = quid__draw_key(run->seed, variable->name);
    }
}

QuidStatus quid_program_run_create(QuidContext *context, const QuidProgram *program,
                                   QuidProgramRun **result)
{
    const size_t columns =
        (size_t)program->register_count * QUID_PROGRAM_BLOCK * sizeof(double) + ALIGNMENT;
    const size_t keys = ((size_t)program->variables.count + 1) * sizeof(uint64_t);
    const size_t settings = (size_t)program->model->event_count * sizeof(QuidEventSetting);
    const size_t size = sizeof(QuidProgramRun) + keys + settings + columns;
    QuidProgramRun *run = quid__allocate(context, size);
    if (run == NULL)
        return QUID_NO_MEMORY;
    *run = (QuidProgramRun){.context = context, .program = program, .size = size};
    run->keys = (uint64_t *)(void *)(run + 1);
    run->settings = (QuidEventSetting *)(void *)((char *)run->keys + keys);
    char *bytes = (char *)run->settings + settings;
    const size_t excess = (size_t)((uintptr_t)bytes % ALIGNMENT);
    run->columns = (double *)(void *)(excess == 0 ? bytes : bytes + (ALIGNMENT - excess));
    // Columns are read whole by nobody before they are written; zeros make a mistake repeatable.
    for (uint32_t i = 0; i < program->register_count; i++)
        fill(run, i, 0);
    for (uint32_t i = 0; i < program->filling_count; i++)
        fill(run, program->fillings[i].out, program->fillings[i].value);
    run->settings[0] = (QuidEventSetting){0, 0, QUID_OUTCOME_GIVEN};
    init_settings(run);
    quid_program_set_scrambling(run, program->options.scrambling);
    *result = run;
    return QUID_OK;
}

void quid_program_run_free(QuidProgramRun *run)
{
    if (run != NULL)
        quid__release(run->context, run, run->size);
}

void quid_program_set_event(QuidProgramRun *run, uint32_t event, QuidEventSetting setting)
{
    QUID_ASSERT(event > 0 && event < run->program->model->event_count);
    QUID_ASSERT(setting.low <= setting.high);
    run->settings[event] = setting;
}

void quid_program_set_choice(QuidProgramRun *run, uint32_t move, uint32_t position, int32_t option)
{
    double *column = quid_program_choice(run, move, position);
    for (uint32_t i = 0; column != NULL && i < QUID_PROGRAM_BLOCK; i++)
        column[i] = option;
}

void quid_program_draw(QuidProgramRun *run, uint64_t first, uint32_t count)
{
    QUID_ASSERT(count <= QUID_PROGRAM_BLOCK);
    run->first = first;
    run->count = count;
    quid__execute(run, 0, run->program->draw_count);
}

void quid_program_finish(QuidProgramRun *run)
{
    quid__execute(run, run->program->draw_count, run->program->instruction_count);
}

static double *column_of(const QuidProgramRun *run, uint32_t index)
{
    return index == UINT32_MAX ? NULL : run_column(run, index);
}

double *quid_program_happened(QuidProgramRun *run, uint32_t event)
{
    QUID_ASSERT(event < run->program->model->event_count);
    return column_of(run, run->program->happened_register[event]);
}

double *quid_program_outcome(QuidProgramRun *run, uint32_t event)
{
    QUID_ASSERT(event < run->program->model->event_count);
    return column_of(run, run->program->outcome_register[event]);
}

double *quid_program_choice(QuidProgramRun *run, uint32_t move, uint32_t position)
{
    const QuidDealTables *model = run->program->model;
    QUID_ASSERT(move < model->move_count && position < model->moves[move].date_count);
    return column_of(run, run->program->choice_register[model->moves[move].date_first + position]);
}

void quid_program_uniform(const QuidProgramRun *run, QuidString name, double *out)
{
    const QuidProgram *program = run->program;
    const uint32_t index = quid__map_get(&program->variable_of_name, quid__name_hash(name));
    const Variable *variable = &QUID_AT(&program->variables, Variable, index);
    const bool is_known = index != 0 && quid__string_equal(variable->name, name);
    if (is_known && variable->is_used)
        quid__draw_uniform(run, index, run->keys[index], out);
    else if (is_known)
        quid__draw_uniform(run, index, quid__draw_key(run->seed, name), out);
    else
        quid__uniform_block(quid__draw_key(run->seed, name), 0, run->first, run->count, out);
}

const double *quid_program_column(const QuidProgramRun *run, uint32_t want)
{
    QUID_ASSERT(want < run->program->want_count);
    return run_column(run, run->program->want_registers[want]);
}
