// Memory that runs out at every place in turn of what looks ahead: solving, forecasting, values,
// break-evens, what-ifs, sensitivity, sweeps, the track record, comparisons.
#include "starve.h"

static QuidOutlookOptions little(void)
{
    QuidOutlookOptions options = quid_outlook_options();
    options.answer.game.point_count = 2;
    options.forecast.scenario_count = 8;
    options.forecast.replicate_count = 2;
    options.forecast.fan_scenario_count = 8;
    return options;
}

static QuidStatus brief_of(const Pipeline *run, const QuidOutlook *outlook, bool is_json,
                           QuidOutput output)
{
    QuidBriefOptions how = quid_brief_options();
    how.is_json = is_json;
    how.outlook = outlook;
    return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
}

static QuidStatus look_ahead(const Pipeline *run, bool is_whole, bool is_json, QuidOutput output)
{
    QuidOutlookOptions options = little();
    options.answer.has_values = is_whole;
    options.answer.has_break_evens = is_whole;
    options.answer.solve.method = is_whole ? QUID_METHOD_BRANCH : QUID_METHOD_SWEEPS;
    QuidOutlook *outlook = NULL;
    QuidStatus status =
        quid_outlook_create(run->context, run->deal, run->ledger, &options, &outlook);
    if (status == QUID_OK)
        status = brief_of(run, outlook, is_json, output);
    quid_outlook_free(outlook);
    return status;
}

static QuidStatus whole_brief(const Pipeline *run, QuidOutput output)
{
    return look_ahead(run, true, false, output);
}

static QuidStatus json_brief(const Pipeline *run, QuidOutput output)
{
    return look_ahead(run, false, true, output);
}

static QuidStatus what_ifs(const Pipeline *run, QuidOutput output)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    QuidOutlookOptions options = little();
    QuidOutlook *base = NULL;
    QuidOutlook *changed = NULL;
    QuidStatus status = quid_outlook_create(run->context, run->deal, run->ledger, &options, &base);
    options.settings = tables->settings + tables->what_ifs[1].setting_first;
    options.setting_count = tables->what_ifs[1].setting_count;
    if (status == QUID_OK)
        status = quid_outlook_create(run->context, run->deal, run->ledger, &options, &changed);
    QuidBriefOptions how = quid_brief_options();
    how.outlook = base;
    const QuidBriefCase one = {string_of("paid"), string_of(""), changed};
    if (status == QUID_OK)
        status = quid_brief_what_if(run->context, run->ledger, run->deal, &one, 1, &how, output);
    quid_outlook_free(changed);
    quid_outlook_free(base);
    return status;
}

static QuidStatus tornado(const Pipeline *run, QuidOutput output)
{
    const QuidOutlookOptions options = little();
    const QuidForecastProgress none = {NULL, NULL};
    QuidOutlook *outlook = NULL;
    QuidSensitivity *sensitivity = NULL;
    QuidStatus status =
        quid_outlook_create(run->context, run->deal, run->ledger, &options, &outlook);
    if (status == QUID_OK)
        status = quid_outlook_sensitivity(run->context, run->deal, run->ledger, &options, none,
                                          &sensitivity);
    QuidBriefOptions how = quid_brief_options();
    how.outlook = outlook;
    how.sensitivity = sensitivity;
    if (status == QUID_OK)
        status = quid_brief_sensitivity(run->context, run->ledger, run->deal, &how, output);
    if (status == QUID_OK)
        status = quid_brief_explain(run->context, run->ledger, run->deal, 0, &how, output);
    quid_sensitivity_free(sensitivity);
    quid_outlook_free(outlook);
    return status;
}

static QuidStatus swept(const Pipeline *run, QuidOutput output)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const QuidOutlookOptions options = little();
    const QuidBriefOptions how = quid_brief_options();
    const QuidString values[] = {string_of("struck"), string_of("pay")};
    const QuidVaried varied = {string_of("something"), tables->settings, values, 2};
    return quid_brief_sweep(run->context, run->ledger, run->deal, &varied, 1, &options,
                            (QuidForecastProgress){NULL, NULL}, &how, output);
}

static QuidStatus record(const Pipeline *run, QuidOutput output)
{
    const QuidOutlookOptions options = little();
    const QuidBriefOptions how = quid_brief_options();
    QuidBacktest *backtest = NULL;
    QuidStatus status = quid_outlook_backtest(run->context, run->deal, 0, &options,
                                              (QuidForecastProgress){NULL, NULL}, &backtest);
    if (status == QUID_OK)
        status = quid_brief_backtest(run->context, run->ledger, run->deal, backtest, &how, output);
    quid_backtest_free(backtest);
    return status;
}

static const char path[] = "tests/games/waiting.quid";

#define TEST(name, answer, step)                                                                   \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        starve_by(path, answer, step);                                                             \
    }

TEST(the_whole_brief, whole_brief, 1)
TEST(what_ifs_side_by_side, what_ifs, 3)
TEST(sensitivity_and_explanation, tornado, 11)
TEST(a_sweep, swept, 11)
TEST(the_track_record, record, 3)

static void the_brief_as_json(void **state)
{
    (void)state;
    cJSON_Hooks hooks = {json_allocate, json_free};
    cJSON_InitHooks(&hooks);
    starve(path, NULL, json_brief, QUID_OK);
    cJSON_InitHooks(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_brief),
        cmocka_unit_test(what_ifs_side_by_side),
        cmocka_unit_test(sensitivity_and_explanation),
        cmocka_unit_test(a_sweep),
        cmocka_unit_test(the_track_record),
        cmocka_unit_test(the_brief_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
