// The shipped deals: what the flagship must show, line by line, and that the others settle.
#include "pipeline.h"

#define FLAGSHIP "deals/us-japan/deal.quid"
#define BN INT64_C(100000000000) // cents of a billion dollars

static const QuidDeadline *deadline_of(const Pipeline *run, const char *id)
{
    return &pledge_of(run, id)->deadline;
}

static void on_the_articles_day(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(FLAGSHIP, "2026-02-11");
    assert_int_equal(run.status, QUID_OK);
    // 1. The package, in exchange for lower tariffs.
    assert_int_equal(pledge_of(&run, "package")->with_parts.minor[QUID_STAGE_PLEDGED], 550 * BN);
    assert_int_equal(pledge_of(&run, "package")->with_parts.minor[QUID_STAGE_COMMITTED], 0);
    const QuidLedgerTables *tables = quid_ledger_tables(run.ledger);
    const uint32_t package = quid_deal_find(run.deal, string_of("package")).index;
    const uint32_t relief = quid_deal_find(run.deal, string_of("relief")).index;
    uint32_t given = 0;
    for (uint32_t i = 0; i < tables->exchange_count; i++) {
        const bool is_japan =
            tables->exchanges[i].party.index == quid_deal_find(run.deal, string_of("Japan")).index;
        given += is_japan && tables->exchanges[i].is_gave &&
                 tables->exchanges[i].pledge.index == package;
        given += is_japan && !tables->exchanges[i].is_gave &&
                 tables->exchanges[i].pledge.index == relief;
    }
    assert_int_equal(given, 2);
    // 3. The deadline: end of 2025, January, end of February.
    assert_int_equal(deadline_of(&run, "first-wave")->original, day("2025-12-31"));
    assert_int_equal(deadline_of(&run, "first-wave")->current, day("2026-02-28"));
    assert_int_equal(deadline_of(&run, "first-wave")->extension_count, 2);
    assert_int_equal(deadline_of(&run, "first-wave")->days_slipped, 59);
    assert_false(deadline_of(&run, "first-wave")->is_past_due);
    // 4. What is said in public beside what sources say in private.
    assert_true(tables->pair_count >= 2);
    // 8. Offers on the table. 10. Demands. 11. The yen, in return.
    assert_int_equal(pledge_of(&run, "rare-earths")->stage, QUID_STAGE_OFFERED);
    assert_int_equal(pledge_of(&run, "defence")->stage, QUID_STAGE_DEMANDED);
    assert_int_equal(pledge_of(&run, "rice")->stage, QUID_STAGE_DEMANDED);
    assert_int_equal(pledge_of(&run, "nuclear")->with_parts.minor[QUID_STAGE_DEMANDED],
                     INT64_C(10000000000000));
    const QuidPledge *yen =
        &quid_deal_tables(run.deal)->pledges[quid_deal_find(run.deal, string_of("yen")).index];
    assert_int_equal(quid_deal_tables(run.deal)->pledge_links[yen->in_return_first].index, package);
    pipeline_free(&run);
}

static void at_the_latest_fact(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(FLAGSHIP, NULL);
    assert_int_equal(run.status, QUID_OK);
    // 2. The first wave, as parts in dollars of a promise in yen.
    const QuidPledgeBalance *wave = pledge_of(&run, "first-wave");
    assert_int_equal(quid_deal_tables(run.deal)->units[wave->unit.index].digits, 0);
    assert_int_equal(pledge_of(&run, "gas")->own.minor[QUID_STAGE_COMMITTED], 333 * BN / 10);
    assert_int_equal(wave->with_parts.minor[QUID_STAGE_COMMITTED],
                     INT64_C(5605200000000)); // 36 bn at 155.7
    assert_int_equal(pledge_of(&run, "package")->with_parts.minor[QUID_STAGE_COMMITTED], 109 * BN);
    // Parts are never more than the whole: 441 bn are left of 550.
    assert_int_equal(pledge_of(&run, "package")->with_parts.minor[QUID_STAGE_PLEDGED], 441 * BN);
    assert_int_equal(deadline_of(&run, "first-wave")->met, day("2026-02-17"));
    // 8. The summit and the trial's deadline. 9. Chains of dependence.
    const QuidThing trial = quid_deal_find(run.deal, string_of("trial"));
    const QuidMilestoneState *milestones = quid_ledger_tables(run.ledger)->milestones;
    assert_int_equal(milestones[trial.index].deadline.current, day("2027-02-28"));
    assert_int_equal(milestones[quid_deal_find(run.deal, string_of("summit")).index].reached,
                     day("2026-03-19"));
    const QuidMilestone *centres =
        &quid_deal_tables(run.deal)
             ->milestones[quid_deal_find(run.deal, string_of("centres")).index];
    assert_int_equal(quid_deal_tables(run.deal)->predecessors[centres->after_first].thing.index,
                     quid_deal_find(run.deal, string_of("plants")).index);
    assert_int_equal(quid_deal_tables(run.deal)->supply_count, 2);
    pipeline_free(&run);
}

static void every_deal_is_valid_on_every_day(void **state)
{
    (void)state;
    static const char *const paths[] = {FLAGSHIP, "deals/foxconn-wisconsin/deal.quid",
                                        "deals/us-china-phase-one/deal.quid"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        uint32_t seen = 0;
        Pipeline whole = pipeline_of_file(paths[i], NULL);
        assert_int_equal(whole.status, QUID_OK);
        const QuidDate first = quid_deal_tables(whole.deal)->first_date;
        const QuidDate last = quid_ledger_tables(whole.ledger)->as_of;
        for (QuidDate date = first; date <= last; date += 7) {
            QuidLedgerOptions options = quid_ledger_options();
            options.as_of = date;
            QuidLedger *ledger = NULL;
            assert_int_equal(quid_ledger_settle(whole.context, whole.deal, &options, &ledger),
                             QUID_OK);
            // A later day sees a superset of the facts.
            assert_true(quid_ledger_tables(ledger)->fact_seen_count >= seen);
            seen = quid_ledger_tables(ledger)->fact_seen_count;
            quid_ledger_free(ledger);
        }
        pipeline_free(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_articles_day),
        cmocka_unit_test(at_the_latest_fact),
        cmocka_unit_test(every_deal_is_valid_on_every_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
