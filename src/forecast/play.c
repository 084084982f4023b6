// How the parties move where no game says it: each open date, one of the options, all as likely.
#include "forecast_internal.h"

bool quid__make_play(QuidForecast *forecast, UniformPlay *play)
{
    const QuidDealTables *model = forecast->model;
    play->forecast = forecast;
    play->names = quid__arena_push(&forecast->arena,
                                   ((size_t)model->move_date_count + 1) * sizeof(QuidString));
    for (uint32_t i = 1; play->names != NULL && i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        for (uint32_t d = 0; d < move->date_count; d++) {
            char date[11];
            quid_date_text(model->move_dates[move->date_first + d], date);
            play->names[move->date_first + d] =
                quid__arena_format(&forecast->arena, "move/%.*s/%s", QUID_PRINT(move->id), date);
        }
    }
    return !forecast->arena.has_failed;
}

// One date of a move. is_over: by scenario, whether an `until` option was chosen before.
static void play_date(const UniformPlay *play, QuidProgramRun *run, uint32_t index, uint32_t date,
                      uint8_t *is_over, uint32_t count)
{
    const QuidForecast *forecast = play->forecast;
    const QuidMove *move = &forecast->model->moves[index];
    const QuidOption *options = &forecast->model->options[move->option_first];
    double *column = quid_program_choice(run, index, date);
    double u[QUID_PROGRAM_BLOCK];
    quid_program_uniform(run, play->names[move->date_first + date], u);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t option = (uint32_t)(u[i] * move->option_count);
        option = option < move->option_count ? option : move->option_count - 1;
        option = move->is_bound ? move->bound_option : option;
        if (column != NULL)
            column[i] = is_over[i] ? -1.0 : (double)option;
        is_over[i] = is_over[i] || options[option].is_until;
    }
}

static void play_move(const UniformPlay *play, QuidProgramRun *run, uint32_t index, uint32_t count)
{
    const QuidForecast *forecast = play->forecast;
    const QuidMove *move = &forecast->model->moves[index];
    const QuidChoice *choices =
        &forecast->facts->choices[forecast->facts->moves[index].choice_first];
    uint8_t is_over[QUID_PROGRAM_BLOCK] = {0};
    for (uint32_t d = 0; d < move->date_count; d++) {
        const bool is_recorded = choices[d].option != QUID_NO_CHOICE;
        const bool is_end =
            is_recorded &&
            forecast->model->options[move->option_first + choices[d].option].is_until;
        for (uint32_t i = 0; is_end && i < count; i++)
            is_over[i] = 1;
        const QuidDate date = forecast->model->move_dates[move->date_first + d];
        if (!is_recorded && date >= forecast->facts->as_of)
            play_date(play, run, index, d, is_over, count);
    }
}

QuidStatus quid__play_uniformly(void *user, QuidProgramRun *run, uint64_t first, uint32_t count)
{
    const UniformPlay *play = user;
    (void)first;
    for (uint32_t i = 1; i < play->forecast->model->move_count; i++)
        play_move(play, run, i, count);
    return QUID_OK;
}

// ---- As a solved game has it

// Positions are only read, but the hand that carries one through does not know that.
typedef union PositionPointer {
    const QuidPosition *position;
    void *user;
} PositionPointer;

static void prepare_position(void *user, QuidProgramRun *run)
{
    quid_position_prepare((PositionPointer){.user = user}.position, run);
}

static QuidStatus walk_position(void *user, QuidProgramRun *run, uint64_t first, uint32_t count)
{
    (void)first;
    return quid_position_walk((PositionPointer){.user = user}.position, run, count);
}

QuidPlay quid_forecast_play(const QuidPosition *position)
{
    return (QuidPlay){prepare_position, walk_position,
                      (PositionPointer){.position = position}.user};
}
