// Any bytes behind the head of a part of a forecast, or of a tornado: putting parts together ends
// in a status, and the part as it was written gives an answer.
#include "fuzz.h"

#define SCENARIO_COUNT 16u

static const char text[] =
    "deal \"x\"\n  currency USD\n  horizon 2025-02-28\nparty A\nparty B\n"
    "pledge p\n  from A to B\n  amount 1 bn USD\n  made 2025-01-01\n  committed at end\n"
    "event court\n  struck 40%\n  upheld otherwise\n  between 2025-02-01 and 2025-02-20\n"
    "milestone end\n  after court\n  takes 2 to 30 days\n  due 2025-02-25\n"
    "ask \"a\" chance court = struck\nask \"b\" value 1 to 2\nask \"c\" when end\n"
    "2025-01-01 note \"x\"\n";

typedef struct Trial {
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidIoBuffer part;
} Trial;

static void demand(bool is_so)
{
    if (!is_so)
        abort();
}

static void open_trial(Trial *trial)
{
    const QuidLedgerOptions options = quid_ledger_options();
    QuidFileId file;
    trial->context = quid_context_create(NULL);
    demand(quid_context_add_file(trial->context, QUID_FUZZ_NAME("parts"), QUID_FUZZ_NAME(text),
                                 &file) == QUID_OK);
    demand(quid_text_parse(trial->context, file, &trial->text) == QUID_OK);
    demand(quid_deal_check(trial->context, trial->text, &trial->deal) == QUID_OK);
    demand(quid_ledger_settle(trial->context, trial->deal, &options, &trial->ledger) == QUID_OK);
}

static void close_trial(Trial *trial)
{
    free(trial->part.bytes);
    quid_ledger_free(trial->ledger);
    quid_deal_free(trial->deal);
    quid_text_free(trial->text);
    quid_context_free(trial->context);
}

// The part up to `first`, and the input behind it, cut to the part's size.
static QuidString changed(Trial *trial, const uint8_t *data, size_t size, size_t first)
{
    demand(first <= trial->part.size);
    const size_t room = trial->part.size - first;
    const size_t kept = size < room ? size : room;
    if (kept > 0)
        memcpy(trial->part.bytes + first, data, kept);
    return (QuidString){trial->part.bytes, (uint32_t)(first + kept)};
}

static QuidForecastOptions forecast_options(void)
{
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = SCENARIO_COUNT;
    options.replicate_count = 2;
    options.fan_scenario_count = SCENARIO_COUNT;
    return options;
}

static QuidStatus put_together(const Trial *trial, const QuidString *part)
{
    QuidForecastOptions options = forecast_options();
    QuidForecast *forecast = NULL;
    options.parts = part;
    options.part_count = 1;
    const QuidStatus status =
        quid_forecast_run(trial->context, trial->deal, trial->ledger, &options, &forecast);
    quid_forecast_free(forecast);
    return status;
}

static void try_forecast(Trial *trial, const uint8_t *data, size_t size, size_t first)
{
    const QuidForecastOptions options = forecast_options();
    demand(quid_forecast_part(trial->context, trial->deal, trial->ledger, &options,
                              (QuidPart){0, 1}, quid_io_buffer_output(&trial->part)) == QUID_OK);
    const QuidString whole = {trial->part.bytes, (uint32_t)trial->part.size};
    demand(put_together(trial, &whole) == QUID_OK);
    const QuidString other = changed(trial, data, size, first);
    const QuidStatus status = put_together(trial, &other);
    demand(status == QUID_OK || status == QUID_IO);
}

// ---- The tornado

static QuidStatus answer(void *user, const QuidDeal *deal, const QuidInput *input, double *answers)
{
    (void)user;
    for (uint32_t i = 0; i < quid_deal_tables(deal)->ask_count; i++)
        answers[i] = input == NULL ? 0 : input->low + i;
    return QUID_OK;
}

static QuidStatus put_tornado_together(const Trial *trial, const QuidString *part)
{
    QuidSensitivityOptions options = quid_sensitivity_options();
    QuidSensitivity *sensitivity = NULL;
    options.parts = part;
    options.part_count = 1;
    const QuidStatus status =
        quid_sensitivity_run(trial->context, trial->deal, &options, &sensitivity);
    quid_sensitivity_free(sensitivity);
    return status;
}

static void try_tornado(Trial *trial, const uint8_t *data, size_t size, size_t first)
{
    QuidSensitivityOptions options = quid_sensitivity_options();
    options.answerer.answer = answer;
    demand(quid_sensitivity_part(trial->context, trial->deal, &options, (QuidPart){0, 1},
                                 quid_io_buffer_output(&trial->part)) == QUID_OK);
    const QuidString whole = {trial->part.bytes, (uint32_t)trial->part.size};
    demand(put_tornado_together(trial, &whole) == QUID_OK);
    const QuidString other = changed(trial, data, size, first);
    const QuidStatus status = put_tornado_together(trial, &other);
    demand(status == QUID_OK || status == QUID_IO);
}

// The first byte: which of both; the second: from which eighth byte on the input stands.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    Trial trial = {0};
    const size_t first = (size_t)8 * (data[1] % 40u);
    open_trial(&trial);
    if (data[0] % 2 == 0)
        try_forecast(&trial, data + 2, size - 2, first);
    else
        try_tornado(&trial, data + 2, size - 2, first < 80 ? first : 80);
    close_trial(&trial);
    return 0;
}
