// What the parties believe, what they expect, and how sure the solution is.
#include "moves.h"

#include "maths.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// ---- Beliefs along the facts ------------------------------------------------

// The outcome whose belief moved most; of two, the one that gained.
static uint32_t moved_outcome(const Brief *brief, const QuidBeliefPoint *first,
                              const QuidBeliefPoint *last)
{
    uint32_t moved = 0;
    double most = -1;
    for (uint32_t i = 0; i < first->probability_count; i++) {
        const double gain = brief->answers->probabilities[last->probability_first + i] -
                            brief->answers->probabilities[first->probability_first + i];
        if (gain > most + 1e-12) {
            most = gain;
            moved = i;
        }
    }
    return moved;
}

static void add_belief(Brief *brief, Table *table, const QuidBeliefPoint *points, uint32_t count)
{
    const QuidEvent *secret = &brief->model->events[points->secret];
    const uint32_t outcome = moved_outcome(brief, points, points + count - 1);
    double *values = quid__arena_push(arena(brief), count * sizeof(double));
    if (values == NULL)
        return;
    QuidString path = QUID_STRING("");
    for (uint32_t i = 0; i < count; i++) {
        values[i] = brief->answers->probabilities[points[i].probability_first + outcome];
        // The curve shows what lies between.
        if (count <= 4 || i == 0 || i + 1 == count)
            path = quid__brief_join(brief, path, count <= 4 ? " → " : " → … → ",
                                    quid__brief_chance(brief, values[i], 0));
    }
    quid__table_cell(table, brief->model->partys[points->party].label);
    quid__table_cell(
        table,
        quid__arena_format(arena(brief), "%.*s = %.*s", QUID_PRINT(secret->id),
                           QUID_PRINT(brief->model->outcomes[secret->outcome_first + outcome].id)));
    quid__table_cell(table, quid__brief_curve(brief, values, count));
    quid__table_cell(table,
                     quid__arena_format(arena(brief), "%.*s, from %.*s to now =", QUID_PRINT(path),
                                        QUID_PRINT(quid__page_date(&brief->page, points->date))));
}

void quid__brief_beliefs(Brief *brief)
{
    if (brief->answers->belief_count == 0)
        return;
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("What they believe of each other's secrets, as the facts came "
                                     "in (Bayes' rule on the solved moves)"));
    Table table = quid__table_open(&brief->page, 4);
    for (uint32_t i = 0; i < brief->answers->belief_count;) {
        const QuidBeliefPoint *first = &brief->answers->beliefs[i];
        uint32_t count = 1;
        while (i + count < brief->answers->belief_count && first[count].party == first->party &&
               first[count].secret == first->secret)
            count += 1;
        add_belief(brief, &table, first, count);
        i += count;
    }
    quid__table_print(&table, 4);
}

// ---- What each expects ------------------------------------------------------

void quid__brief_payoffs(Brief *brief)
{
    const QuidDealGameTables *game = quid_game_deal_tables(brief->answers->game);
    QuidString text = QUID_STRING("");
    for (uint32_t party = 1; party < brief->model->party_count; party++) {
        bool has_worth = false;
        for (uint32_t i = 0; i < brief->model->worth_count; i++)
            has_worth = has_worth || brief->model->worths[i].party.index == party;
        if (!has_worth)
            continue;
        const Figure figure = {brief->answers->payoff[party - 1],
                               brief->answers->payoff_error[party - 1],
                               game->player_unit[party - 1], false};
        text = quid__brief_join(brief, text, ", ",
                                quid__arena_format(arena(brief), "%.*s %.*s",
                                                   QUID_PRINT(brief->model->partys[party].label),
                                                   QUID_PRINT(quid__brief_figure(brief, figure))));
    }
    if (text.size == 0)
        return;
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(&brief->page, 2,
                         quid__arena_format(arena(brief),
                                            "What each expects of it all, by its own odds: %.*s. =",
                                            QUID_PRINT(text)));
}

// ---- The certificate --------------------------------------------------------

// "2.1e-9": one digit behind the point.
static QuidString small_text(Brief *brief, double value)
{
    if (!(value > 0))
        return QUID_STRING("0");
    int exponent = 0;
    while (value < 1) {
        value *= 10;
        exponent -= 1;
    }
    while (value >= 10) {
        value /= 10;
        exponent += 1;
    }
    const QuidString digits =
        quid__brief_scaled(brief, value, (Scale){.factor = 1, .digits = 1}, false);
    return exponent == 0
               ? digits
               : quid__arena_format(arena(brief), "%.*se%d", QUID_PRINT(digits), exponent);
}

static QuidString precision_text(Brief *brief)
{
    const QuidSolutionTables *solution = quid_solution_tables(brief->answers->solution);
    if (solution->method == QUID_METHOD_REGRET)
        return quid__arena_format(
            arena(brief),
            "Nobody errs: an equilibrium by regret minimisation (%u iterations), any that there "
            "is, not the limit of ever better choices; behind a choice that it never makes it "
            "says nothing.",
            solution->step_count);
    if (solution->end == QUID_TRACE_LIMIT)
        return quid__arena_format(arena(brief),
                                  "Nobody errs: the answer is the limit of ever better choices, "
                                  "followed to a precision of %lld.",
                                  (long long)solution->lambda);
    const double tenth = quid__exp(-solution->lambda / 10);
    return quid__arena_format(
        arena(brief),
        "Parties err now and then (precision %.*s): an option that brings a tenth of what is at "
        "stake less is taken %.*s times as often.",
        QUID_PRINT(quid__brief_figure(brief, (Figure){solution->lambda, 0, {0}, false})),
        QUID_PRINT(quid__brief_scaled(brief, tenth,
                                      (Scale){.factor = 1, .digits = tenth < 0.1 ? 4 : 2}, false)));
}

static QuidString branch_text(Brief *brief)
{
    const QuidSolutionTables *solution = quid_solution_tables(brief->answers->solution);
    uint32_t counts[3] = {0, 0, 0};
    for (uint32_t i = 0; i < solution->point_count; i++)
        counts[solution->points[i].kind] += 1;
    QuidString text = QUID_STRING("");
    if (counts[QUID_BRANCH_CROSSING] > 0)
        text = quid__arena_format(
            arena(brief),
            " The branch comes by this precision %u more time%s: further equilibria, see --json.",
            counts[QUID_BRANCH_CROSSING], counts[QUID_BRANCH_CROSSING] == 1 ? "" : "s");
    if (counts[QUID_BRANCH_BIFURCATION] > 0)
        text = quid__arena_format(arena(brief), "%.*s %u bifurcation%s met.", QUID_PRINT(text),
                                  counts[QUID_BRANCH_BIFURCATION],
                                  counts[QUID_BRANCH_BIFURCATION] == 1 ? "" : "s");
    if (solution->other_count > 0)
        text = quid__arena_format(
            arena(brief), "%.*s %u other equilibri%s found from random starts.", QUID_PRINT(text),
            solution->other_count, solution->other_count == 1 ? "um was" : "a were");
    return text;
}

// The party that could gain most, by its share of the stakes.
static uint32_t worst_party(const Brief *brief)
{
    const QuidCertificate *certificate =
        &quid_solution_tables(brief->answers->solution)->profile.certificate;
    uint32_t worst = 1;
    for (uint32_t party = 2; party < brief->model->party_count; party++) {
        if (certificate->fraction[party - 1] > certificate->fraction[worst - 1])
            worst = party;
    }
    return worst;
}

void quid__brief_certificate(Brief *brief)
{
    const QuidSolutionTables *solution = quid_solution_tables(brief->answers->solution);
    const QuidCertificate *certificate = &solution->profile.certificate;
    const uint32_t worst = worst_party(brief);
    const QuidUnitId unit = quid_game_deal_tables(brief->answers->game)->player_unit[worst - 1];
    const QuidString gain =
        quid__brief_figure(brief, (Figure){certificate->regret[worst - 1], 0, unit, false});
    const bool is_limit =
        solution->end == QUID_TRACE_LIMIT || solution->end == QUID_TRACE_EQUILIBRIUM;
    QuidString text;
    if (!solution->profile.is_certified)
        text = quid__arena_format(
            arena(brief),
            "NOT CERTIFIED: %.*s could gain %.*s (%.*s of what is at stake for it) by another "
            "strategy. Read these figures as a best effort, not as an equilibrium (%s).",
            QUID_PRINT(brief->model->partys[worst].label), QUID_PRINT(gain),
            QUID_PRINT(small_text(brief, certificate->fraction_max)),
            solution->end == QUID_TRACE_CANCELLED ? "stopped before the end"
            : solution->end == QUID_TRACE_STALLED ? "the branch could not be followed further"
                                                  : "the tolerance was missed");
    else if (is_limit)
        text = quid__arena_format(
            arena(brief),
            "Certified: by any other strategy nobody gains more than %.*s (%.*s of the stakes).",
            QUID_PRINT(gain), QUID_PRINT(small_text(brief, certificate->fraction_max)));
    else
        text = quid__arena_format(
            arena(brief),
            "Certified: the solved odds hold to %.*s; by never erring %.*s would gain %.*s, and "
            "nobody more of its stakes.",
            QUID_PRINT(small_text(brief, certificate->residual)),
            QUID_PRINT(brief->model->partys[worst].label), QUID_PRINT(gain));
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(&brief->page, 2,
                         quid__arena_format(arena(brief), "%.*s %.*s%.*s =", QUID_PRINT(text),
                                            QUID_PRINT(precision_text(brief)),
                                            QUID_PRINT(branch_text(brief))));
}
