// Deals as games: answers against closed forms and against independent fixed points computed here.
#include "pipeline.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct Asked {
    Pipeline run;
    QuidAnswers *answers;
    const QuidAnswerTables *tables;
    const QuidDealTables *model;
} Asked;

static Asked ask_with(const char *text, const char *as_of, double lambda, bool has_more)
{
    Asked asked = {.run = pipeline_of_text(text, as_of)};
    assert_int_equal(asked.run.status, QUID_OK);
    QuidAnswerOptions options = quid_answer_options();
    options.has_precision = true;
    options.solve.lambda = lambda;
    options.has_values = has_more;
    options.has_break_evens = has_more;
    assert_int_equal(quid_game_answer(asked.run.context, asked.run.deal, asked.run.ledger, &options,
                                      &asked.answers),
                     QUID_OK);
    asked.tables = quid_answer_tables(asked.answers);
    asked.model = quid_deal_tables(asked.run.deal);
    return asked;
}

static void asked_free(Asked *asked)
{
    quid_answers_free(asked->answers);
    pipeline_free(&asked->run);
}

// Texts one after another, up to NULL.
static const char *joined(char text[3000], ...)
{
    va_list parts;
    size_t used = 0;
    va_start(parts, text);
    for (const char *part = va_arg(parts, const char *); part != NULL;
         part = va_arg(parts, const char *)) {
        const size_t size = strlen(part);
        assert_true(used + size < 3000);
        memcpy(text + used, part, size + 1);
        used += size;
    }
    va_end(parts);
    return text;
}

static uint32_t thing_index(const Asked *asked, const char *id)
{
    return quid_deal_find(asked->run.deal, string_of(id)).index;
}

// The chance that a move, at its date number `position`, takes option number `option`.
static double chance_of(const Asked *asked, const char *move, uint32_t position, uint32_t option)
{
    for (uint32_t i = 0; i < asked->tables->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &asked->tables->epochs[i];
        if (epoch->move == thing_index(asked, move) && epoch->position == position)
            return asked->tables->probabilities[epoch->probability_first + option];
    }
    fail_msg("%s has no date number %u", move, position);
    return -1;
}

static double reached(const Asked *asked, const char *move, uint32_t position)
{
    for (uint32_t i = 0; i < asked->tables->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &asked->tables->epochs[i];
        if (epoch->move == thing_index(asked, move) && epoch->position == position)
            return epoch->reached;
    }
    return -1;
}

static double value_of(const Asked *asked, QuidValueKind kind, const char *move, uint32_t choice,
                       uint32_t event)
{
    for (uint32_t i = 0; i < asked->tables->value_count; i++) {
        const QuidValue *value = &asked->tables->values[i];
        const bool is_same =
            kind == QUID_VALUE_WAITING || (value->choice == choice && value->event == event);
        if (value->kind == kind && value->move == thing_index(asked, move) && is_same)
            return value->amount;
    }
    fail_msg("no such value of %s", move);
    return NAN;
}

#define CHECK_NEAR(actual, expected, tolerance)                                                    \
    do {                                                                                           \
        const double actual_ = (actual);                                                           \
        const double expected_ = (expected);                                                       \
        if (!(fabs(actual_ - expected_) <= (tolerance)))                                           \
            fail_msg("%s is %.17g, not %.17g", #actual, actual_, expected_);                       \
    } while (0)

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

// ---- One party, an event that arrives at a uniform date

// Deliver before the ruling brings 4; a strike without delivery 5; delivery costs 1. The window is
// 100 days; the dates are at its start, its middle and its end. A single mover that sees the court:
// logit choice by backward induction.
static const char *stopping = "deal \"Stopping\"\n"
                              "  currency USD\n"
                              "party A\n"
                              "event ruling\n"
                              "  struck 60%\n"
                              "  upheld otherwise\n"
                              "  between 2026-01-01 and 2026-04-10\n"
                              "move wave by A\n"
                              "  choose deliver, wait\n"
                              "  on 2026-01-01, 2026-02-20, 2026-04-11\n"
                              "  until deliver\n"
                              "worth A\n"
                              "  + 4 USD if wave = deliver before ruling\n"
                              "  + 5 USD if ruling = struck and not wave = deliver\n"
                              "  - 1 USD if wave = deliver\n";

typedef struct Stop {
    double deliver; // probability
    double value;
} Stop;

static Stop stop(double deliver, double wait, double lambda)
{
    const double p = logistic(lambda * (deliver - wait) / 6); // payoffs range over -1 … 5
    return (Stop){p, p * deliver + (1 - p) * wait};
}

static void optimal_stopping_under_a_uniform_arrival(void **state)
{
    (void)state;
    for (double lambda = 1; lambda < 100; lambda *= 3) {
        Asked asked = ask_with(stopping, "2025-12-01", lambda, false);
        // After the ruling: delivering brings -1, not delivering 5 (struck) or 0 (upheld).
        const Stop struck_last = stop(-1, 5, lambda);
        const Stop upheld_last = stop(-1, 0, lambda);
        const Stop struck_middle = stop(-1, struck_last.value, lambda);
        const Stop upheld_middle = stop(-1, upheld_last.value, lambda);
        // Not ruled by the middle: it comes in the second half; delivering now is before it.
        const Stop middle = stop(3, 0.6 * struck_last.value + 0.4 * upheld_last.value, lambda);
        const double wait =
            0.5 * (0.6 * struck_middle.value + 0.4 * upheld_middle.value) + 0.5 * middle.value;
        const Stop first = stop(3, wait, lambda);
        CHECK_NEAR(chance_of(&asked, "wave", 0, 0), first.deliver, 1e-9);
        CHECK_NEAR(asked.tables->payoff[0], first.value, 1e-9);
        CHECK_NEAR(chance_of(&asked, "wave", 1, 0),
                   0.5 * middle.deliver +
                       0.5 * (0.6 * struck_middle.deliver + 0.4 * upheld_middle.deliver),
                   1e-9);
        CHECK_NEAR(reached(&asked, "wave", 1), 1 - first.deliver, 1e-9);
        asked_free(&asked);
    }
}

static void a_partly_passed_interval_is_weighed(void **state)
{
    (void)state;
    // 25 of the first 50 days have passed without a ruling: of 75 days left 25 lie before the
    // middle.
    char text[3000];
    (void)joined(text, stopping, "2026-01-01 choose wave wait\n2026-01-25 note \"nothing\"\n",
                 NULL);
    Asked asked = ask_with(text, NULL, 3, false);
    const Stop struck_last = stop(-1, 5, 3);
    const Stop upheld_last = stop(-1, 0, 3);
    const Stop struck_middle = stop(-1, struck_last.value, 3);
    const Stop upheld_middle = stop(-1, upheld_last.value, 3);
    const Stop middle = stop(3, 0.6 * struck_last.value + 0.4 * upheld_last.value, 3);
    const double ruled = 25.0 / 75;
    CHECK_NEAR(chance_of(&asked, "wave", 1, 0),
               (1 - ruled) * middle.deliver +
                   ruled * (0.6 * struck_middle.deliver + 0.4 * upheld_middle.deliver),
               1e-9);
    asked_free(&asked);
}

// ---- A secret, two priors

// A's type is strong (50%; B believes 30%). A shows or hides; B trusts or not, having seen that.
// With a fixed point of the logit equations found here by damped iteration.
static const char *signalling = "deal \"Signalling\"\n"
                                "  currency USD\n"
                                "party A\n"
                                "party B\n"
                                "secret type of A\n"
                                "  strong 50%\n"
                                "  weak 50%\n"
                                "  B believes strong 30%\n"
                                "move sign by A\n"
                                "  choose show, hide\n"
                                "  on 2026-01-01\n"
                                "move reply by B\n"
                                "  choose trust, doubt\n"
                                "  on 2026-02-01\n"
                                "worth A\n"
                                "  + 2 USD if reply = trust\n"
                                "  - 1 USD if sign = show and type = weak\n"
                                "  + 1 USD if sign = show and type = strong\n"
                                "worth B\n"
                                "  + 3 USD if reply = trust and type = strong\n"
                                "  - 2 USD if reply = trust and type = weak\n";

typedef struct Signal {
    double show[2];   // by type: strong, weak
    double trust[2];  // after show, hide
    double belief[2]; // B's, that the type is strong, after show, hide
} Signal;

static Signal signal_fixed_point(double lambda)
{
    Signal s = {{0.5, 0.5}, {0.5, 0.5}, {0.3, 0.3}};
    for (int i = 0; i < 100000; i++) {
        s.belief[0] = 0.3 * s.show[0] / (0.3 * s.show[0] + 0.7 * s.show[1]);
        s.belief[1] = 0.3 * (1 - s.show[0]) / (0.3 * (1 - s.show[0]) + 0.7 * (1 - s.show[1]));
        const double strong =
            lambda / 4 * (2 * s.trust[0] + 1 - 2 * s.trust[1]); // A's range: -1 … 3
        const double weak = lambda / 4 * (2 * s.trust[0] - 1 - 2 * s.trust[1]);
        s.show[0] += 0.2 * (logistic(strong) - s.show[0]);
        s.show[1] += 0.2 * (logistic(weak) - s.show[1]);
        for (int seen = 0; seen < 2; seen++) {
            const double trust =
                lambda / 5 * (3 * s.belief[seen] - 2 * (1 - s.belief[seen])); // -2 … 3
            s.trust[seen] += 0.2 * (logistic(trust) - s.trust[seen]);
        }
    }
    return s;
}

static void a_secret_weighed_by_two_priors(void **state)
{
    (void)state;
    for (double lambda = 1; lambda < 9; lambda *= 2) {
        const Signal s = signal_fixed_point(lambda);
        Asked asked = ask_with(signalling, "2025-12-01", lambda, false);
        // By the author's prior both types are equally likely.
        CHECK_NEAR(chance_of(&asked, "sign", 0, 0), (s.show[0] + s.show[1]) / 2, 1e-9);
        const double shown = (s.show[0] + s.show[1]) / 2;
        CHECK_NEAR(chance_of(&asked, "reply", 0, 0), shown * s.trust[0] + (1 - shown) * s.trust[1],
                   1e-9);
        // B's own expectation weighs the types 30 to 70.
        const double both = 0.3 * (s.show[0] * s.trust[0] + (1 - s.show[0]) * s.trust[1]) * 3 -
                            0.7 * (s.show[1] * s.trust[0] + (1 - s.show[1]) * s.trust[1]) * 2;
        CHECK_NEAR(asked.tables->payoff[1], both, 1e-9);
        asked_free(&asked);
    }
}

static void beliefs_follow_the_facts_by_bayes(void **state)
{
    (void)state;
    const Signal s = signal_fixed_point(4);
    char text[3000];
    (void)joined(text, signalling, "2026-01-01 choose sign hide\n", NULL);
    Asked asked = ask_with(text, "2026-01-15", 4, false);
    assert_int_equal(asked.tables->belief_count, 2); // before the move, and at the end of the day
    const QuidBeliefPoint *before = &asked.tables->beliefs[0];
    const QuidBeliefPoint *after = &asked.tables->beliefs[1];
    CHECK_NEAR(asked.tables->probabilities[before->probability_first], 0.3, 1e-12);
    CHECK_NEAR(asked.tables->probabilities[after->probability_first], s.belief[1], 1e-9);
    CHECK_NEAR(chance_of(&asked, "reply", 0, 0), s.trust[1], 1e-9);
    CHECK_NEAR(chance_of(&asked, "sign", 0, 1), 1, 0);
    asked_free(&asked);
}

// ---- The same day, one after the other, blind

static const char *pennies = "deal \"Pennies\"\n"
                             "  currency USD\n"
                             "party A\n"
                             "party B\n"
                             "move left by A\n"
                             "  choose heads, tails\n"
                             "  on 2026-01-01\n"
                             "move right by B\n"
                             "  choose heads, tails\n"
                             "  on ";
static const char *pennies_end = "worth A\n"
                                 "  + 3 USD if left = heads and right = heads\n"
                                 "  + 1 USD if left = tails and right = tails\n"
                                 "worth B\n"
                                 "  + 1 USD if left = heads and right = tails\n"
                                 "  + 1 USD if left = tails and right = heads\n";

static void simultaneous_moves_do_not_see_each_other(void **state)
{
    (void)state;
    double a = 0.5;
    double b = 0.5;
    for (int i = 0; i < 100000; i++) { // a and b: chances of heads
        a += 0.1 * (logistic(5.0 / 3 * (3 * b - (1 - b))) - a);
        b += 0.1 * (logistic(5.0 * ((1 - a) - a)) - b);
    }
    // On one day; or on the next, but blind: the same game.
    const char *const clauses[] = {"2026-01-01\n", "2026-01-02\n  blind to left\n"};
    for (int i = 0; i < 2; i++) {
        char text[3000];
        (void)joined(text, pennies, clauses[i], pennies_end, NULL);
        Asked asked = ask_with(text, "2025-12-01", 5, false);
        CHECK_NEAR(chance_of(&asked, "left", 0, 0), a, 1e-9);
        CHECK_NEAR(chance_of(&asked, "right", 0, 0), b, 1e-9);
        asked_free(&asked);
    }
}

static void a_move_after_another_sees_it(void **state)
{
    (void)state;
    char text[3000];
    (void)joined(text, pennies, "2026-01-01\n  after left\n", pennies_end, NULL);
    Asked asked = ask_with(text, "2025-12-01", 0, false);
    assert_true(quid_solution_tables(asked.tables->solution)->profile.is_certified);
    // B always mismatches, so A gets nothing and is indifferent.
    CHECK_NEAR(asked.tables->payoff[0], 0, 1e-6);
    CHECK_NEAR(asked.tables->payoff[1], 1, 1e-6);
    asked_free(&asked);
}

static void three_parties_at_once(void **state)
{
    (void)state;
    // Each wants to be in the minority of three: symmetric, so one half each at every precision.
    Asked asked = ask_with(
        "deal \"Minority\"\n"
        "  currency USD\n"
        "party A\nparty B\nparty C\n"
        "move a by A\n  choose x, y\n  on 2026-01-01\n"
        "move b by B\n  choose x, y\n  on 2026-01-01\n"
        "move c by C\n  choose x, y\n  on 2026-01-01\n"
        "worth A\n  + 1 USD if (a = x and b = y and c = y) or (a = y and b = x and c = x)\n"
        "worth B\n  + 1 USD if (b = x and a = y and c = y) or (b = y and a = x and c = x)\n"
        "worth C\n  + 2 USD if (c = x and b = y and a = y) or (c = y and b = x and a = x)\n",
        "2025-12-01", 3, false);
    const char *const moves[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(chance_of(&asked, moves[i], 0, 0), 0.5, 1e-10);
    CHECK_NEAR(asked.tables->payoff[0], 0.25, 1e-10);
    CHECK_NEAR(asked.tables->payoff[2], 0.5, 1e-10);
    asked_free(&asked);
}

// ---- Values and break-evens

static const char *venture = "deal \"Venture\"\n"
                             "  currency USD\n"
                             "party A\n"
                             "event market\n"
                             "  good 40%\n"
                             "  bad otherwise\n"
                             "  between 2026-03-01 and 2026-03-31\n"
                             "move invest by A\n"
                             "  choose yes, no, later\n"
                             "  on 2026-01-01, 2026-06-01\n"
                             "  until yes, no\n"
                             "worth A\n"
                             "  + 10 USD if invest = yes and market = good\n"
                             "  - 5 USD if invest = yes and market = bad\n"
                             "  - 2 USD if invest = yes and not invest = yes by 2026-01-31\n";

static void values_of_a_lone_decision(void **state)
{
    (void)state;
    Asked asked = ask_with(venture, "2025-12-01", 0, true);
    // Now: 0.4 × 10 - 0.6 × 5 = 1. Later, having seen the market: 0.4 × 8 = 3.2. With foresight
    // now: 0.4 × 10 = 4.
    CHECK_NEAR(asked.tables->payoff[0], 3.2, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_WAITING, "invest", 0, 0), 2.2, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_COMMITMENT, "invest", 0, 0), 1 - 3.2, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_COMMITMENT, "invest", 1, 0), -3.2, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_INFORMATION, "invest", 0, thing_index(&asked, "market")),
               0.8, 1e-6);
    // Investing now beats waiting where 15 x - 5 > 8 x.
    bool is_found = false;
    for (uint32_t i = 0; i < asked.tables->break_even_count; i++) {
        const QuidBreakEven *crossing = &asked.tables->break_evens[i];
        is_found = is_found || fabs(crossing->at - 5.0 / 7) < 1e-6;
    }
    assert_true(is_found);
    asked_free(&asked);
}

static void an_outcome_without_a_chance_stays_a_branch(void **state)
{
    (void)state;
    // What the odds are does not change at which odds the choice turns.
    const char *market = strstr(venture, "good 40%");
    assert_non_null(market);
    char before[3000] = {0};
    memcpy(before, venture, (size_t)(market - venture));
    char rest[3000];
    (void)joined(rest, before, "good 100%", market + strlen("good 40%"), NULL);
    Asked asked = ask_with(rest, "2025-12-01", 0, true);
    CHECK_NEAR(asked.tables->payoff[0], 10, 1e-6);
    bool is_found = false;
    for (uint32_t i = 0; i < asked.tables->break_even_count; i++)
        is_found = is_found || fabs(asked.tables->break_evens[i].at - 5.0 / 7) < 1e-5;
    assert_true(is_found);
    asked_free(&asked);
}

static void commitment_deters(void **state)
{
    (void)state;
    // The incumbent would not fight once entry has happened; bound to it, it keeps the entrant out.
    Asked asked = ask_with(
        "deal \"Entry\"\n"
        "  currency USD\n"
        "party Entrant\nparty Incumbent\n"
        "move entry by Entrant\n  choose enter, stay\n  on 2026-01-01\n"
        "move reply by Incumbent\n  choose fight, share\n  on 2026-02-01\n  if entry = enter\n"
        "worth Entrant\n  + 1 USD if entry = enter and reply = share\n"
        "  - 1 USD if entry = enter and reply = fight\n"
        "worth Incumbent\n  + 3 USD if entry = stay\n  + 1 USD if reply = share\n",
        "2025-12-01", 0, true);
    CHECK_NEAR(asked.tables->payoff[1], 1, 1e-6);
    CHECK_NEAR(chance_of(&asked, "entry", 0, 0), 1, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_COMMITMENT, "reply", 0, 0), 2, 1e-6);
    CHECK_NEAR(value_of(&asked, QUID_VALUE_COMMITMENT, "reply", 1, 0), 0, 1e-6);
    asked_free(&asked);
}

// ---- Payoffs

static void payoffs_are_expectations_with_their_error(void **state)
{
    (void)state;
    // Sampled: the delay is uniform over 0 … 100 days and due on the 50th: late by 1 … 51 in half
    // of the cases, 13 days on average.
    Asked asked =
        ask_with("deal \"Late\"\n"
                 "  currency USD\n"
                 "party A\n"
                 "let price = lognormal(4, 2) * 1 USD\n"
                 "let share = 20% to 60%\n"
                 "move go by A\n  choose yes, no\n  on 2026-01-01\n"
                 "milestone done\n  after go\n  needs go = yes\n  takes uniform(0 days, 100 days)\n"
                 "  due 2026-02-19\n"
                 "worth A\n"
                 "  - 1 USD * late(done) / 1 days if go = yes\n"
                 "  + price * 2 if go = no \"a\"\n"
                 "  + price * share if go = no \"b\"\n",
                 "2025-12-01", 0, false);
    const QuidDealGameTables *game = quid_game_deal_tables(asked.tables->game);
    const QuidGameTables *tree = quid_game_tables(asked.tables->game);
    assert_int_equal(tree->terminal_count, 2);
    const double late = game->value[game->value_index[0]];
    const double error = game->value_error[game->value_index[0]];
    assert_true(error > 0 && error < 0.5);
    CHECK_NEAR(late, -13, 5 * error);
    // Closed forms: a lognormal's mean; a product of independent quantities.
    const double mean = 4 * exp(log(2) * log(2) / 2);
    CHECK_NEAR(game->value[game->value_index[2 + 1]], 2 * mean, 1e-12 * mean);
    assert_true(game->value_error[game->value_index[2 + 1]] == 0);
    assert_true(game->value_error[game->value_index[4 + 1]] == 0);
    asked_free(&asked);
}

static void unseen_chances_are_weighed_by_each_party(void **state)
{
    (void)state;
    // Decided after everybody's last move: no branch, and each party weighs it by its own odds.
    Asked asked =
        ask_with("deal \"Unseen\"\n"
                 "  currency USD\n"
                 "party A\nparty B\n"
                 "event vote\n  yes 50%\n  no otherwise\n  between 2027-01-01 and 2027-02-01\n"
                 "  B believes yes 20%\n"
                 "move go by A\n  choose a, b\n  on 2026-01-01\n"
                 "worth A\n  + 10 USD if vote = yes\n"
                 "worth B\n  + 10 USD if vote = yes\n",
                 "2025-12-01", 0, false);
    assert_int_equal(quid_game_tables(asked.tables->game)->node_count, 3);
    CHECK_NEAR(asked.tables->payoff[0], 5, 1e-9);
    CHECK_NEAR(asked.tables->payoff[1], 2, 1e-9);
    asked_free(&asked);
}

static void an_irrelevant_event_changes_nothing(void **state)
{
    (void)state;
    char text[3000];
    (void)joined(
        text, signalling,
        "event weather\n  fair 70%\n  foul otherwise\n  between 2025-12-20 and 2026-01-20\n", NULL);
    Asked with = ask_with(text, "2025-12-01", 4, false);
    Asked without = ask_with(signalling, "2025-12-01", 4, false);
    assert_true(quid_game_tables(with.tables->game)->node_count >
                quid_game_tables(without.tables->game)->node_count);
    CHECK_NEAR(chance_of(&with, "sign", 0, 0), chance_of(&without, "sign", 0, 0), 1e-9);
    CHECK_NEAR(chance_of(&with, "reply", 0, 0), chance_of(&without, "reply", 0, 0), 1e-9);
    asked_free(&with);
    asked_free(&without);
}

// ---- The flagship: section by section what its game must show

static Asked flagship(const char *as_of, bool has_more)
{
    Asked asked = {.run = pipeline_of_file("deals/us-japan/deal.quid", as_of)};
    assert_int_equal(asked.run.status, QUID_OK);
    QuidAnswerOptions options = quid_answer_options();
    options.has_values = has_more;
    options.has_asked_break_evens = has_more;
    options.solve.thread_count = 2;
    assert_int_equal(quid_game_answer(asked.run.context, asked.run.deal, asked.run.ledger, &options,
                                      &asked.answers),
                     QUID_OK);
    asked.tables = quid_answer_tables(asked.answers);
    asked.model = quid_deal_tables(asked.run.deal);
    return asked;
}

static void the_flagship_waits_for_the_court(void **state)
{
    (void)state;
    Asked asked = flagship("2026-02-11", true);
    // Waiting has a value, and a break-even in the ruling's odds: above it Tokyo waits.
    assert_true(value_of(&asked, QUID_VALUE_WAITING, "wave", 0, 0) > 0);
    assert_true(value_of(&asked, QUID_VALUE_INFORMATION, "wave", 0, thing_index(&asked, "ruling")) >
                0);
    assert_int_equal(asked.tables->break_even_count, 1);
    const QuidBreakEven *crossing = &asked.tables->break_evens[0];
    const QuidMove *wave = &asked.model->moves[thing_index(&asked, "wave")];
    assert_true(crossing->at > 0.05 && crossing->at < 0.95);
    assert_string_equal(
        asked.model->options[wave->option_first + crossing->below].id.bytes[0] == 'd' ? "deliver"
                                                                                      : "",
        "deliver");
    assert_true(crossing->above != crossing->below);
    assert_true(quid_solution_tables(asked.tables->solution)->profile.is_certified);
    asked_free(&asked);
}

static void the_flagship_s_mistrust_grows_with_each_slip(void **state)
{
    (void)state;
    Asked asked = flagship("2026-02-11", false);
    const uint32_t us = thing_index(&asked, "US");
    const uint32_t resolve = thing_index(&asked, "resolve");
    double last = 0.5 - 1e-9; // what Washington believes before the first date
    uint32_t count = 0;
    for (uint32_t i = 0; i < asked.tables->belief_count; i++) {
        const QuidBeliefPoint *point = &asked.tables->beliefs[i];
        if (point->party != us || point->secret != resolve)
            continue;
        const double stalling = asked.tables->probabilities[point->probability_first + 1];
        assert_true(stalling > last);
        last = stalling;
        count += 1;
    }
    assert_int_equal(count, 3); // before either date, and now
    asked_free(&asked);
}

// The part of a worth line in what an option brings.
static double part_of(const Asked *asked, const char *move, uint32_t option, const char *why)
{
    for (uint32_t i = 0; i < asked->tables->reason_count; i++) {
        const QuidReason *reason = &asked->tables->reasons[i];
        if (reason->move != thing_index(asked, move) || reason->option != option)
            continue;
        for (uint32_t n = 0; n < reason->part_count; n++) {
            const QuidReasonPart *part = &asked->tables->parts[reason->part_first + n];
            const QuidString label = asked->model->worths[part->worth].why;
            if (label.size == strlen(why) && memcmp(label.bytes, why, label.size) == 0)
                return part->amount;
        }
    }
    fail_msg("no `%s` among the reasons of %s", why, move);
    return NAN;
}

static void the_flagship_s_early_delivery_buys_goodwill(void **state)
{
    (void)state;
    Asked asked = flagship("2026-02-11", false);
    assert_true(part_of(&asked, "wave", 0, "Washington in Tokyo's debt") >
                part_of(&asked, "wave", 1, "Washington in Tokyo's debt"));
    assert_true(part_of(&asked, "wave", 0, "security commitment") > 0);
    // The fork after the summit, and what the hardened branch leads to.
    assert_true(chance_of(&asked, "stance", 0, 0) > 0 && chance_of(&asked, "stance", 0, 2) > 0);
    CHECK_NEAR(reached(&asked, "answer", 0), chance_of(&asked, "stance", 0, 2), 1e-9);
    // Beijing is a party with moves and stakes of its own.
    assert_true(reached(&asked, "exports", 0) > 0.99);
    assert_true(part_of(&asked, "exports", 0, "lost sales") < 0);
    asked_free(&asked);
}

// ---- Sweeps against the trace

static double largest_difference(const QuidGame *game, QuidContext *context, double lambda)
{
    QuidSolveOptions options = quid_solve_options();
    QuidSolution *swept;
    QuidSolution *traced;
    options.is_scaled = true;
    options.lambda = lambda;
    assert_int_equal(quid_game_solve(context, game, &options, &traced), QUID_OK);
    options.method = QUID_METHOD_SWEEPS;
    assert_int_equal(quid_game_solve(context, game, &options, &swept), QUID_OK);
    const QuidSolutionTables *left = quid_solution_tables(swept);
    const QuidSolutionTables *right = quid_solution_tables(traced);
    assert_true(left->profile.is_certified && right->profile.is_certified);
    double largest = 0;
    for (uint32_t i = 0; i < quid_game_tables(game)->action_count; i++)
        largest = fmax(largest, fabs(left->profile.probability[i] - right->profile.probability[i]));
    quid_solution_free(swept);
    quid_solution_free(traced);
    return largest;
}

static void sweeps_and_the_trace_agree_on_the_deals(void **state)
{
    static const char *const names[] = {"foxconn-wisconsin", "us-china-phase-one", "us-eu-600",
                                        "us-japan"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[3000];
        Pipeline run = pipeline_of_file(joined(path, "deals/", names[i], "/deal.quid", NULL), NULL);
        QuidGame *game;
        const QuidGameOptions options = quid_game_options();
        assert_int_equal(quid_game_compile(run.context, run.deal, run.ledger, &options, &game),
                         QUID_OK);
        for (double lambda = 2; lambda < 60; lambda *= 5)
            CHECK_NEAR(largest_difference(game, run.context, lambda), 0, 1e-8);
        quid_game_free(game);
        pipeline_free(&run);
    }
}

// The branch of this game turns back in lambda, from 6.2 * 50 to 2.9 * 50 (both ranges are 50):
// from there on sweeps would jump. Where they cannot follow, the trace must have answered.
static void sweeps_do_not_jump_over_a_fold(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(
        "deal \"Fold\"\n"
        "  currency USD\n"
        "party Proposer\nparty Responder\n"
        "move offer by Proposer\n  choose left, middle, right\n  on 2026-01-01\n"
        "move reply by Responder\n  choose up, down\n  on 2026-02-01\n  blind to offer\n"
        "  if not offer = left\n"
        "worth Proposer\n"
        "  + 25 USD if offer = left or (offer = right and reply = up)\n"
        "  + 50 USD if offer = right and reply = down\n"
        "worth Responder\n"
        "  + 1 USD if offer = left\n"
        "  + 50 USD if offer = middle and reply = up\n"
        "  + 2 USD if offer = right and reply = down\n",
        "2025-12-01");
    QuidGame *game;
    const QuidGameOptions options = quid_game_options();
    assert_int_equal(run.status, QUID_OK);
    assert_int_equal(quid_game_compile(run.context, run.deal, run.ledger, &options, &game),
                     QUID_OK);
    assert_int_equal(quid_game_tables(game)->node_count, 8);
    static const double lambdas[] = {0.5, 1, 2, 2.5, 3, 4, 5, 6, 7, 10};
    for (size_t i = 0; i < sizeof lambdas / sizeof lambdas[0]; i++)
        CHECK_NEAR(largest_difference(game, run.context, 50 * lambdas[i]), 0, 1e-8);
    quid_game_free(game);
    pipeline_free(&run);
}

static void the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    Asked one = ask_with(venture, "2025-12-01", 7, true);
    for (uint32_t threads = 2; threads < 9; threads += 3) {
        Asked asked = {.run = pipeline_of_text(venture, "2025-12-01")};
        QuidAnswerOptions options = quid_answer_options();
        options.has_precision = true;
        options.solve.lambda = 7;
        options.has_break_evens = true;
        options.solve.thread_count = threads;
        assert_int_equal(quid_game_answer(asked.run.context, asked.run.deal, asked.run.ledger,
                                          &options, &asked.answers),
                         QUID_OK);
        const QuidAnswerTables *tables = quid_answer_tables(asked.answers);
        assert_int_equal(tables->value_count, one.tables->value_count);
        for (uint32_t i = 0; i < tables->value_count; i++)
            assert_memory_equal(&tables->values[i].amount, &one.tables->values[i].amount,
                                sizeof(double));
        for (uint32_t i = 0; i < tables->break_even_count; i++)
            assert_memory_equal(&tables->break_evens[i].at, &one.tables->break_evens[i].at,
                                sizeof(double));
        asked_free(&asked);
    }
    asked_free(&one);
}

// Seven moves of three options each, one after the other: a game that threads share.
static void a_large_game_has_the_same_bits_for_any_number_of_threads(void **state)
{
    char text[3000] = "deal \"Large\"\n  currency USD\nparty A\nparty B\n"
                      "secret kind of A\n  soft 50%\n  hard otherwise\n"
                      "event court\n  yes 40%\n  no otherwise\n"
                      "  between 2026-01-03 and 2026-01-20\n";
    char worths[2][1200] = {"worth A\n", "worth B\n"};
    double *expected = NULL;
    (void)state;
    for (int i = 0; i < 7; i++) {
        const size_t size = strlen(text);
        (void)snprintf(text + size, sizeof text - size,
                       "move m%d by %c\n  choose x, y, z\n  on 2026-01-%02d\n", i, "AB"[i % 2],
                       2 + 3 * i);
        for (int party = 0; party < 2; party++) {
            const size_t used = strlen(worths[party]);
            (void)snprintf(worths[party] + used, sizeof worths[party] - used,
                           "  + %d USD if m%d = %c and %s\n", 3 + (i * 5 + party * 2) % 7, i,
                           "xyz"[(i + party) % 3], i % 2 == party ? "kind = hard" : "court = yes");
        }
    }
    (void)strncat(strncat(text, worths[0], 1200), worths[1], 1200);
    Pipeline run = pipeline_of_text(text, "2025-12-01");
    assert_int_equal(run.status, QUID_OK);
    QuidGame *game;
    const QuidGameOptions options = quid_game_options();
    assert_int_equal(quid_game_compile(run.context, run.deal, run.ledger, &options, &game),
                     QUID_OK);
    const QuidGameTables *tree = quid_game_tables(game);
    assert_true(tree->node_count - tree->terminal_count > 10000);
    for (uint32_t threads = 1; threads < 9; threads += 3) {
        QuidSolveOptions how = quid_solve_options();
        QuidSolution *solution;
        how.is_scaled = true;
        how.method = QUID_METHOD_SWEEPS;
        how.lambda = 20;
        how.thread_count = threads;
        assert_int_equal(quid_game_solve(run.context, game, &how, &solution), QUID_OK);
        const QuidProfile *profile = &quid_solution_tables(solution)->profile;
        const size_t size = tree->action_count * sizeof(double);
        assert_true(profile->is_certified);
        if (expected == NULL)
            expected = memcpy(malloc(size), profile->probability, size);
        assert_memory_equal(expected, profile->probability, size);
        quid_solution_free(solution);
    }
    free(expected);
    quid_game_free(game);
    pipeline_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimal_stopping_under_a_uniform_arrival),
        cmocka_unit_test(a_partly_passed_interval_is_weighed),
        cmocka_unit_test(a_secret_weighed_by_two_priors),
        cmocka_unit_test(beliefs_follow_the_facts_by_bayes),
        cmocka_unit_test(simultaneous_moves_do_not_see_each_other),
        cmocka_unit_test(a_move_after_another_sees_it),
        cmocka_unit_test(three_parties_at_once),
        cmocka_unit_test(values_of_a_lone_decision),
        cmocka_unit_test(an_outcome_without_a_chance_stays_a_branch),
        cmocka_unit_test(commitment_deters),
        cmocka_unit_test(payoffs_are_expectations_with_their_error),
        cmocka_unit_test(unseen_chances_are_weighed_by_each_party),
        cmocka_unit_test(an_irrelevant_event_changes_nothing),
        cmocka_unit_test(the_flagship_waits_for_the_court),
        cmocka_unit_test(the_flagship_s_mistrust_grows_with_each_slip),
        cmocka_unit_test(the_flagship_s_early_delivery_buys_goodwill),
        cmocka_unit_test(sweeps_and_the_trace_agree_on_the_deals),
        cmocka_unit_test(sweeps_do_not_jump_over_a_fold),
        cmocka_unit_test(the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(a_large_game_has_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
