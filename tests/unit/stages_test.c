// Text, deal and ledger through their public headers, on small deals.
#include "pipeline.h"

#include <stdio.h>

#define HEAD "deal \"A deal\"\nparty A\nparty B\n"
#define WHOLE                                                                                      \
    HEAD "pledge p\n  from A to B\n  amount 10 bn USD\n  made 2025-01-10\n  due 2025-12-31\n"

static const int64_t *own(const Pipeline *run, const char *id)
{
    return pledge_of(run, id)->own.minor;
}

#define BN INT64_C(100000000000) // cents of a billion dollars

static void facts_move_amounts_between_stages(void **state)
{
    (void)state;
    Pipeline run =
        pipeline_of_text(WHOLE "2025-02-01 commit p 4 bn USD\n2025-03-01 disburse p 1 bn USD\n"
                               "2025-04-01 complete p 0.5 bn USD\n2025-05-01 cancel p 2 bn USD\n",
                         NULL);
    assert_int_equal(run.status, QUID_OK);
    assert_int_equal(own(&run, "p")[QUID_STAGE_PLEDGED], 4 * BN);
    assert_int_equal(own(&run, "p")[QUID_STAGE_COMMITTED], 3 * BN);
    assert_int_equal(own(&run, "p")[QUID_STAGE_DISBURSED], BN / 2);
    assert_int_equal(own(&run, "p")[QUID_STAGE_COMPLETED], BN / 2);
    assert_int_equal(own(&run, "p")[QUID_STAGE_CANCELLED], 2 * BN);
    assert_int_equal(pledge_of(&run, "p")->put_in, 10 * BN);
    pipeline_free(&run);
}

static void parts_draw_on_the_whole_in_two_currencies(void **state)
{
    (void)state;
    Pipeline run =
        pipeline_of_text(WHOLE "pledge q\n  from A to B\n  in p\npledge r\n  from A to B\n  in p\n"
                               "2025-02-01 rate USD/JPY 150\n2025-02-01 commit q 3 bn USD\n"
                               "2025-02-01 commit r 300 bn JPY\n",
                         NULL);
    assert_int_equal(run.status, QUID_OK);
    const QuidPledgeBalance *whole = pledge_of(&run, "p");
    assert_int_equal(whole->with_parts.minor[QUID_STAGE_COMMITTED],
                     5 * BN); // 3 bn and 300 bn / 150
    assert_int_equal(whole->unallocated, 5 * BN);
    assert_int_equal(whole->with_parts.minor[QUID_STAGE_PLEDGED], 5 * BN);
    pipeline_free(&run);
}

static void conversions_round_half_to_even(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(WHOLE "2025-02-01 rate USD/JPY 200\n", NULL);
    const QuidUnitId usd = pledge_of(&run, "p")->unit;
    const QuidUnitId jpy = {usd.index == 1 ? 2 : 1};
    QuidMoney converted;
    const QuidLedger *ledger = run.ledger;
    // One yen is half a cent: 1 → 0 (even), 3 → 2 (even), 5 → 2.
    assert_true(quid_ledger_convert(ledger, (QuidMoney){1, jpy}, usd, &converted));
    assert_int_equal(converted.minor, 0);
    assert_true(quid_ledger_convert(ledger, (QuidMoney){3, jpy}, usd, &converted));
    assert_int_equal(converted.minor, 2);
    assert_true(quid_ledger_convert(ledger, (QuidMoney){5, jpy}, usd, &converted));
    assert_int_equal(converted.minor, 2);
    assert_true(quid_ledger_convert(ledger, (QuidMoney){-3, jpy}, usd, &converted));
    assert_int_equal(converted.minor, -2);
    pipeline_free(&run);
}

static void a_view_sees_only_what_was_known(void **state)
{
    (void)state;
    const char *text =
        WHOLE "source s \"late\" published 2025-06-01\n2025-02-01 commit p 4 bn USD @s\n"
              "2025-03-01 disburse p 1 bn USD\n";
    Pipeline run = pipeline_of_text(text, "2025-04-01");
    assert_int_equal(run.status, QUID_OK);
    // The commitment was not yet reported; what was paid out of it is brought along and said to be
    // implied.
    assert_int_equal(own(&run, "p")[QUID_STAGE_COMMITTED], 0);
    assert_int_equal(own(&run, "p")[QUID_STAGE_DISBURSED], BN);
    assert_int_equal(pledge_of(&run, "p")->implied, BN);
    assert_int_equal(quid_ledger_tables(run.ledger)->fact_later_count, 1);
    pipeline_free(&run);
}

static void a_promise_lapses_when_its_condition_comes_true(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(
        WHOLE "  lapses if m = walk\nmove m by A\n  choose stay, walk\n"
              "  on 2025-03-01, 2025-04-01\n  until walk\n2025-02-01 commit p 4 bn USD\n"
              "2025-02-02 disburse p 1 bn USD\n2025-03-01 choose m walk\n",
        NULL);
    assert_int_equal(run.status, QUID_OK);
    assert_int_equal(own(&run, "p")[QUID_STAGE_LAPSED], 9 * BN);
    assert_int_equal(own(&run, "p")[QUID_STAGE_DISBURSED], BN);
    assert_int_equal(pledge_of(&run, "p")->stage_date[QUID_STAGE_LAPSED], day("2025-03-01"));
    pipeline_free(&run);
}

static void deadlines_slip_and_are_met(void **state)
{
    (void)state;
    Pipeline run =
        pipeline_of_text(WHOLE "2025-06-01 extend p to 2026-03-31\n2026-02-01 commit p\n", NULL);
    const QuidDeadline *deadline = &pledge_of(&run, "p")->deadline;
    assert_int_equal(deadline->days_slipped, 90);
    assert_int_equal(deadline->extension_count, 1);
    assert_int_equal(deadline->met, day("2026-02-01"));
    assert_false(deadline->is_past_due);
    pipeline_free(&run);
    run = pipeline_of_text(WHOLE "2026-02-01 note \"nothing yet\"\n", NULL);
    assert_true(pledge_of(&run, "p")->deadline.is_past_due);
    pipeline_free(&run);
}

static void csv_facts_read_as_quid_facts_do(void **state)
{
    (void)state;
    Pipeline run = {.context = quid_context_create(NULL)};
    QuidFileId csv;
    const char *text = WHOLE "include \"f.csv\"\n";
    const char *facts = "VERB,date,subject,amount,unit,text\r\ncommit,2025-02-01,p,4 bn,USD,\"said "
                        "\"\"yes\"\",\ntwice\"\r\n";
    assert_int_equal(
        quid_context_add_file(run.context, string_of("t.quid"), string_of(text), &run.file),
        QUID_OK);
    assert_int_equal(quid_context_add_file(run.context, string_of("f.csv"), string_of(facts), &csv),
                     QUID_OK);
    pipeline_settle(&run, NULL);
    assert_int_equal(run.status, QUID_OK);
    assert_int_equal(own(&run, "p")[QUID_STAGE_COMMITTED], 4 * BN);
    const QuidString remark = quid_deal_fact_text(run.deal, &quid_deal_tables(run.deal)->facts[0]);
    assert_int_equal(remark.size, strlen("said \"yes\",\ntwice"));
    assert_memory_equal(remark.bytes, "said \"yes\",\ntwice", remark.size);
    pipeline_free(&run);
}

static void crlf_tabs_and_a_byte_order_mark_are_accepted(void **state)
{
    (void)state;
    Pipeline run =
        pipeline_of_text("\xEF\xBB\xBF"
                         "deal \"x\"\r\nparty A\r\nparty B\r\npledge p\r\n\tfrom A to B\r\n",
                         NULL);
    assert_int_equal(run.status, QUID_OK);
    pipeline_free(&run);
}

static QuidType type_of(const char *expression, char value[32])
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   HEAD "milestone m\n  after 2025-01-01\n  due 2025-06-01\nlet x = %s\n",
                   expression);
    Pipeline run = pipeline_of_text(text, NULL);
    assert_int_equal(run.status, QUID_OK);
    const QuidDealTables *tables = quid_deal_tables(run.deal);
    const QuidType type = tables->terms[tables->lets[1].value.index].type;
    QuidEstimate estimate = {0, 0, 0};
    if (value != NULL && quid_deal_estimate(run.deal, tables->lets[1].value, &estimate))
        (void)quid_double_text(estimate.middle, value);
    pipeline_free(&run);
    return type;
}

static void units_are_followed_through_expressions(void **state)
{
    (void)state;
    char value[32];
    QuidType type = type_of("2 bn USD * late(m) / 1 months", NULL);
    assert_true(type.money_power == 1 && type.time_power == 0);
    type = type_of("2026-03-01 - 2026-01-01", value);
    assert_true(type.time_power == 1);
    assert_string_equal(value, "59");
    type = type_of("3 weeks + 1 day", value);
    assert_string_equal(value, "22");
    type = type_of("2 to 8 bn USD", value);
    assert_string_equal(value, "4000000000"); // the geometric mean
    type = type_of("5 tonnes / 2 tonnes", value);
    assert_true(type.counted_power == 0);
    assert_string_equal(value, "2.5");
    type = type_of("-5 to 10 bn USD", value);
    assert_string_equal(value, "2500000000");
}

static void limits_hold_on_both_sides(void **state)
{
    (void)state;
    static char text[QUID_LINE_SIZE_MAX + 400];
    for (uint32_t over = 0; over < 2; over++) {
        // A comment line of exactly the limit, and one byte more.
        (void)snprintf(text, sizeof text, "%s", HEAD);
        const size_t start = strlen(text);
        memset(text + start, 'x', QUID_LINE_SIZE_MAX + over);
        text[start] = '#';
        text[start + QUID_LINE_SIZE_MAX + over] = '\0';
        Pipeline run = pipeline_of_text(text, NULL);
        assert_int_equal(run.status, over == 0 ? QUID_OK : QUID_INVALID);
        pipeline_free(&run);
        // A name of exactly the limit, and one byte more.
        char name[QUID_NAME_SIZE_MAX + 2];
        memset(name, 'n', QUID_NAME_SIZE_MAX + over);
        name[QUID_NAME_SIZE_MAX + over] = '\0';
        (void)snprintf(text, sizeof text, HEAD "let %s = 1\n", name);
        run = pipeline_of_text(text, NULL);
        assert_int_equal(run.status, over == 0 ? QUID_OK : QUID_INVALID);
        pipeline_free(&run);
    }
}

static QuidStatus status_of(const char *text)
{
    Pipeline run = pipeline_of_text(text, NULL);
    const QuidStatus status = run.status;
    pipeline_free(&run);
    return status;
}

// Quantities that name one another: so deep, whichever is declared first, and so large when written
// out. Without the bound on size, the last would take 2^60 steps.
static void lets_are_bounded(void **state)
{
    (void)state;
    static char text[16384];
    for (uint32_t over = 0; over < 2; over++) {
        for (uint32_t is_turned = 0; is_turned < 2; is_turned++) {
            const uint32_t count = QUID_LET_DEPTH_MAX + over;
            size_t used = (size_t)snprintf(text, sizeof text, HEAD);
            for (uint32_t i = 0; i < count; i++) {
                const uint32_t number = is_turned ? count - 1 - i : i;
                used += number == 0
                            ? (size_t)snprintf(text + used, sizeof text - used, "let x0 = 1\n")
                            : (size_t)snprintf(text + used, sizeof text - used,
                                               "let x%u = x%u + 1\n", number, number - 1);
            }
            assert_int_equal(status_of(text), over == 0 ? QUID_OK : QUID_INVALID);
        }
    }
    size_t used = (size_t)snprintf(text, sizeof text, HEAD "let x0 = 1\n");
    for (int i = 1; i <= 60; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "let x%d = x%d + x%d\n", i, i - 1,
                                 i - 1);
    (void)snprintf(text + used, sizeof text - used, "milestone m\n  needs x60 > 5\n");
    assert_int_equal(status_of(text), QUID_INVALID);
}

// A head, a line so many times with its number for #, and the one before for ~; then a tail.
static QuidStatus status_of_many(const char *head, const char *line, uint32_t count)
{
    const size_t size = strlen(head) + (strlen(line) + 16) * count + 1;
    char *text = malloc(size);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, size, "%s", head);
    for (uint32_t i = 1; i <= count; i++) {
        for (const char *at = line; *at != '\0'; at++) {
            if (*at == '#' || *at == '~')
                used += (size_t)snprintf(text + used, size - used, "%u", *at == '#' ? i : i - 1);
            else
                text[used++] = *at;
        }
    }
    text[used] = '\0';
    const QuidStatus status = status_of(text);
    free(text);
    return status;
}

static void models_are_bounded(void **state)
{
    (void)state;
    for (uint32_t over = 0; over < 2; over++) {
        const QuidStatus wanted = over == 0 ? QUID_OK : QUID_INVALID;
        assert_int_equal(status_of_many(HEAD "pledge p0\n  from A to B\n",
                                        "pledge p#\n  from A to B\n  in p~\n", 15 + over),
                         wanted);
        assert_int_equal(status_of_many(HEAD "milestone m0\n  after 2026-01-01\n",
                                        "milestone m#\n  after m~\n", 4999 + over),
                         wanted);
        assert_int_equal(status_of_many(HEAD "event e0\n  a 50%\n  b otherwise\n",
                                        "event e#\n  a 50% if e~ = a else 40%\n  b otherwise\n",
                                        4999 + over),
                         wanted);
        assert_int_equal(
            status_of_many(HEAD, "move m#\n  by A\n  choose a, b\n  on 2026-01-01\n", 5000 + over),
            wanted);
        char text[400];
        QuidDate last = day("2026-01-01") + 399 + (QuidDate)over;
        char end[11];
        quid_date_text(last, end);
        (void)snprintf(text, sizeof text,
                       HEAD "move m by A\n  choose a, b\n  every 1 days from 2026-01-01 to %s\n",
                       end);
        assert_int_equal(status_of(text), wanted);
    }
}

// Nine currencies in a row, a rate between each and the next: eight rates are a chain, nine none.
static void chains_of_rates_are_bounded(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(
        HEAD "2026-01-01 rate USD/EUR 2\n2026-01-01 rate EUR/GBP 2\n2026-01-01 rate GBP/CHF 2\n"
             "2026-01-01 rate CHF/CAD 2\n2026-01-01 rate CAD/AUD 2\n2026-01-01 rate AUD/SEK 2\n"
             "2026-01-01 rate SEK/NOK 2\n2026-01-01 rate NOK/DKK 2\n2026-01-01 rate DKK/PLN 2\n",
        NULL);
    assert_int_equal(run.status, QUID_OK);
    QuidUnitId usd = {0};
    QuidUnitId dkk = {0};
    QuidUnitId pln = {0};
    const QuidDealTables *tables = quid_deal_tables(run.deal);
    for (uint32_t i = 1; i < tables->unit_count; i++) {
        usd.index = memcmp(tables->units[i].name.bytes, "USD", 3) == 0 ? i : usd.index;
        dkk.index = memcmp(tables->units[i].name.bytes, "DKK", 3) == 0 ? i : dkk.index;
        pln.index = memcmp(tables->units[i].name.bytes, "PLN", 3) == 0 ? i : pln.index;
    }
    QuidMoney converted;
    assert_true(quid_ledger_convert(run.ledger, (QuidMoney){100, usd}, dkk, &converted));
    assert_int_equal(converted.minor, 25600);
    assert_false(quid_ledger_convert(run.ledger, (QuidMoney){100, usd}, pln, &converted));
    pipeline_free(&run);
}

// ---- Memory runs out at every place in turn ---------------------------------

typedef struct Budget {
    size_t left;
    int64_t held;
} Budget;

static void *spend(void *user, void *pointer, size_t old_size, size_t new_size)
{
    Budget *budget = user;
    if (new_size == 0) {
        budget->held -= (int64_t)old_size;
        free(pointer);
        return NULL;
    }
    if (budget->left == 0)
        return NULL;
    budget->left -= 1;
    void *block = realloc(pointer, new_size);
    if (block != NULL)
        budget->held += (int64_t)new_size - (int64_t)old_size;
    return block;
}

static bool discard(void *user, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    const char *text = WHOLE "pledge q\n  from B to A\n  in p\nevent e\n  yes 40% to 60%\n  no "
                             "otherwise\n  on 2025-05-01\n"
                             "worth A\n  + 3 bn USD if e = yes \"why\"\n2025-02-01 commit q 1 bn "
                             "USD\n2025-02-02 state A public \"x\" about e\n";
    bool is_done = false;
    for (size_t allowed = 0; !is_done; allowed++) {
        Budget budget = {allowed, 0};
        const QuidContextOptions options = {.allocator = {spend, &budget}};
        Pipeline run = {.context = quid_context_create(&options), .status = QUID_NO_MEMORY};
        if (run.context != NULL) {
            if (quid_context_add_file(run.context, string_of("t.quid"), string_of(text),
                                      &run.file) == QUID_OK)
                pipeline_settle(&run, NULL);
            size_t written = 0;
            if (run.status == QUID_OK) {
                const QuidBriefOptions how = quid_brief_options();
                run.status = quid_brief_write(run.context, run.ledger, run.deal, &how,
                                              (QuidOutput){discard, &written});
            }
            is_done = run.status == QUID_OK;
            assert_true(is_done ? written > 0 : run.status == QUID_NO_MEMORY);
            pipeline_free(&run);
        }
        assert_int_equal(budget.held, 0);
        assert_true(allowed < 100000);
    }
}

// ---- The formatter ----------------------------------------------------------

static QuidIoBuffer format(const char *text, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    QuidIoBuffer buffer = {NULL, 0, 0, false};
    assert_int_equal(quid_context_add_file(context, string_of("t.quid"),
                                           (QuidString){text, (uint32_t)size}, &file),
                     QUID_OK);
    assert_int_equal(quid_text_format(context, file, quid_io_buffer_output(&buffer)), QUID_OK);
    quid_context_free(context);
    return buffer;
}

static void formatting_settles_and_keeps_the_words(void **state)
{
    (void)state;
    const char *text = "\n\ndeal   \"x\"\n\n\n\nparty A # one\nworth A\n\t+ 3  bn USD if  e==yes   "
                       "\"why\" @s\n  -  12 bn USD if e = no \"not\"  # c\n\n";
    QuidIoBuffer once = format(text, strlen(text));
    const char *expected =
        "deal \"x\"\n\nparty A  # one\nworth A\n  + 3 bn USD  if e = yes  \"why\"  @s\n"
        "  - 12 bn USD if e = no   \"not\"  # c\n";
    assert_int_equal(once.size, strlen(expected));
    assert_memory_equal(once.bytes, expected, once.size);
    QuidIoBuffer twice = format(once.bytes, once.size);
    assert_int_equal(twice.size, once.size);
    assert_memory_equal(twice.bytes, once.bytes, once.size);
    free(once.bytes);
    free(twice.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_move_amounts_between_stages),
        cmocka_unit_test(parts_draw_on_the_whole_in_two_currencies),
        cmocka_unit_test(conversions_round_half_to_even),
        cmocka_unit_test(a_view_sees_only_what_was_known),
        cmocka_unit_test(a_promise_lapses_when_its_condition_comes_true),
        cmocka_unit_test(deadlines_slip_and_are_met),
        cmocka_unit_test(csv_facts_read_as_quid_facts_do),
        cmocka_unit_test(crlf_tabs_and_a_byte_order_mark_are_accepted),
        cmocka_unit_test(units_are_followed_through_expressions),
        cmocka_unit_test(limits_hold_on_both_sides),
        cmocka_unit_test(lets_are_bounded),
        cmocka_unit_test(models_are_bounded),
        cmocka_unit_test(chains_of_rates_are_bounded),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
        cmocka_unit_test(formatting_settles_and_keeps_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
