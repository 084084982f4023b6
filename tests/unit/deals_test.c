// The shipped deals: what the flagship must show, line by line; the key figures of every deal on
// two days or more, typed from its sources; and what must hold of all of them on every day.
#include "pipeline.h"

#include <math.h>

#define FLAGSHIP "deals/us-japan/deal.quid"
#define EUROPE "deals/us-eu-600/deal.quid"
#define KOREA "deals/us-korea-350/deal.quid"
#define FOXCONN "deals/foxconn-wisconsin/deal.quid"
#define PHASE_ONE "deals/us-china-phase-one/deal.quid"
#define BN INT64_C(100000000000) // cents of a billion dollars
#define M INT64_C(100000000)     // cents of a million dollars
#define JOBS INT64_C(1000)       // thousandths of a job
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const char *const deals[] = {FLAGSHIP, EUROPE, KOREA, FOXCONN, PHASE_ONE};

// What the sources say stands in a stage of a promise, its parts included.
typedef struct Figure {
    const char *pledge;
    QuidStage stage;
    int64_t minor;
} Figure;

static void check_figures(const Pipeline *run, const Figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const QuidPledgeBalance *balance = pledge_of(run, figures[i].pledge);
        assert_int_equal(balance->with_parts.minor[figures[i].stage], figures[i].minor);
    }
}

static const QuidMilestoneState *milestone_of(const Pipeline *run, const char *id)
{
    const QuidThing thing = quid_deal_find(run->deal, string_of(id));
    assert_int_equal(thing.kind, QUID_THING_MILESTONE);
    return &quid_ledger_tables(run->ledger)->milestones[thing.index];
}

// The outcome of an event on record, by its id; fails where it is not known.
static void check_outcome(const Pipeline *run, const char *id, const char *outcome)
{
    const QuidThing thing = quid_deal_find(run->deal, string_of(id));
    assert_int_equal(thing.kind, QUID_THING_EVENT);
    const QuidEventState *state = &quid_ledger_tables(run->ledger)->events[thing.index];
    assert_true(state->is_known);
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const uint32_t first = tables->events[thing.index].outcome_first;
    const QuidString known = tables->outcomes[first + state->outcome].id;
    assert_int_equal(known.size, strlen(outcome));
    assert_memory_equal(known.bytes, outcome, known.size);
}

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
    // 4. What is said in public beside what sources say in private: about the delay three times,
    // about what the court changes once.
    assert_int_equal(tables->pair_count, 4);
    // 7. What Tokyo hopes for in return. 8. The mud was lifted before the visit to Washington.
    assert_int_equal(pledge_of(&run, "umbrella")->stage, QUID_STAGE_DEMANDED);
    assert_int_equal(milestone_of(&run, "lift")->reached, day("2026-02-02"));
    assert_int_equal(milestone_of(&run, "trial")->deadline.days_slipped, 28);
    assert_int_equal(pledge_of(&run, "first-wave")->with_parts.minor[QUID_STAGE_PLEDGED],
                     INT64_C(6000000000000));
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
    // Of the second wave; loans are signed in May, nothing is paid.
    const Figure figures[] = {
        {"smr", QUID_STAGE_COMMITTED, 40 * BN},
        {"gas-south", QUID_STAGE_COMMITTED, 33 * BN},
        {"second-wave", QUID_STAGE_COMMITTED, 73 * BN},
        {"package", QUID_STAGE_DISBURSED, 0},
    };
    check_figures(&run, figures, COUNT_OF(figures));
    assert_int_equal(milestone_of(&run, "loans")->reached, day("2026-05-01"));
    pipeline_free(&run);
}

// 5. Tokyo delivered three days before the court ruled, at the decision date before that day.
static void tokyo_delivers_before_the_ruling(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(FLAGSHIP, NULL);
    assert_int_equal(run.status, QUID_OK);
    check_outcome(&run, "ruling", "struck");
    const QuidThing wave_move = quid_deal_find(run.deal, string_of("wave"));
    const QuidMove *move = &quid_deal_tables(run.deal)->moves[wave_move.index];
    const QuidMoveState *chosen = &quid_ledger_tables(run.ledger)->moves[wave_move.index];
    const QuidDate *dates = &quid_deal_tables(run.deal)->move_dates[move->date_first];
    assert_true(chosen->is_final);
    assert_int_equal(dates[2], day("2026-02-20"));
    assert_int_equal(quid_ledger_tables(run.ledger)->choices[chosen->choice_first + 2].option, 0);
    pipeline_free(&run);
}

static void europe_in_2025_and_in_2026(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(EUROPE, "2025-09-30");
    assert_int_equal(run.status, QUID_OK);
    const Figure promised[] = {
        {"investment", QUID_STAGE_PLEDGED, 600 * BN}, {"energy", QUID_STAGE_PLEDGED, 750 * BN},
        {"energy", QUID_STAGE_COMMITTED, 0},          {"energy", QUID_STAGE_DISBURSED, 0},
        {"chips", QUID_STAGE_PLEDGED, 40 * BN},
    };
    check_figures(&run, promised, COUNT_OF(promised));
    assert_int_equal(deadline_of(&run, "energy")->current, day("2028-12-31"));
    pipeline_free(&run);

    run = pipeline_of_file(EUROPE, "2026-05-20");
    assert_int_equal(run.status, QUID_OK);
    const Figure bought[] = {
        {"lng", QUID_STAGE_COMMITTED, 80 * BN},
        {"shipments", QUID_STAGE_DISBURSED, 296 * BN / 10},
        {"energy", QUID_STAGE_PLEDGED, 6404 * BN / 10}, // 750 less 80 less 29.6
        {"investment", QUID_STAGE_COMMITTED, 0},
    };
    check_figures(&run, bought, COUNT_OF(bought));
    // From 27 January to 24 February; voted on 26 March.
    assert_int_equal(milestone_of(&run, "vote")->deadline.days_slipped, 28);
    assert_int_equal(milestone_of(&run, "vote")->reached, day("2026-03-26"));
    assert_int_equal(milestone_of(&run, "trilogue")->reached, day("2026-05-20"));
    assert_false(milestone_of(&run, "in-force")->deadline.is_past_due);
    assert_int_equal(pledge_of(&run, "duty-cuts")->stage, QUID_STAGE_PLEDGED);
    pipeline_free(&run);
}

static void korea_before_and_after_the_act(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(KOREA, "2026-02-15");
    assert_int_equal(run.status, QUID_OK);
    const Figure figures[] = {
        {"package", QUID_STAGE_PLEDGED, 350 * BN}, {"cash", QUID_STAGE_PLEDGED, 200 * BN},
        {"ships", QUID_STAGE_PLEDGED, 150 * BN},   {"energy", QUID_STAGE_PLEDGED, 100 * BN},
        {"firms", QUID_STAGE_OFFERED, 150 * BN},   {"package", QUID_STAGE_COMMITTED, 0},
    };
    check_figures(&run, figures, COUNT_OF(figures));
    assert_int_equal(milestone_of(&run, "tabled")->reached, day("2025-11-26"));
    assert_int_equal(milestone_of(&run, "act")->reached, QUID_NO_DATE);
    assert_false(milestone_of(&run, "act")->deadline.is_past_due);
    // From the end of June to the end of the year.
    assert_int_equal(milestone_of(&run, "start")->deadline.days_slipped, 184);
    assert_int_equal(pledge_of(&run, "cars")->stage, QUID_STAGE_COMMITTED);
    pipeline_free(&run);

    run = pipeline_of_file(KOREA, NULL);
    assert_int_equal(run.status, QUID_OK);
    check_figures(&run, figures, COUNT_OF(figures));
    assert_int_equal(milestone_of(&run, "act")->deadline.current, day("2026-03-09"));
    assert_int_equal(milestone_of(&run, "act")->reached, day("2026-03-12"));
    assert_int_equal(pledge_of(&run, "louisiana")->stage, QUID_STAGE_DEMANDED);
    assert_int_equal(quid_ledger_tables(run.ledger)->pair_count, 2);
    pipeline_free(&run);
}

static void foxconn_under_both_contracts(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(FOXCONN, "2021-01-15");
    assert_int_equal(run.status, QUID_OK);
    const Figure before[] = {
        {"investment", QUID_STAGE_PLEDGED, 9800 * M}, {"investment", QUID_STAGE_DISBURSED, 200 * M},
        {"work", QUID_STAGE_PLEDGED, 12719 * JOBS},   {"work", QUID_STAGE_DISBURSED, 281 * JOBS},
        {"credits", QUID_STAGE_PLEDGED, 3000 * M},    {"credits", QUID_STAGE_DISBURSED, 0},
    };
    check_figures(&run, before, COUNT_OF(before));
    assert_true(deadline_of(&run, "investment")->is_past_due); // the end of 2020 has passed
    check_outcome(&run, "quota-2018", "missed");
    check_outcome(&run, "quota-2019", "missed");
    pipeline_free(&run);

    run = pipeline_of_file(FOXCONN, "2024-11-30");
    assert_int_equal(run.status, QUID_OK);
    const Figure after[] = {
        // 200 in 2018, then 266, 77.4, 26.6 and 24.6.
        {"investment", QUID_STAGE_DISBURSED, 5946 * M / 10},
        {"investment", QUID_STAGE_CANCELLED, 9328 * M}, // 10,000 less 672
        {"work", QUID_STAGE_DISBURSED, 1114 * JOBS},
        {"work", QUID_STAGE_CANCELLED, 11546 * JOBS}, // 13,000 less 1,454
        // 28.8, 8.57, 6.3 and 8.75.
        {"credits", QUID_STAGE_DISBURSED, 5242 * M / 100},
        {"credits", QUID_STAGE_PLEDGED, 2758 * M / 100},
    };
    check_figures(&run, after, COUNT_OF(after));
    assert_int_equal(deadline_of(&run, "investment")->current, day("2025-12-31"));
    assert_int_equal(deadline_of(&run, "investment")->days_slipped, 1826); // five years, one leap
    assert_false(deadline_of(&run, "investment")->is_past_due);
    assert_true(milestone_of(&run, "operating")->deadline.is_past_due);
    assert_true(milestone_of(&run, "thousands")->deadline.is_past_due); // 579 at the end of 2020
    check_outcome(&run, "quota-2020", "met");
    pipeline_free(&run);
}

static void phase_one_at_half_time_and_at_the_end(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file(PHASE_ONE, "2021-02-01");
    assert_int_equal(run.status, QUID_OK);
    const Figure half_time[] = {
        {"purchases", QUID_STAGE_PLEDGED, 200 * BN},
        {"first-year", QUID_STAGE_PLEDGED, 767 * BN / 10},
        {"goods-2020", QUID_STAGE_PLEDGED, 639 * BN / 10}, // 12.5, 32.9 and 18.5
        {"customs", QUID_STAGE_DISBURSED, 1004 * BN / 10}, // 58% of 173.1
        {"exports", QUID_STAGE_DISBURSED, 0},
    };
    check_figures(&run, half_time, COUNT_OF(half_time));
    assert_true(deadline_of(&run, "first-year")->is_past_due);
    assert_false(deadline_of(&run, "second-year")->is_past_due);
    assert_int_equal(milestone_of(&run, "in-force")->reached, day("2020-02-14"));
    check_outcome(&run, "year-one", "missed");
    pipeline_free(&run);

    run = pipeline_of_file(PHASE_ONE, NULL);
    assert_int_equal(run.status, QUID_OK);
    assert_int_equal(quid_ledger_tables(run.ledger)->as_of, day("2022-02-10"));
    const Figure end[] = {
        {"purchases", QUID_STAGE_COMMITTED, 0},
        {"purchases", QUID_STAGE_PLEDGED, 200 * BN},
        {"exports", QUID_STAGE_DISBURSED, 2888 * BN / 10},
        {"exports", QUID_STAGE_PLEDGED, 2136 * BN / 10}, // 502.4 less 288.8
    };
    check_figures(&run, end, COUNT_OF(end));
    assert_true(deadline_of(&run, "purchases")->is_past_due);
    assert_int_equal(deadline_of(&run, "purchases")->days_slipped, 0); // late, but never moved
    check_outcome(&run, "year-two", "missed");
    pipeline_free(&run);
}

// A replay of an old deal needs something to score: deadlines and events that were open once, with
// what became of them on record.
static void old_deals_have_resolutions(void **state)
{
    (void)state;
    static const char *const old[] = {FOXCONN, PHASE_ONE};
    for (size_t i = 0; i < COUNT_OF(old); i++) {
        Pipeline run = pipeline_of_file(old[i], NULL);
        assert_int_equal(run.status, QUID_OK);
        const QuidDealTables *tables = quid_deal_tables(run.deal);
        const QuidLedgerTables *ledger = quid_ledger_tables(run.ledger);
        uint32_t resolved = 0;
        for (uint32_t e = 1; e < tables->event_count; e++)
            resolved += !tables->events[e].is_secret && ledger->events[e].is_known;
        assert_true(resolved >= 4);
        for (uint32_t m = 1; m < tables->milestone_count; m++) {
            const QuidDeadline *deadline = &ledger->milestones[m].deadline;
            resolved += deadline->is_past_due || deadline->met != QUID_NO_DATE;
        }
        for (uint32_t p = 1; p < tables->pledge_count; p++)
            resolved += ledger->pledges[p].deadline.is_past_due ||
                        ledger->pledges[p].deadline.extension_count > 0;
        assert_true(resolved >= 8);
        for (uint32_t m = 1; m < tables->move_count; m++)
            assert_int_equal(ledger->moves[m].missing_count, 0);
        pipeline_free(&run);
    }
}

// Nothing is known before its source appeared, and at the latest fact no deal leaves a warning.
static void every_deal_keeps_its_sources_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(deals); i++) {
        Pipeline run = pipeline_of_file(deals[i], NULL);
        assert_int_equal(run.status, QUID_OK);
        assert_int_equal(quid_context_diagnostics(run.context).warning_count, 0);
        const QuidDealTables *tables = quid_deal_tables(run.deal);
        for (uint32_t f = 0; f < tables->fact_count; f++) {
            const uint32_t source = tables->facts[f].source;
            if (source != 0)
                assert_true(tables->facts[f].known >= tables->sources[source].published.first);
        }
        for (uint32_t s = 1; s < tables->source_count; s++) {
            assert_true(tables->sources[s].number > 0); // every source is used
            assert_true(tables->sources[s].url.size > 0);
            assert_true(tables->sources[s].trust > 0);
        }
        pipeline_free(&run);
    }
}

static void every_deal_is_valid_on_every_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(deals); i++) {
        uint32_t seen = 0;
        Pipeline whole = pipeline_of_file(deals[i], NULL);
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

// In major units: what has come at least to a stage, parts included.
static double balance_of(const Pipeline *run, const QuidLedgerTables *ledger, uint32_t pledge,
                         QuidStage stage)
{
    const QuidPledgeBalance *balance = &ledger->pledges[pledge];
    double sum = 0;
    for (uint32_t s = stage; s <= QUID_STAGE_COMPLETED; s++)
        sum += (double)balance->with_parts.minor[s];
    for (int32_t i = 0; i < quid_deal_tables(run->deal)->units[balance->unit.index].digits; i++)
        sum /= 10;
    return sum;
}

static bool may_lapse(const QuidDealTables *model, uint32_t pledge)
{
    bool may = false;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (model->pledges[i].lapses_if.index == 0)
            continue;
        for (uint32_t at = i; at != 0; at = model->pledges[at].parent.index)
            may = may || at == pledge;
        for (uint32_t at = pledge; at != 0; at = model->pledges[at].parent.index)
            may = may || at == i;
    }
    return may;
}

// On the as-of day the forecast's amounts are the balance's; what was promised stays promised
// unless it can lapse.
static void check_forecast(const Pipeline *run, QuidDate date)
{
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = date;
    QuidLedger *ledger = NULL;
    assert_int_equal(quid_ledger_settle(run->context, run->deal, &options, &ledger), QUID_OK);
    QuidForecastOptions few = quid_forecast_options();
    few.scenario_count = 64;
    QuidForecast *forecast = NULL;
    assert_int_equal(quid_forecast_run(run->context, run->deal, ledger, &few, &forecast), QUID_OK);
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    for (uint32_t i = 0; i < tables->amount_count; i++) {
        const QuidAmountForecast *row = &tables->amounts[i];
        const double balance = balance_of(run, quid_ledger_tables(ledger), row->pledge, row->stage);
        const bool is_settled = row->stage == QUID_STAGE_PLEDGED &&
                                !may_lapse(quid_deal_tables(run->deal), row->pledge);
        assert_int_equal(tables->amount_dates[0], date);
        // A cent at most: the balance rounds each part.
        for (uint32_t d = 0; d < (is_settled ? tables->amount_date_count : 1); d++)
            assert_true(fabs(row->mean[d].value - balance) <= 0.01 + 1e-12 * balance);
    }
    quid_forecast_free(forecast);
    quid_ledger_free(ledger);
}

static void every_forecast_starts_at_the_balance(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(deals); i++) {
        Pipeline run = pipeline_of_file(deals[i], NULL);
        assert_int_equal(run.status, QUID_OK);
        const QuidDate first = quid_deal_tables(run.deal)->first_date;
        const QuidDate last = quid_ledger_tables(run.ledger)->as_of;
        for (QuidDate date = last; date >= first; date -= 45)
            check_forecast(&run, date);
        pipeline_free(&run);
    }
    // Parts in other currencies: before the first rate, between two, after the last.
    Pipeline run = pipeline_of_text("deal \"D\"\n  currency USD\n  horizon 2027\n"
                                    "party A\nparty B\n"
                                    "pledge whole\n  from A to B\n  amount 100 bn USD\n"
                                    "  made 2026-01-01\n"
                                    "pledge part\n  from A to B\n  in whole\n"
                                    "  amount 3 tn JPY\n  made 2026-01-02\n"
                                    "pledge inner\n  from A to B\n  in part\n"
                                    "pledge other\n  from A to B\n  in whole\n"
                                    "2026-01-10 note \"x\"\n"
                                    "2026-01-20 commit inner 7 bn EUR\n"
                                    "2026-02-01 disburse inner 1 bn EUR\n"
                                    "2026-02-10 commit other 5 bn USD\n"
                                    "2026-03-01 rate USD/JPY 150\n"
                                    "2026-04-01 rate EUR/USD 1.1\n"
                                    "2026-06-01 rate USD/JPY 100\n",
                                    NULL);
    assert_int_equal(run.status, QUID_OK);
    for (QuidDate date = day("2026-01-01"); date <= day("2026-06-10"); date += 8)
        check_forecast(&run, date);
    pipeline_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_articles_day),
        cmocka_unit_test(at_the_latest_fact),
        cmocka_unit_test(tokyo_delivers_before_the_ruling),
        cmocka_unit_test(europe_in_2025_and_in_2026),
        cmocka_unit_test(korea_before_and_after_the_act),
        cmocka_unit_test(foxconn_under_both_contracts),
        cmocka_unit_test(phase_one_at_half_time_and_at_the_end),
        cmocka_unit_test(old_deals_have_resolutions),
        cmocka_unit_test(every_deal_keeps_its_sources_dates),
        cmocka_unit_test(every_deal_is_valid_on_every_day),
        cmocka_unit_test(every_forecast_starts_at_the_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
