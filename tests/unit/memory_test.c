// Memory that runs out at every place in turn: each run ends in a status, and leaves nothing
// behind. The deals use every statement, clause, verb and expression there is.
#include "starve.h"

static QuidStatus brief_text(const Pipeline *run, QuidOutput output)
{
    const QuidBriefOptions how = quid_brief_options();
    return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
}

static QuidStatus brief_json(const Pipeline *run, QuidOutput output)
{
    QuidBriefOptions how = quid_brief_options();
    how.is_json = true;
    return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
}

static QuidStatus dumps(const Pipeline *run, QuidOutput output)
{
    QuidStatus status = quid_text_dump(run->text, output);
    if (status == QUID_OK)
        status = quid_deal_dump(run->deal, output);
    return status == QUID_OK ? quid_ledger_dump(run->ledger, output) : status;
}

static QuidStatus formatted(const Pipeline *run, QuidOutput output)
{
    return quid_text_format(run->context, run->file, output);
}

static QuidStatus diagnostics(const Pipeline *run, QuidOutput output)
{
    const QuidStatus status = quid_diagnostics_print(run->context, true, output);
    return status == QUID_OK ? quid_brief_diagnostics(run->context, output) : status;
}

static void every_answer_of_a_deal_that_uses_everything(void **state)
{
    (void)state;
    static const char *const paths[] = {"tests/golden/text/good/statements.quid",
                                        "tests/golden/deal/good/expressions.quid",
                                        "tests/golden/ledger/good/facts.quid"};
    static const Answer answers[] = {brief_text, dumps, formatted};
    for (size_t path = 0; path < 3; path++) {
        for (size_t answer = 0; answer < 3; answer++)
            starve(paths[path], NULL, answers[answer], QUID_OK);
    }
    // A view settles twice.
    starve(paths[2], "2026-01-15", brief_text, QUID_OK);
}

static void answers_as_json(void **state)
{
    (void)state;
    cJSON_Hooks hooks = {json_allocate, json_free};
    cJSON_InitHooks(&hooks);
    starve("tests/golden/ledger/good/facts.quid", NULL, brief_json, QUID_OK);
    starve("tests/golden/ledger/bad/overdrawn.quid", NULL, diagnostics, QUID_INVALID);
    cJSON_InitHooks(NULL);
}

static void deals_with_mistakes(void **state)
{
    (void)state;
    static const char *const paths[] = {"tests/golden/text/bad/many_mistakes_in_one_run.quid",
                                        "tests/golden/text/bad/mixed_and_or.quid",
                                        "tests/golden/text/bad/include_cycle.quid",
                                        "tests/golden/deal/bad/misspelt_name.quid",
                                        "tests/golden/deal/bad/waiting_cycle.quid",
                                        "tests/golden/ledger/bad/failed_balance.quid",
                                        "tests/golden/ledger/bad/missing_rate.quid",
                                        "tests/golden/text/bad/csv_ragged_record.quid"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        starve(paths[i], NULL, diagnostics, QUID_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_of_a_deal_that_uses_everything),
        cmocka_unit_test(answers_as_json),
        cmocka_unit_test(deals_with_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
