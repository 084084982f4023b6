// The program stage: every kind of term against values worked out by hand, conditioning on facts,
// the same bits however scenarios are cut, draws that stay when other lines change.
#include "distribution.h"
#include "pipeline.h"

#include <math.h>
#include <stdio.h>

#define COUNT 4096u

static const char *const head = "deal \"D\"\n"
                                "  currency USD\n"
                                "  horizon 2027-12-31\n"
                                "party A\n"
                                "party B\n"
                                "pledge base \"a dated start\"\n"
                                "  from A to B\n"
                                "  amount 100 USD\n"
                                "  made 2026-01-01\n";

typedef struct Compiled {
    Pipeline pipeline;
    QuidProgram *program;
    QuidProgramRun *run;
    double *values; // want by want, COUNT each
    uint32_t want_count;
} Compiled;

static void run_all(Compiled *compiled, uint32_t block)
{
    for (uint32_t first = 0; first < COUNT; first += block) {
        const uint32_t count = COUNT - first < block ? COUNT - first : block;
        quid_program_draw(compiled->run, first, count);
        quid_program_finish(compiled->run);
        for (uint32_t w = 0; w < compiled->want_count; w++)
            memcpy(compiled->values + (size_t)w * COUNT + first,
                   quid_program_column(compiled->run, w), count * sizeof(double));
    }
}

static Compiled compile(const char *text, const char *as_of, const QuidWant *wants,
                        uint32_t want_count, bool is_sobol)
{
    Compiled compiled = {.pipeline = pipeline_of_text(text, as_of), .want_count = want_count};
    if (compiled.pipeline.status != QUID_OK) {
        const QuidDiagnosticList list = quid_context_diagnostics(compiled.pipeline.context);
        for (uint32_t i = 0; i < list.count; i++)
            print_message("%.*s\n", (int)list.items[i].message.size, list.items[i].message.bytes);
    }
    assert_int_equal(compiled.pipeline.status, QUID_OK);
    QuidProgramOptions options = quid_program_options();
    options.seed = 7;
    options.is_sobol = is_sobol;
    options.ledger = as_of == NULL ? NULL : compiled.pipeline.ledger;
    assert_int_equal(quid_program_compile(compiled.pipeline.context, compiled.pipeline.deal,
                                          compiled.pipeline.ledger, &options, wants, want_count,
                                          &compiled.program),
                     QUID_OK);
    assert_int_equal(
        quid_program_run_create(compiled.pipeline.context, compiled.program, &compiled.run),
        QUID_OK);
    compiled.values = calloc((size_t)want_count * COUNT, sizeof(double));
    assert_non_null(compiled.values);
    return compiled;
}

// The asks of a deal's text, in order, as wants.
static Compiled compile_asks(const char *clauses, const char *as_of)
{
    static char text[8192];
    QuidWant wants[64] = {{0}};
    (void)snprintf(text, sizeof text, "%s%s", head, clauses);
    Pipeline first = pipeline_of_text(text, as_of);
    assert_int_equal(first.status, QUID_OK);
    const QuidDealTables *model = quid_deal_tables(first.deal);
    const uint32_t count = model->ask_count;
    for (uint32_t i = 0; i < count; i++)
        wants[i] = (QuidWant){.kind = QUID_WANT_TERM, .term = model->asks[i].term};
    pipeline_free(&first);
    Compiled compiled = compile(text, as_of, wants, count, false);
    run_all(&compiled, QUID_PROGRAM_BLOCK);
    return compiled;
}

static void free_compiled(Compiled *compiled)
{
    quid_program_run_free(compiled->run);
    quid_program_free(compiled->program);
    pipeline_free(&compiled->pipeline);
    free(compiled->values);
}

static double mean(const Compiled *compiled, uint32_t want)
{
    double sum = 0;
    for (uint32_t i = 0; i < COUNT; i++)
        sum += compiled->values[(size_t)want * COUNT + i];
    return sum / COUNT;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double quantile(const Compiled *compiled, uint32_t want, double share)
{
    static double sorted[COUNT];
    memcpy(sorted, compiled->values + (size_t)want * COUNT, sizeof sorted);
    qsort(sorted, COUNT, sizeof(double), by_value);
    return sorted[(uint32_t)(share * COUNT)];
}

static void assert_all(const Compiled *compiled, uint32_t want, double value)
{
    for (uint32_t i = 0; i < COUNT; i++) {
        const double found = compiled->values[(size_t)want * COUNT + i];
        if (!(found == value) && !(found != found && value != value))
            fail_msg("want %u, scenario %u: %.17g, not %.17g", want, i, found, value);
    }
}

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%.10g, not %.10g within %.3g", found, wanted, tolerance);
}

static void test_arithmetic(void **state)
{
    (void)state;
    Compiled it = compile_asks("let two = 2\n"
                               "ask \"a\" value 3 * two + 4 / 2 - 1\n"
                               "ask \"b\" value 2 ^ 3 + abs(0 - 5) + sqrt(16)\n"
                               "ask \"c\" value exp(0) + log(1)\n"
                               "ask \"d\" value min(3, 1, 2) + max(3, 1, 2)\n"
                               "ask \"e\" value 5 if 1 < 2 else 7\n"
                               "ask \"f\" value 5 if not 1 < 2 else 7\n"
                               "ask \"g\" chance 1 <= 1 and 2 > 1 and 2 >= 2\n"
                               "ask \"h\" chance 1 < 1 or 2 != 2\n"
                               "ask \"i\" value 2 days + 2 weeks\n"
                               "ask \"j\" chance 2026-01-05 < 2026-01-06\n"
                               "ask \"k\" value 2026-01-05 - 2026-01-01\n",
                               NULL);
    const double wanted[] = {7, 17, 1, 4, 5, 7, 1, 0, 16, 1, 4};
    for (uint32_t i = 0; i < 11; i++)
        assert_all(&it, i, wanted[i]);
    free_compiled(&it);
}

static void test_draws(void **state)
{
    (void)state;
    Compiled it = compile_asks("let a = 10 to 20 USD\n"
                               "let b = -5 to 5\n"
                               "let c = 20% to 60%\n"
                               "let d = uniform(1, 3)\n"
                               "let e = choice(1 25%, 5 75%)\n"
                               "ask \"a\" value a\n"
                               "ask \"b\" value b\n"
                               "ask \"c\" value c\n"
                               "ask \"d\" value d\n"
                               "ask \"e\" value e\n"
                               "ask \"same\" value a - a\n"
                               "ask \"other\" value 10 to 20 USD\n",
                               NULL);
    assert_near(quantile(&it, 0, 0.05), 10, 0.3);
    assert_near(quantile(&it, 0, 0.95), 20, 0.6);
    assert_near(quantile(&it, 1, 0.5), 0, 0.2);
    assert_near(quantile(&it, 1, 0.95), 5, 0.3);
    assert_near(quantile(&it, 2, 0.05), 0.2, 0.02);
    assert_near(quantile(&it, 2, 0.95), 0.6, 0.02);
    assert_near(mean(&it, 3), 2, 0.04);
    assert_near(mean(&it, 4), 4, 0.12);
    assert_all(&it, 5, 0);
    assert_true(it.values[0] != it.values[(size_t)6 * COUNT]);
    free_compiled(&it);
}

// Betas and PERTs are drawn from a table; here beside their exact quantiles.
static void test_tables(void **state)
{
    (void)state;
    Compiled it = compile_asks("let a = pert(2, 3, 10)\n"
                               "let b = beta(0.5, 0.7)\n"
                               "let c = beta(3000, 20)\n"
                               "let d = pert(5, 5, 6)\n"
                               "ask \"a\" value a\n"
                               "ask \"b\" value b\n"
                               "ask \"c\" value c\n"
                               "ask \"d\" value d\n",
                               NULL);
    const QuidDistribution exact[] = {
        quid__distribution_pert(2, 3, 10), quid__distribution_beta(0.5, 0.7),
        quid__distribution_beta(3000, 20), quid__distribution_pert(5, 5, 6)};
    static const char *const names[] = {"let/a/0", "let/b/0", "let/c/0", "let/d/0"};
    quid_program_draw(it.run, 0, 512);
    quid_program_finish(it.run);
    for (uint32_t want = 0; want < 4; want++) {
        double u[512];
        quid_program_uniform(it.run, string_of(names[want]), u);
        for (uint32_t i = 0; i < 512; i += 3) {
            const double wanted = quid__distribution_quantile(&exact[want], u[i]);
            const double width = exact[want].high - exact[want].low;
            assert_near(quid_program_column(it.run, want)[i], wanted, 1e-8 * width);
        }
    }
    free_compiled(&it);
}

static void test_events(void **state)
{
    (void)state;
    Compiled it = compile_asks("event vote \"v\"\n"
                               "  yes 60%\n"
                               "  no otherwise\n"
                               "  between 2026-03-01 and 2026-03-10\n"
                               "event fixed \"f\"\n"
                               "  up 100%\n"
                               "  down 0%\n"
                               "  on 2026-03-06\n"
                               "ask \"a\" chance vote = yes\n"
                               "ask \"b\" chance vote = yes by 2026-03-05\n"
                               "ask \"c\" chance vote = yes before fixed\n"
                               "ask \"d\" chance fixed = up by 2026-03-05\n"
                               "ask \"e\" chance fixed = up by 2026-03-06\n"
                               "ask \"f\" value date(vote) - 2026-03-01\n"
                               "ask \"g\" chance fixed = down\n"
                               "ask \"h\" chance date(fixed) = 2026-03-06\n"
                               "ask \"i\" chance vote = yes before 2026-03-06\n",
                               NULL);
    assert_near(mean(&it, 0), 0.6, 0.025);
    assert_near(mean(&it, 1), 0.3, 0.025);
    assert_near(mean(&it, 2), 0.3, 0.025);
    assert_all(&it, 3, 0);
    assert_all(&it, 4, 1);
    assert_near(mean(&it, 5), 5, 0.2);
    assert_all(&it, 6, 0);
    assert_all(&it, 7, 1);
    assert_memory_equal(it.values + COUNT, it.values + (size_t)8 * COUNT, COUNT * sizeof(double));
    free_compiled(&it);
}

static void test_milestones(void **state)
{
    (void)state;
    Compiled it = compile_asks("event vote \"v\"\n"
                               "  yes 50%\n"
                               "  no otherwise\n"
                               "  on 2026-03-01\n"
                               "milestone one \"1\"\n"
                               "  after 2026-02-01\n"
                               "  takes 10 days\n"
                               "  due 2026-02-05\n"
                               "milestone two \"2\"\n"
                               "  after one, vote\n"
                               "  takes 5 days\n"
                               "milestone three \"3\"\n"
                               "  after one\n"
                               "  needs vote = yes\n"
                               "milestone never \"n\"\n"
                               "  after 2026-01-01\n"
                               "  needs vote = yes and vote = no\n"
                               "milestone work \"b\"\n"
                               "  after 2026-02-06\n"
                               "  takes 3 business days\n"
                               "ask \"a\" value date(one) - 2026-02-01\n"
                               "ask \"b\" value date(two) - 2026-03-01\n"
                               "ask \"c\" chance three\n"
                               "ask \"d\" chance never\n"
                               "ask \"e\" value late(one)\n"
                               "ask \"f\" chance one before vote\n"
                               "ask \"g\" chance one by 2026-02-10\n"
                               "ask \"h\" chance one by 2026-02-11\n"
                               "ask \"i\" chance three by 2026-02-28\n"
                               "ask \"j\" value date(work) - 2026-02-01\n"
                               "ask \"k\" value date(never) - 2027-12-31\n",
                               NULL);
    assert_all(&it, 0, 10);
    assert_all(&it, 1, 5);
    assert_near(mean(&it, 2), 0.5, 0.025);
    assert_all(&it, 3, 0);
    assert_all(&it, 4, 6); // reached on 11 February, due on the 5th
    assert_all(&it, 5, 1);
    assert_all(&it, 6, 0);
    assert_all(&it, 7, 1);
    assert_all(&it, 8, 0);  // not before what it needs has happened
    assert_all(&it, 9, 10); // Friday 6 February + 3 business days: Wednesday the 11th
    assert_all(&it, 10, 1);
    free_compiled(&it);
}

// More days than the table of business days has.
static void test_business_days_far_ahead(void **state)
{
    (void)state;
    const QuidWant wants[] = {{.kind = QUID_WANT_MILESTONE, .index = 1},
                              {.kind = QUID_WANT_MILESTONE, .index = 2}};
    Compiled it = compile("deal \"Far\"\n"
                          "  horizon 9000-01-01\n"
                          "party A\n"
                          "party B\n"
                          "milestone near\n"
                          "  after 2026-01-05\n"
                          "  takes 100000 business days\n"
                          "milestone far\n"
                          "  after 8000-01-03\n"
                          "  takes 13 business days\n",
                          NULL, wants, 2, false);
    run_all(&it, QUID_PROGRAM_BLOCK);
    assert_all(&it, 0, 20458 + 140000); // from 2026-01-05, Monday to Friday: 20,000 weeks
    assert_all(&it, 1, 2202414 + 17);   // from a Monday, two weeks and three days
    free_compiled(&it);
}

static void test_amounts_of_the_game(void **state)
{
    (void)state;
    Compiled it = compile_asks("milestone signed \"s\"\n"
                               "  after 2026-02-01\n"
                               "milestone opened \"o\"\n"
                               "  after 2026-03-01\n"
                               "pledge whole \"w\"\n"
                               "  from A to B\n"
                               "  amount 1000 USD\n"
                               "  made 2026-01-10\n"
                               "  committed at signed\n"
                               "pledge part \"p\"\n"
                               "  from A to B\n"
                               "  in whole\n"
                               "  amount 400 USD\n"
                               "  made 2026-01-20\n"
                               "  disbursed over 100 days from opened\n"
                               "  lapses if opened by 2026-01-02\n"
                               "ask \"a\" value pledged(whole) on 2026-01-09\n"
                               "ask \"b\" value pledged(whole) on 2026-01-15\n"
                               "ask \"c\" value pledged(part) on 2026-01-15\n"
                               "ask \"d\" value pledged(whole) on 2026-01-25\n"
                               "ask \"e\" value committed(whole) on 2026-01-31\n"
                               "ask \"f\" value committed(whole) on 2026-02-01\n"
                               "ask \"g\" value committed(part) on 2026-02-01\n"
                               "ask \"h\" value disbursed(whole) on 2026-03-25\n"
                               "ask \"i\" value disbursed(part)\n",
                               NULL);
    const double wanted[] = {0, 1000, 0, 1000, 0, 1000, 400, 100, 400};
    for (uint32_t i = 0; i < 9; i++)
        assert_all(&it, i, wanted[i]);
    free_compiled(&it);
}

// A promise may lapse for want of an amount of its own by a day, or because something has not
// happened.
static void test_lapses(void **state)
{
    (void)state;
    const char *clauses = "milestone signed \"s\"\n"
                          "  after 2026-06-01\n"
                          "pledge early \"e\"\n"
                          "  from A to B\n"
                          "  amount 10 USD\n"
                          "  made 2026-01-10\n"
                          "  committed at signed\n"
                          "  lapses if committed(early) on 2026-05-15 < 5 USD\n"
                          "pledge kept \"k\"\n"
                          "  from A to B\n"
                          "  amount 10 USD\n"
                          "  made 2026-01-10\n"
                          "  committed at signed\n"
                          "  lapses if committed(kept) on 2026-06-15 < 5 USD\n"
                          "pledge late \"l\"\n"
                          "  from A to B\n"
                          "  amount 10 USD\n"
                          "  made 2026-01-10\n"
                          "  lapses if not (signed by 2026-05-20)\n"
                          "ask \"a\" value pledged(early) on 2026-05-14\n"
                          "ask \"b\" value pledged(early) on 2026-05-15\n"
                          "ask \"c\" value committed(early)\n"
                          "ask \"d\" value committed(kept)\n"
                          "ask \"e\" value pledged(late) on 2026-05-20\n"
                          "ask \"f\" value pledged(late) on 2026-05-21\n";
    for (uint32_t view = 0; view < 2; view++) {
        Compiled it = compile_asks(clauses, view == 0 ? NULL : "2026-03-01");
        const double wanted[] = {10, 0, 0, 10, 10, 0};
        for (uint32_t i = 0; i < 6; i++)
            assert_all(&it, i, wanted[i]);
        free_compiled(&it);
    }
}

static void test_moves(void **state)
{
    (void)state;
    Compiled it = compile_asks("move m by A \"m\"\n"
                               "  choose go, stay\n"
                               "  on 2026-02-01, 2026-03-01\n"
                               "event vote \"v\"\n"
                               "  yes 50%\n"
                               "  no otherwise\n"
                               "  on 2026-03-01\n"
                               "milestone done \"d\"\n"
                               "  after m\n"
                               "  needs m = go\n"
                               "  takes 4 days\n"
                               "ask \"a\" chance m = go\n"
                               "ask \"b\" chance m = stay by 2026-02-28\n"
                               "ask \"c\" chance m = stay before vote\n"
                               "ask \"d\" value date(m) - 2026-02-01\n"
                               "ask \"e\" value date(done) - 2026-02-01\n",
                               NULL);
    const uint32_t move = quid_deal_find(it.pipeline.deal, string_of("m")).index;
    quid_program_set_choice(it.run, move, 0, 1);
    quid_program_set_choice(it.run, move, 1, 0);
    run_all(&it, 512);
    const double later[] = {1, 1, 1, 28, 32};
    for (uint32_t i = 0; i < 5; i++)
        assert_all(&it, i, later[i]);
    quid_program_set_choice(it.run, move, 1, -1);
    run_all(&it, 512);
    const double earlier[] = {0, 1, 1, 0, 699};
    for (uint32_t i = 0; i < 5; i++)
        assert_all(&it, i, i == 4 ? (double)(day("2028-01-01") - day("2026-02-01")) : earlier[i]);
    free_compiled(&it);
}

static void test_supply(void **state)
{
    (void)state;
    Compiled it = compile_asks("milestone opened \"o\"\n"
                               "  after 2026-06-01\n"
                               "supply ore \"ore\" to A in tonnes a year\n"
                               "  B 300 tonnes\n"
                               "  C 100 tonnes once opened\n"
                               "ask \"a\" value share(ore, B) on 2026-05-31\n"
                               "ask \"b\" value share(ore, B) on 2026-06-01\n"
                               "ask \"c\" value hhi(ore)\n",
                               NULL);
    assert_all(&it, 0, 1);
    assert_all(&it, 1, 0.75);
    assert_all(&it, 2, 6250);
    free_compiled(&it);
}

// ---- Facts

static void test_event_seen_late(void **state)
{
    (void)state;
    const char *clauses = "event vote \"v\"\n"
                          "  yes 60%\n"
                          "  no otherwise\n"
                          "  between 2026-03-01 and 2026-03-10\n"
                          "event past \"p\"\n"
                          "  yes 60%\n"
                          "  no otherwise\n"
                          "  between 2026-02-01 and 2026-02-10\n"
                          "event seen \"s\"\n"
                          "  yes 60%\n"
                          "  no otherwise\n"
                          "  between 2026-02-01 and 2026-02-10\n"
                          "2026-02-03 observe seen no\n"
                          "ask \"a\" value date(vote) - 2026-03-01\n"
                          "ask \"b\" value date(past) - 2026-03-01\n"
                          "ask \"c\" value date(seen) - 2026-02-01\n"
                          "ask \"d\" chance seen = no\n";
    Compiled it = compile_asks(clauses, "2026-03-04");
    assert_near(mean(&it, 0), 7, 0.1); // uniform over [4, 10)
    assert_true(quantile(&it, 0, 0) >= 4);
    assert_near(mean(&it, 1), 9, 0.2); // overdue: evenly over ten days from tomorrow
    assert_true(quantile(&it, 1, 0) >= 4);
    assert_all(&it, 2, 2);
    assert_all(&it, 3, 1);
    free_compiled(&it);
}

static void test_work_begun(void **state)
{
    (void)state;
    const char *clauses = "milestone work \"w\"\n"
                          "  after 2026-01-01\n"
                          "  takes uniform(10 days, 110 days)\n"
                          "milestone sure \"s\"\n"
                          "  after 2026-01-01\n"
                          "  takes 10 days\n"
                          "milestone long \"l\"\n"
                          "  after 2026-01-01\n"
                          "  takes 5 to 10 days\n"
                          "milestone done \"d\"\n"
                          "  after 2026-01-01\n"
                          "  takes 10 days\n"
                          "2026-02-10 reach done\n"
                          "ask \"a\" value date(work) - 2026-01-01\n"
                          "ask \"b\" value date(sure) - 2026-01-01\n"
                          "ask \"c\" value date(done) - 2026-01-01\n"
                          "ask \"d\" value date(long) - 2026-01-01\n";
    Compiled it = compile_asks(clauses, "2026-03-01"); // 60 days have passed
    assert_near(mean(&it, 0), 85, 0.6);
    assert_true(quantile(&it, 0, 0) >= 60);
    assert_all(&it, 1, 60);
    assert_all(&it, 2, 40);
    // Far out in the tail of the lognormal: survival probabilities keep it right.
    assert_true(quantile(&it, 3, 0) >= 60);
    assert_true(quantile(&it, 3, 0.99) < 75 && quantile(&it, 3, 0.5) > 60);
    free_compiled(&it);
}

static void test_amounts_of_facts(void **state)
{
    (void)state;
    const char *clauses = "milestone signed \"s\"\n"
                          "  after 2026-06-01\n"
                          "pledge whole \"w\"\n"
                          "  from A to B\n"
                          "  amount 1000 USD\n"
                          "  made 2026-01-10\n"
                          "  committed at signed\n"
                          "  disbursed over 100 days from signed\n"
                          "2026-02-01 commit whole 300 USD\n"
                          "2026-02-10 disburse whole 100 USD\n"
                          "ask \"a\" value committed(whole) on 2026-01-31\n"
                          "ask \"b\" value committed(whole) on 2026-02-05\n"
                          "ask \"c\" value disbursed(whole) on 2026-02-09\n"
                          "ask \"d\" value disbursed(whole) on 2026-02-10\n"
                          "ask \"e\" value committed(whole) on 2026-05-31\n"
                          "ask \"f\" value committed(whole) on 2026-06-01\n"
                          "ask \"g\" value disbursed(whole) on 2026-06-10\n"
                          "ask \"h\" value disbursed(whole)\n"
                          "ask \"i\" value pledged(whole) on 2026-06-10\n";
    Compiled it = compile_asks(clauses, "2026-03-01");
    // 900 of 1000 are still to be disbursed when the flow begins: a tenth of them in ten days.
    const double wanted[] = {0, 300, 0, 100, 300, 1000, 190, 1000, 1000};
    for (uint32_t i = 0; i < 9; i++)
        assert_all(&it, i, wanted[i]);
    free_compiled(&it);
}

// What a host writes between the passes stays as it wrote it, and finishing may be repeated.
static void test_given(void **state)
{
    (void)state;
    Compiled it = compile_asks("event vote \"v\"\n"
                               "  yes 50%\n"
                               "  no otherwise\n"
                               "  on 2026-03-01\n"
                               "event late \"l\"\n"
                               "  yes 90% if vote = yes else 10%\n"
                               "  no otherwise\n"
                               "  on 2026-04-01\n"
                               "event other \"o\"\n"
                               "  yes 50%\n"
                               "  no otherwise\n"
                               "  on 2026-02-01\n"
                               "let a = 1 to 2\n"
                               "ask \"t\" value ((a if other = yes else 3) * 2 + 1) * a - 4\n"
                               "ask \"a\" value a * a + (a if vote = yes else 3)\n"
                               "ask \"b\" value a * a\n"
                               "ask \"c\" chance vote = yes\n"
                               "ask \"d\" chance late = yes\n"
                               "ask \"e\" value a\n",
                               NULL);
    const uint32_t vote = quid_deal_find(it.pipeline.deal, string_of("vote")).index;
    const QuidEventSetting given = {day("2026-03-01"), day("2026-03-01"), QUID_OUTCOME_GIVEN};
    quid_program_set_event(it.run, vote, given);
    quid_program_draw(it.run, 0, 512);
    for (uint32_t turn = 0; turn < 3; turn++) {
        double *outcome = quid_program_outcome(it.run, vote);
        for (uint32_t i = 0; i < 512; i++)
            outcome[i] = (i + turn) % 2;
        quid_program_finish(it.run);
        double likely = 0;
        for (uint32_t i = 0; i < 512; i++) {
            const bool is_yes = (i + turn) % 2 == 0;
            const double a = quid_program_column(it.run, 5)[i];
            assert_true(quid_program_column(it.run, 1)[i] == a * a + (is_yes ? a : 3));
            assert_true(quid_program_column(it.run, 2)[i] == a * a);
            assert_true(quid_program_column(it.run, 3)[i] == (is_yes ? 1 : 0));
            likely += quid_program_column(it.run, 4)[i] == (is_yes ? 1 : 0);
        }
        assert_near(likely / 512, 0.9, 0.05);
    }
    free_compiled(&it);
}

// ---- The same bits

static void test_cuts(void **state)
{
    (void)state;
    const uint32_t blocks[] = {512, 1, 7, 100, 256};
    for (uint32_t sobol = 0; sobol < 2; sobol++) {
        const char *text = "deal \"D\"\n  horizon 2027-12-31\nparty A\nparty B\n"
                           "pledge p \"p\"\n  from A to B\n  made 2026-01-01\n"
                           "let a = 1 to 2\nlet b = 20% to 30%\n"
                           "event e \"e\"\n  x a / 4\n  y otherwise\n"
                           "  when 2026-02-01 to 2026-05-01\n"
                           "milestone m \"m\"\n  after e\n  takes 3 to 20 days\n  needs e = x\n";
        const QuidWant wants[] = {{.kind = QUID_WANT_MILESTONE, .index = 1},
                                  {.kind = QUID_WANT_OUTCOME, .index = 1},
                                  {.kind = QUID_WANT_HAPPENED, .index = 1}};
        Compiled it = compile(text, NULL, wants, 3, sobol == 1);
        run_all(&it, 512);
        double *first = malloc(3 * COUNT * sizeof(double));
        assert_non_null(first);
        memcpy(first, it.values, 3 * COUNT * sizeof(double));
        for (uint32_t i = 1; i < 5; i++) {
            run_all(&it, blocks[i]);
            assert_memory_equal(first, it.values, 3 * COUNT * sizeof(double));
        }
        free(first);
        free_compiled(&it);
    }
}

static void test_other_lines(void **state)
{
    (void)state;
    Compiled one = compile_asks("let a = 1 to 2\nlet b = 3 to 4\nask \"b\" value b\n"
                                "ask \"x\" value 5 to 6\n",
                                NULL);
    Compiled two = compile_asks("let new = 1 to 9\nlet a = 7\nlet b = 3 to 4\n"
                                "ask \"b\" value b + 0 * a + 0 * new\nask \"x\" value 5 to 6\n",
                                NULL);
    assert_memory_equal(one.values, two.values, 2 * COUNT * sizeof(double));
    free_compiled(&one);
    free_compiled(&two);
}

static void test_dependencies(void **state)
{
    (void)state;
    Compiled it = compile_asks("move m by A \"m\"\n"
                               "  choose go, stay\n"
                               "  on 2026-02-01\n"
                               "event vote \"v\"\n"
                               "  yes 50%\n"
                               "  no otherwise\n"
                               "milestone done \"d\"\n"
                               "  after m\n"
                               "  takes 4 to 5 days\n"
                               "ask \"a\" chance m = go\n"
                               "ask \"b\" chance done by 2026-03-01\n"
                               "ask \"c\" value 1 to 2 if vote = yes else 3\n",
                               NULL);
    const QuidDependencies a = quid_program_dependencies(it.program, 0);
    const QuidDependencies b = quid_program_dependencies(it.program, 1);
    const QuidDependencies c = quid_program_dependencies(it.program, 2);
    assert_true(a.move_count == 1 && a.event_count == 0 && !a.is_drawn);
    assert_true(b.move_count == 1 && b.event_count == 0 && b.is_drawn);
    assert_true(c.move_count == 0 && c.event_count == 1 && c.is_drawn && c.events[0] == 1);
    free_compiled(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_milestones),
        cmocka_unit_test(test_business_days_far_ahead),
        cmocka_unit_test(test_amounts_of_the_game),
        cmocka_unit_test(test_lapses),
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_supply),
        cmocka_unit_test(test_event_seen_late),
        cmocka_unit_test(test_work_begun),
        cmocka_unit_test(test_amounts_of_facts),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_other_lines),
        cmocka_unit_test(test_dependencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
