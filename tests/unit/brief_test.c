// The outlook and what follows its answers: settings from outside, sensitivity, differences, the
// effects of facts; each against answers computed on their own. And memory that runs out.
#include "pipeline.h"

#include <math.h>
#include <stdio.h>

#define FLAGSHIP "deals/us-japan/deal.quid"
#define SCENARIO_COUNT 2048u

static const char *const small_deal =
    "deal \"Small\"\n  currency USD\n  horizon 2027-12-31\n  precision 30\n"
    "source paper \"A paper\"\nparty A\n  discount 3% a year\nparty B\n"
    "secret need of A\n  urgent 40%\n  calm otherwise\n  B believes urgent 50%\n"
    "event verdict\n  good 40% to 70%\n  bad otherwise\n  between 2026-03-01 and 2026-08-31\n"
    "let size = 2 to 6 bn USD \"how much\"\n"
    "pledge money\n  from A to B\n  amount 10 bn USD @paper\n  made 2026-01-05\n"
    "  committed at signed\n  disbursed over 1 years from signed\n"
    "move go by A\n  choose sign, wait\n  on 2026-02-01, 2026-04-01, 2026-10-01\n  until sign\n"
    "move reply by B\n  choose soft, hard\n  on 2026-06-01\n"
    "milestone signed\n  after go\n  needs go = sign\n  takes 10 to 90 days\n  due 2026-06-30\n"
    "supply metal \"Metal\" to B in tonnes a year\n  A 10 to 20 tonnes\n  B 5 tonnes once signed\n"
    "worth A\n  + size if go = sign and verdict = good \"the prize\"\n"
    "  - 1.5 bn USD if go = sign and need = calm \"the cost\"\n"
    "  - 1 bn USD if reply = hard \"anger\"\n"
    "worth B\n  + 2 bn USD if go = sign\n  + 1 bn USD if reply = hard and need = urgent\n"
    "  - 0.5 bn USD if reply = hard\n"
    "ask \"Signed in time?\" chance signed by 2026-06-30\nask \"When?\" when signed\n"
    "ask \"How much is paid?\" value disbursed(money) on 2027-06-30\n"
    "ask \"Does A wait?\" choice of go\nask \"At which odds?\" break even of verdict.good for go\n"
    "what-if bad \"Lost\"\n  set verdict = bad\nwhat-if firm\n  set go = sign\n"
    "2026-02-01 choose go wait @paper\n2026-02-20 note \"quiet\" about go\n"
    "2026-03-10 extend signed to 2026-09-30 @paper\n2026-03-20 observe verdict good\n";

static QuidOutlookOptions few_scenarios(void)
{
    QuidOutlookOptions options = quid_outlook_options();
    options.forecast.scenario_count = SCENARIO_COUNT;
    options.forecast.fan_scenario_count = 256;
    options.answer.has_values = false;
    options.answer.has_asked_break_evens = false;
    return options;
}

static QuidOutlook *look(const Pipeline *run, const QuidSetting *settings, uint32_t count)
{
    QuidOutlookOptions options = few_scenarios();
    options.settings = settings;
    options.setting_count = count;
    QuidOutlook *outlook = NULL;
    assert_int_equal(quid_outlook_create(run->context, run->deal, run->ledger, &options, &outlook),
                     QUID_OK);
    return outlook;
}

static bool is_close(double left, double right)
{
    return (isnan(left) && isnan(right)) || fabs(left - right) <= 1e-9 * (1 + fabs(left));
}

// ---- Settings from outside --------------------------------------------------

static Pipeline with_settings(const char *const *files, uint32_t count)
{
    Pipeline run = {.context = quid_context_create(NULL)};
    QuidFileId settings[4];
    assert_int_equal(quid_context_add_file(run.context, string_of("test.quid"),
                                           string_of(small_deal), &run.file),
                     QUID_OK);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(quid_context_add_file(run.context, string_of(i == 0 ? "--set" : "--vary"),
                                               string_of(files[i]), &settings[i]),
                         QUID_OK);
    run.status = quid_text_parse_with(run.context, run.file, settings, count, &run.text);
    const QuidStatus checked = quid_deal_check(run.context, run.text, &run.deal);
    run.status = run.status == QUID_OK ? checked : run.status;
    return run;
}

static void settings_become_the_last_what_ifs(void **state)
{
    (void)state;
    const char *const files[] = {"verdict.good=20%\n\ngo = sign\n", "size=1 bn USD\nsize=2 bn USD"};
    Pipeline run = with_settings(files, 2);
    assert_int_equal(run.status, QUID_OK);
    const QuidDealTables *tables = quid_deal_tables(run.deal);
    assert_int_equal(tables->what_if_count, 4);
    const QuidWhatIf *set = &tables->what_ifs[2];
    const QuidWhatIf *vary = &tables->what_ifs[3];
    assert_int_equal(set->id.size, 0);
    assert_int_equal(set->setting_count, 2);
    assert_int_equal(vary->setting_count, 2);
    assert_true(tables->settings[set->setting_first].is_chance);
    assert_true(tables->settings[set->setting_first + 1].is_choice);
    assert_int_equal(tables->settings[set->setting_first + 1].thing.kind, QUID_THING_MOVE);
    assert_int_equal(tables->settings[vary->setting_first + 1].thing.kind, QUID_THING_LET);
    pipeline_free(&run);
}

static void mistakes_in_settings_stand_where_they_were_typed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        QuidCode code;
        uint32_t line;
        uint32_t column;
    } rows[] = {{"go=sign\nverdic=good", QUID_E0301_UNKNOWN_NAME, 2, 1},
                {"verdict=fair", QUID_E0304_UNKNOWN_CHOICE, 1, 9},
                {"go=sign now", QUID_E0211_UNEXPECTED, 1, 9},
                {"size=3 days", QUID_E0401_UNIT_MISMATCH, 1, 6},
                {"verdict.good=140%", QUID_E0501_CHANCES, 1, 14},
                {"go=sig\xFFn", QUID_E0103_NOT_UTF8, 1, 7},
                {"=", QUID_E0211_UNEXPECTED, 1, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Pipeline run = with_settings(&rows[i].text, 1);
        assert_int_equal(run.status, QUID_INVALID);
        const QuidDiagnosticList list = quid_context_diagnostics(run.context);
        assert_int_equal(list.count, 1);
        assert_int_equal(list.items[0].code, rows[i].code);
        const QuidPlace place = quid_context_place(run.context, list.items[0].span);
        assert_int_equal(list.items[0].span.file.index, 2);
        assert_int_equal(place.line, rows[i].line);
        assert_int_equal(place.column, rows[i].column);
        pipeline_free(&run);
    }
}

// ---- Sensitivity ------------------------------------------------------------

// Each end of the tornado is the answer of the deal with that input set, solved and forecast alone.
static void a_tornado_is_many_what_ifs(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(small_deal, "2026-02-15");
    assert_int_equal(run.status, QUID_OK);
    const QuidOutlookOptions options = few_scenarios();
    QuidSensitivity *sensitivity = NULL;
    assert_int_equal(quid_outlook_sensitivity(run.context, run.deal, run.ledger, &options,
                                              (QuidForecastProgress){NULL, NULL}, &sensitivity),
                     QUID_OK);
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    QuidOutlook *base = look(&run, NULL, 0);
    const uint32_t asks = quid_deal_tables(run.deal)->ask_count;
    uint32_t likeliest[8];
    for (uint32_t ask = 0; ask < asks; ask++) {
        likeliest[ask] = quid_outlook_likeliest(base, ask);
        assert_true(is_close(tables->base[ask], quid_outlook_answer(base, ask, likeliest[ask])));
    }
    assert_true(tables->row_count > 5);
    bool has_game = false;
    bool has_rest = false;
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const QuidSensitivityRow *row = &tables->rows[i];
        const QuidInput *input = &tables->inputs[row->input];
        QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX];
        memset(settings, 0, sizeof settings);
        const uint32_t count = quid_input_settings(run.deal, input, input->high, settings);
        QuidOutlook *changed = look(&run, settings, count);
        assert_true(
            is_close(row->high, quid_outlook_answer(changed, row->ask, likeliest[row->ask])));
        quid_outlook_free(changed);
        has_game = has_game || input->changes_game;
        has_rest = has_rest || !input->changes_game;
    }
    assert_true(has_game && has_rest);
    quid_outlook_free(base);
    quid_sensitivity_free(sensitivity);
    pipeline_free(&run);
}

// ---- Differences ------------------------------------------------------------

static void differences_are_of_answers_and_less_noisy(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(small_deal, "2026-02-15");
    assert_int_equal(run.status, QUID_OK);
    const QuidDealTables *tables = quid_deal_tables(run.deal);
    QuidOutlook *base = look(&run, NULL, 0);
    QuidOutlook *same = look(&run, NULL, 0);
    QuidOutlook *firm = look(&run, tables->settings + tables->what_ifs[1].setting_first, 1);
    const QuidForecast *from = quid_outlook_tables(base)->forecast;
    const QuidForecast *to = quid_outlook_tables(firm)->forecast;
    for (uint32_t ask = 0; ask < 3; ask++) {
        const QuidEstimated none =
            quid_forecast_difference(from, quid_outlook_tables(same)->forecast, ask);
        assert_true(none.value == 0 && none.error == 0);
        const QuidEstimated change = quid_forecast_difference(from, to, ask);
        assert_true(is_close(change.value, quid_outlook_answer(firm, ask, 0) -
                                               quid_outlook_answer(base, ask, 0)));
        assert_true(fabs(change.value) > 0);
        const double apart = quid_forecast_tables(from)->asks[ask].value.error +
                             quid_forecast_tables(to)->asks[ask].value.error;
        assert_true(change.error <= apart);
    }
    quid_outlook_free(firm);
    quid_outlook_free(same);
    quid_outlook_free(base);
    pipeline_free(&run);
}

// ---- The effects of facts ---------------------------------------------------

static QuidOutlook *look_at(Pipeline *run, QuidDate as_of, QuidLedger **ledger)
{
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = as_of;
    assert_int_equal(quid_ledger_settle(run->context, run->deal, &options, ledger), QUID_OK);
    const QuidOutlookOptions how = few_scenarios();
    QuidOutlook *outlook = NULL;
    assert_int_equal(quid_outlook_create(run->context, run->deal, *ledger, &how, &outlook),
                     QUID_OK);
    return outlook;
}

// Step by step, the effects lead from the answers of the first day to those of the last.
static void check_effects(Pipeline *run, const char *first, const char *last, uint32_t row_count)
{
    QuidLedger *ledgers[2];
    QuidOutlook *before = look_at(run, day(first), &ledgers[0]);
    QuidOutlook *after = look_at(run, day(last), &ledgers[1]);
    const QuidOutlookOptions options = few_scenarios();
    QuidEffects *effects = NULL;
    assert_int_equal(quid_outlook_effects(run->context, run->deal, day(first), after, 0, &options,
                                          (QuidForecastProgress){NULL, NULL}, &effects),
                     QUID_OK);
    const QuidEffectTables *tables = quid_effect_tables(effects);
    assert_int_equal(tables->row_count, row_count);
    for (uint32_t ask = 0; ask < quid_deal_tables(run->deal)->ask_count; ask++) {
        const uint32_t option = quid_outlook_likeliest(after, ask);
        const double from = quid_outlook_answer(before, ask, option);
        const double to = quid_outlook_answer(after, ask, option);
        double sum = tables->passing[ask];
        for (uint32_t i = 0; i < tables->row_count; i++)
            sum += tables->rows[i].changes[ask];
        if (!isnan(from) && !isnan(to))
            assert_true(fabs(from + sum - to) <= 1e-9 * (1 + fabs(from) + fabs(to)));
    }
    for (uint32_t i = 1; i < tables->row_count; i++) {
        const QuidFact *facts = quid_deal_tables(run->deal)->facts;
        assert_true(facts[tables->rows[i - 1].fact].known <= facts[tables->rows[i].fact].known);
    }
    quid_effects_free(effects);
    quid_outlook_free(before);
    quid_outlook_free(after);
    quid_ledger_free(ledgers[0]);
    quid_ledger_free(ledgers[1]);
}

static void effects_of_facts_lead_from_the_first_day_to_the_last(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(small_deal, NULL);
    assert_int_equal(run.status, QUID_OK);
    check_effects(&run, "2026-02-15", "2026-03-20", 2); // the note is passed over
    check_effects(&run, "2026-02-15", "2026-03-05", 0);
    pipeline_free(&run);
    run = pipeline_of_file(FLAGSHIP, NULL);
    assert_int_equal(run.status, QUID_OK);
    check_effects(&run, "2026-02-12", "2026-02-18", 5);
    pipeline_free(&run);
}

// ---- Memory that runs out ---------------------------------------------------

typedef struct Budget {
    size_t left;
    int64_t held;
} Budget;

static void *spend(void *user, void *pointer, size_t old_size, size_t new_size)
{
    (void)old_size;
    Budget *budget = user;
    if (new_size == 0) {
        budget->held -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (budget->left == 0)
        return NULL;
    budget->left -= 1;
    void *block = realloc(pointer, new_size);
    budget->held += pointer == NULL && block != NULL;
    return block;
}

static bool discard(void *user, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

typedef struct Answers {
    QuidOutlookOptions options;
    QuidOutlook *base;
    QuidOutlook *changed;
    QuidSensitivity *sensitivity;
    QuidEffects *effects;
} Answers;

static QuidStatus compute(const Pipeline *run, Answers *answers)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const QuidForecastProgress none = {NULL, NULL};
    answers->options = few_scenarios();
    answers->options.forecast.scenario_count = 64;
    answers->options.forecast.fan_scenario_count = 32;
    answers->options.answer.has_values = true;
    answers->options.forecast.has_shares = true;
    QuidStatus status = quid_outlook_create(run->context, run->deal, run->ledger, &answers->options,
                                            &answers->base);
    QuidOutlookOptions with = answers->options;
    with.settings = tables->settings;
    with.setting_count = 1;
    if (status == QUID_OK)
        status =
            quid_outlook_create(run->context, run->deal, run->ledger, &with, &answers->changed);
    if (status == QUID_OK)
        status = quid_outlook_sensitivity(run->context, run->deal, run->ledger, &answers->options,
                                          none, &answers->sensitivity);
    if (status == QUID_OK)
        status = quid_outlook_effects(run->context, run->deal, day("2026-02-15"), answers->base, 0,
                                      &answers->options, none, &answers->effects);
    return status;
}

// Every document, one after another, in one form.
static QuidStatus print_all(const Pipeline *run, const Answers *answers, bool is_json,
                            QuidOutput output)
{
    QuidContext *context = run->context;
    QuidBriefOptions how = quid_brief_options();
    how.is_json = is_json;
    how.has_strategy = true;
    how.outlook = answers->base;
    how.sensitivity = answers->sensitivity;
    const QuidBriefCase one = {string_of("bad"), string_of("Lost"), answers->changed};
    const QuidBriefSide from = {string_of("as it is"), run->deal, run->ledger, answers->base};
    const QuidBriefSide to = {string_of("lost"), run->deal, run->ledger, answers->changed};
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const QuidString values[] = {string_of("bad")};
    const QuidVaried varied = {string_of("verdict"), tables->settings, values, 1};
    QuidStatus status = quid_brief_write(context, run->ledger, run->deal, &how, output);
    if (status == QUID_OK)
        status = quid_brief_solution(context, run->ledger, run->deal, &how, output);
    if (status == QUID_OK)
        status = quid_brief_forecast(context, run->ledger, run->deal, &how, output);
    if (status == QUID_OK)
        status = quid_brief_sensitivity(context, run->ledger, run->deal, &how, output);
    if (status == QUID_OK)
        status = quid_brief_what_if(context, run->ledger, run->deal, &one, 1, &how, output);
    if (status == QUID_OK)
        status = quid_brief_explain(context, run->ledger, run->deal, 0, &how, output);
    if (status == QUID_OK)
        status = quid_brief_compare(context, &from, &to, answers->effects, &how, output);
    if (status == QUID_OK)
        status = quid_brief_sweep(context, run->ledger, run->deal, &varied, 1, &answers->options,
                                  (QuidForecastProgress){NULL, NULL}, &how, output);
    return status;
}

static bool starve(size_t allowed, bool is_json)
{
    Budget budget = {allowed, 0};
    const QuidContextOptions options = {.allocator = {spend, &budget}};
    Pipeline run = {.context = quid_context_create(&options), .status = QUID_NO_MEMORY};
    bool is_done = false;
    if (run.context != NULL) {
        size_t written = 0;
        Answers answers = {.base = NULL};
        if (quid_context_add_file(run.context, string_of("t.quid"), string_of(small_deal),
                                  &run.file) == QUID_OK)
            pipeline_settle(&run, NULL);
        QuidStatus status = run.status == QUID_OK ? compute(&run, &answers) : run.status;
        if (status == QUID_OK)
            status = print_all(&run, &answers, is_json, (QuidOutput){discard, &written});
        is_done = status == QUID_OK;
        assert_true(is_done ? written > 10000 : status == QUID_NO_MEMORY);
        quid_effects_free(answers.effects);
        quid_sensitivity_free(answers.sensitivity);
        quid_outlook_free(answers.changed);
        quid_outlook_free(answers.base);
        pipeline_free(&run);
    }
    assert_int_equal(budget.held, 0);
    return is_done;
}

#define FORM_COUNT 2

// Not at every place in turn: the steps grow, so that the test stays short.
static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    for (int form = 0; form < FORM_COUNT; form++) {
        bool is_done = false;
        for (size_t allowed = 200; !is_done; allowed += 1 + allowed / 40) {
            is_done = starve(allowed, form == 1);
            assert_true(allowed < 10000000);
        }
    }
}

// ---- A record that is missing ------------------------------------------------

static char *printed(const Pipeline *run)
{
    QuidIoBuffer buffer = {NULL, 0, 0, false};
    QuidOutlook *outlook = look(run, NULL, 0);
    QuidBriefOptions how = quid_brief_options();
    how.outlook = outlook;
    const QuidOutput output = quid_io_buffer_output(&buffer);
    assert_int_equal(quid_brief_write(run->context, run->ledger, run->deal, &how, output), QUID_OK);
    assert_true(output.write(output.user, "", 1));
    quid_outlook_free(outlook);
    return buffer.bytes;
}

static void a_past_choice_without_a_fact_is_not_on_record(void **state)
{
    (void)state;
    static const char *const text =
        "deal \"x\"\n  currency USD\nparty A\nmove m by A\n  choose pay, wait\n  on 2026-03-01\n"
        "move n by A\n  choose pay, wait\n  on 2026-04-01\nworth A\n  + 1 USD if m = pay\n"
        "  + 1 USD if n = pay\nask \"Which?\" choice of m\n2026-03-01 note \"x\"\n";
    Pipeline run = pipeline_of_text(text, NULL);
    assert_int_equal(run.status, QUID_OK);
    char *bytes = printed(&run);
    assert_non_null(strstr(bytes, "m: not on record"));
    assert_non_null(strstr(bytes, "Past: not on record for 2026-03-01 ("));
    assert_null(strstr(bytes, "does not arise"));
    free(bytes);
    pipeline_free(&run);
}

// A date that is the same in all cases that see it is no certain one.
static void a_date_is_told_with_its_chance(void **state)
{
    (void)state;
    static const char *const text =
        "deal \"x\"\n  horizon 2027-01-01\nparty A\nevent vote\n  yes 30%\n  no otherwise\n"
        "  on 2026-03-01\nmilestone done \"Done\"\n  after 2026-06-01\n  needs vote = yes\n"
        "ask \"When?\" when done\n";
    Pipeline run = pipeline_of_text(text, "2026-01-01");
    assert_int_equal(run.status, QUID_OK);
    char *bytes = printed(&run);
    assert_non_null(strstr(bytes, "of cases by 2027-01-01; if so, 2026-06-01"));
    free(bytes);
    pipeline_free(&run);
}

// At the low end of what is assumed of it the vote, which is on record, had no chance.
static void an_end_that_the_facts_rule_out_changes_nothing(void **state)
{
    (void)state;
    static const char *const text =
        "deal \"x\"\n  currency USD\n  horizon 2027-01-01\nparty A\nevent vote\n"
        "  yes 5%\n  no otherwise\n  on 2026-03-01\nevent next\n  yes 30% to 60%\n  no otherwise\n"
        "  on 2026-08-01\nmove act by A\n  choose go, stay\n  on 2026-06-01\n"
        "worth A\n  + 1 USD if act = go and next = yes\n  + 2 USD if act = stay and next = no\n"
        "ask \"Next?\" chance next = yes\n2026-03-01 observe vote yes\n";
    Pipeline run = pipeline_of_text(text, NULL);
    assert_int_equal(run.status, QUID_OK);
    QuidSensitivity *sensitivity;
    const QuidOutlookOptions options = few_scenarios();
    for (uint32_t threads = 1; threads < 4; threads++) {
        QuidOutlookOptions how = options;
        how.forecast.thread_count = threads;
        assert_int_equal(quid_outlook_sensitivity(run.context, run.deal, run.ledger, &how,
                                                  (QuidForecastProgress){NULL, NULL}, &sensitivity),
                         QUID_OK);
        const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
        assert_int_equal(tables->row_count, 1); // the next vote alone
        assert_int_equal(quid_context_diagnostics(run.context).error_count, 0);
        quid_sensitivity_free(sensitivity);
    }
    pipeline_free(&run);
}

// Without a search for break-evens nothing is said of them.
static void a_break_even_that_was_not_looked_for_is_open(void **state)
{
    (void)state;
    static const char *const text =
        "deal \"x\"\n  currency USD\nparty A\nevent vote\n  yes 50%\n  no otherwise\n"
        "  on 2026-06-01\nmove go by A\n  choose build, drop\n  on 2026-03-01\nworth A\n"
        "  + 4 USD if go = build and vote = yes\n  - 4 USD if go = build and vote = no\n"
        "ask \"Odds?\" break even of vote.yes for go\n2026-01-01 note \"n\"\n";
    Pipeline run = pipeline_of_text(text, NULL);
    assert_int_equal(run.status, QUID_OK);
    for (int round = 0; round < 2; round++) {
        QuidIoBuffer buffer = {NULL, 0, 0, false};
        const QuidOutput output = quid_io_buffer_output(&buffer);
        QuidOutlookOptions options = few_scenarios();
        QuidBriefOptions how = quid_brief_options();
        QuidOutlook *outlook = NULL;
        options.answer.has_break_evens = false;
        options.answer.has_asked_break_evens = round == 1;
        assert_int_equal(quid_outlook_create(run.context, run.deal, run.ledger, &options, &outlook),
                         QUID_OK);
        how.outlook = outlook;
        assert_int_equal(quid_brief_write(run.context, run.ledger, run.deal, &how, output),
                         QUID_OK);
        assert_true(output.write(output.user, "", 1));
        assert_non_null(strstr(buffer.bytes, round == 0 ? "open: break-evens were not looked for"
                                                        : "turns where vote = yes has 50%"));
        quid_outlook_free(outlook);
        free(buffer.bytes);
    }
    pipeline_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_become_the_last_what_ifs),
        cmocka_unit_test(mistakes_in_settings_stand_where_they_were_typed),
        cmocka_unit_test(a_tornado_is_many_what_ifs),
        cmocka_unit_test(differences_are_of_answers_and_less_noisy),
        cmocka_unit_test(effects_of_facts_lead_from_the_first_day_to_the_last),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
        cmocka_unit_test(a_past_choice_without_a_fact_is_not_on_record),
        cmocka_unit_test(a_date_is_told_with_its_chance),
        cmocka_unit_test(an_end_that_the_facts_rule_out_changes_nothing),
        cmocka_unit_test(a_break_even_that_was_not_looked_for_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
