// Promises that lapse: on the day on which their condition came true, whatever made it so.
#include "pipeline.h"

#include <stdio.h>

#define HEAD                                                                                       \
    "deal \"Lapses\"\n  currency USD\n  horizon 2030\nparty A\nparty B\n"                          \
    "event go\n  yes 50%\n  no otherwise\nmilestone end\n  after 2026-01-01\n"

// The day on which pledge p lapsed by the record, seen as of a day (NULL: the latest).
static QuidDate lapsed_on(const char *pledge, const char *text, const char *as_of)
{
    char whole[4096];
    assert_true(snprintf(whole, sizeof whole, "%s%s", HEAD, text) < (int)sizeof whole);
    Pipeline run = pipeline_of_text(whole, as_of);
    assert_int_equal(run.status, QUID_OK);
    const QuidDate date = pledge_of(&run, pledge)->stage_date[QUID_STAGE_LAPSED];
    pipeline_free(&run);
    return date;
}

#define PLEDGE(id, condition)                                                                      \
    "pledge " id "\n  from A to B\n  amount 10 m USD or more\n  lapses if " condition "\n"

static void a_day_that_passes_is_the_day_of_the_lapse(void **state)
{
    (void)state;
    static const char by[] = PLEDGE("p", "not (go = yes by 2026-03-01)") "2026-02-01 pledge p\n"
                                                                         "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", by, NULL), day("2026-03-02"));
    assert_int_equal(lapsed_on("p", by, "2026-03-02"), day("2026-03-02"));
    assert_int_equal(lapsed_on("p", by, "2026-03-01"), QUID_NO_DATE);
    static const char before[] = PLEDGE("p", "not (end before 2026-03-01)") //
        "2026-02-01 pledge p\n2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", before, NULL), day("2026-03-01"));
    static const char kept[] = PLEDGE("p", "not (go = yes by 2026-03-01)") //
        "2026-02-01 pledge p\n2026-03-01 observe go yes\n2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", kept, NULL), QUID_NO_DATE);
    // Only when two days have both passed.
    static const char both[] =                                               //
        PLEDGE("p", "not (go = yes by 2026-03-01) and not (end by 2026-04)") //
        "2026-02-01 pledge p\n2026-06-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", both, NULL), day("2026-05-01"));
}

static void an_event_is_the_day_of_the_lapse(void **state)
{
    (void)state;
    static const char text[] = PLEDGE("p", "go = no") "2026-02-01 pledge p\n"
                                                      "2026-03-05 observe go no\n"
                                                      "2026-04-01 commit p 1 m USD\n";
    // What is committed after the lapse is committed: only what stood then has lapsed.
    assert_int_equal(lapsed_on("p", text, NULL), day("2026-03-05"));
    // A promise made when its condition holds already lapses on the day on which it is made.
    static const char late[] = PLEDGE("p", "go = no") "2026-02-01 observe go no\n"
                                                      "2026-03-07 pledge p\n"
                                                      "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", late, NULL), day("2026-03-07"));
}

static void an_amount_is_judged_at_the_end_of_its_day(void **state)
{
    (void)state;
#define ON_DATE PLEDGE("p", "committed(p) on 2026-03-31 < 5 m USD")
    static const char short_of_it[] = ON_DATE "2026-02-01 pledge p\n2026-03-01 commit p 4 m USD\n"
                                              "2026-04-01 commit p 3 m USD\n"
                                              "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", short_of_it, NULL), day("2026-03-31"));
    assert_int_equal(lapsed_on("p", short_of_it, "2026-03-30"), QUID_NO_DATE);
    static const char in_time[] = ON_DATE "2026-02-01 pledge p\n2026-03-01 commit p 4 m USD\n"
                                          "2026-03-31 commit p 1 m USD\n"
                                          "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", in_time, NULL), QUID_NO_DATE);
    // What was paid was committed; what was cancelled is not.
    static const char paid[] = ON_DATE "2026-02-01 pledge p\n2026-03-01 commit p 6 m USD\n"
                                       "2026-03-02 disburse p 3 m USD\n"
                                       "2026-03-03 complete p 1 m USD\n"
                                       "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", paid, NULL), QUID_NO_DATE);
    static const char cancelled[] = ON_DATE "2026-02-01 pledge p\n2026-03-01 commit p 6 m USD\n"
                                            "2026-03-02 cancel p 8 m USD\n"
                                            "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", cancelled, NULL), day("2026-03-31"));
    static const char ever[] = PLEDGE("p", "pledged(q) < 9 m USD") //
        "pledge q\n  from B to A\n  amount 9 m USD\n  made 2026-01-01\n"
        "2026-02-01 pledge p\n2026-02-10 commit q 2 m USD\n2026-02-20 disburse q 1 m USD\n"
        "2026-03-15 cancel q 1 m USD\n2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", ever, NULL), day("2026-03-15"));
    // An amount without a date: on the day of the fact that moved it, not at the record's end.
    static const char now[] = PLEDGE("p", "committed(q) > 2 m USD") //
        "pledge q\n  from B to A\n  amount 9 m USD\n  made 2026-01-01\n"
        "2026-02-01 pledge p\n2026-02-10 commit q 2 m USD\n2026-02-20 commit q 1 m USD\n"
        "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", now, NULL), day("2026-02-20"));
}

static void amounts_in_several_currencies_are_compared(void **state)
{
    (void)state;
#define WHOLE                                                                                      \
    "pledge w\n  from B to A\n  amount 9 m USD or more\n  made 2026-01-01\n"                       \
    "pledge part\n  from B to A\n  in w\n"                                                         \
    "2026-01-01 rate USD/JPY 200\n2026-01-05 pledge part 300 m JPY\n"                              \
    "2026-01-10 commit part 300 m JPY\n"
    // 300 m yen are 1.5 m dollars at 200, and 2 m at 150: the rate makes the condition true.
    static const char by_rate[] = WHOLE PLEDGE("p", "committed(w) >= 2 m USD") //
        "2026-01-02 pledge p\n2026-03-03 rate USD/JPY 150\n2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", by_rate, NULL), day("2026-03-03"));
    // On a date: at the rate of that day, not at the last one.
    static const char on_date[] = WHOLE PLEDGE("p", "committed(w) on 2026-02-15 >= 2 m USD") //
        "2026-01-02 pledge p\n2026-03-03 rate USD/JPY 150\n2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", on_date, NULL), QUID_NO_DATE);
    // A sum over two currencies.
    static const char sum[] = WHOLE PLEDGE("p", "committed(part) + 1 m USD > 450 m JPY") //
        "2026-01-02 pledge p\n2026-02-02 rate USD/JPY 149\n2026-03-03 rate USD/JPY 151\n"
        "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("p", sum, NULL), day("2026-01-10"));
    // No rate is known: not known to be true, and no error.
    static const char unknown[] =
        PLEDGE("p", "committed(p) >= 1 m EUR") "2026-01-02 pledge p\n2026-01-03 commit p 5 m USD\n";
    assert_int_equal(lapsed_on("p", unknown, NULL), QUID_NO_DATE);
}

static void a_view_before_the_first_rate_says_what_it_leaves_out(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(HEAD "pledge w\n  from A to B\n  amount 9 m USD\n"
                                         "  made 2026-01-01\n"
                                         "pledge part\n  from A to B\n  in w\n"
                                         "2026-01-05 commit part 300 m JPY\n"
                                         "2026-02-01 rate USD/JPY 200\n",
                                    "2026-01-10");
    assert_int_equal(run.status, QUID_OK);
    assert_true(pledge_of(&run, "w")->is_rate_missing);
    assert_int_equal(pledge_of(&run, "w")->with_parts.minor[QUID_STAGE_PLEDGED], 900000000);
    assert_int_equal(pledge_of(&run, "w")->with_parts.minor[QUID_STAGE_COMMITTED], 0);
    pipeline_free(&run);
}

static void one_lapse_leads_to_another(void **state)
{
    (void)state;
    static const char text[] = PLEDGE("second", "pledged(first) < 1 m USD") //
        PLEDGE("first", "go = no")                                          //
        "2026-01-01 pledge first\n2026-01-01 pledge second\n2026-03-03 observe go no\n"
        "2026-05-01 note \"x\"\n";
    assert_int_equal(lapsed_on("first", text, NULL), day("2026-03-03"));
    assert_int_equal(lapsed_on("second", text, NULL), day("2026-03-03"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_that_passes_is_the_day_of_the_lapse),
        cmocka_unit_test(an_event_is_the_day_of_the_lapse),
        cmocka_unit_test(an_amount_is_judged_at_the_end_of_its_day),
        cmocka_unit_test(amounts_in_several_currencies_are_compared),
        cmocka_unit_test(a_view_before_the_first_rate_says_what_it_leaves_out),
        cmocka_unit_test(one_lapse_leads_to_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
