// A solved game for a reader: how far the branch was followed, what it pays, who could gain, how
// each set is played.
#include "solved.h"

#include "maths.h"
#include "page.h"

#include <math.h>
#include <string.h>

#define SETS_SHOWN_MAX 40u // without --strategy

static const char *const end_texts[] = {
#define X(name, text) text,
    QUID_TRACE_END_LIST(X)
#undef X
};

const char *quid__solved_end(QuidTraceEnd end)
{
    return end_texts[end];
}

const char *quid__solved_kind(QuidBranchKind kind)
{
    switch (kind) {
    case QUID_BRANCH_FOLD:
        return "fold";
    case QUID_BRANCH_BIFURCATION:
        return "bifurcation";
    case QUID_BRANCH_CROSSING:
        return "crossing";
    }
    return "";
}

QuidString quid__solved_player(const Solved *solved, QuidArena *arena, uint32_t player)
{
    const QuidString label = solved->game->player_label[player];
    bool is_own = label.size > 0;
    for (uint32_t i = 0; i < solved->game->player_count; i++)
        is_own =
            is_own && (i == player || !quid__string_equal(label, solved->game->player_label[i]));
    return is_own ? label : quid__arena_format(arena, "player %u", player + 1);
}

// Rounded to four digits.
static QuidString number(Page *page, double value)
{
    char text[32];
    const double size = fabs(value);
    if (!(size > 0) || !(size < 1e300))
        return value > 0 || value < 0 ? QUID_STRING("–") : QUID_STRING("0");
    int32_t exponent = 0;
    double scaled = size;
    for (; scaled >= 10000 && exponent < 310; exponent++)
        scaled /= 10;
    for (; scaled < 1000 && exponent > -330; exponent--)
        scaled *= 10;
    const QuidDecimal decimal = {(int64_t)(scaled + 0.5), exponent};
    const double rounded = quid_decimal_to_double(decimal);
    const size_t count = quid_double_text(value < 0 ? -rounded : rounded, text);
    return quid__arena_copy(&page->arena, (QuidString){text, (uint32_t)count});
}

// A probability: four places, and powers of ten below them.
static QuidString probability(Page *page, double value, double logarithm)
{
    const int64_t places = (int64_t)(value * 10000 + 0.5);
    if (places >= 1 || !(logarithm > -1e300))
        return quid__arena_format(&page->arena, "%d.%04d", (int)(places / 10000),
                                  (int)(places % 10000));
    const double tens = logarithm / 2.302585092994046;
    if (tens > -100000)
        return quid__arena_format(&page->arena, "1e%d", (int)floor(tens));
    return QUID_STRING("0");
}

// ---- Sections

static void put_way(Page *page, const Solved *solved)
{
    const QuidSolutionTables *solution = solved->solution;
    QuidArena *arena = &page->arena;
    const QuidString precision =
        solved->precision > 0 ? quid__arena_format(arena, "precision %.*s",
                                                   QUID_PRINT(number(page, solved->precision)))
                              : QUID_STRING("the limit");
    if (solution->method == QUID_METHOD_REGRET)
        quid__page_paragraph(page, 0,
                             quid__arena_format(arena, "%s, after %u iterations",
                                                quid__solved_end(solution->end),
                                                solution->step_count));
    else
        quid__page_paragraph(
            page, 0,
            quid__arena_format(arena, "%.*s: %s, at lambda %.*s after %u points",
                               QUID_PRINT(precision), quid__solved_end(solution->end),
                               QUID_PRINT(number(page, solution->lambda)), solution->step_count));
}

static void put_outcome(Page *page, const Solved *solved)
{
    const QuidSolutionTables *solution = solved->solution;
    const QuidGameTables *game = solved->game;
    QuidArena *arena = &page->arena;
    quid__page_paragraph(page, 0,
                         quid__arena_format(arena,
                                            "%u players, %u nodes, %u information sets, %u actions",
                                            game->player_count, game->node_count, game->set_count,
                                            game->action_count));
    put_way(page, solved);
    const QuidProfile *profile = &solution->profile;
    if (solved->precision > 0)
        quid__page_paragraph(
            page, 0,
            quid__arena_format(arena,
                               "%s: the equations are missed by %.*s at most (tolerance %.*s)",
                               profile->is_certified ? "certified" : "NOT certified",
                               QUID_PRINT(number(page, profile->certificate.residual)),
                               QUID_PRINT(number(page, solution->tolerance))));
    else
        quid__page_paragraph(
            page, 0,
            quid__arena_format(arena,
                               "%s: nobody gains more than %.*s of its range by any other "
                               "strategy (tolerance %.*s)",
                               profile->is_certified ? "certified equilibrium"
                                                     : "NOT an equilibrium within the tolerance",
                               QUID_PRINT(number(page, profile->certificate.fraction_max)),
                               QUID_PRINT(number(page, solution->tolerance))));
}

static void put_payoffs(Page *page, const Solved *solved, const QuidProfile *profile)
{
    Table table = quid__table_open(page, 4);
    for (uint32_t i = 1; i < 4; i++)
        table.is_right[i] = true;
    quid__table_cell(&table, QUID_STRING("player"));
    quid__table_cell(&table, QUID_STRING("payoff"));
    quid__table_cell(&table, QUID_STRING("could gain"));
    quid__table_cell(&table, QUID_STRING("of its range"));
    for (uint32_t i = 0; i < solved->game->player_count; i++) {
        quid__table_cell(&table, quid__solved_player(solved, &page->arena, i));
        quid__table_cell(&table, number(page, profile->payoff[i]));
        quid__table_cell(&table, number(page, profile->certificate.regret[i]));
        quid__table_cell(&table, number(page, profile->certificate.fraction[i]));
    }
    quid__table_print(&table, 2);
}

static QuidString set_name(Page *page, const Solved *solved, uint32_t set)
{
    const QuidString label = solved->game->set_label[set];
    if (label.size == 0)
        return quid__arena_format(&page->arena, "%u", solved->game->set_number[set]);
    return quid__arena_format(&page->arena, "%u %.*s", solved->game->set_number[set],
                              QUID_PRINT(label));
}

static QuidString strategy_text(Page *page, const Solved *solved, const QuidProfile *profile,
                                uint32_t set)
{
    const QuidGameTables *game = solved->game;
    QuidString text = {"", 0};
    for (uint32_t i = game->set_action_first[set]; i < game->set_action_first[set + 1]; i++) {
        const QuidString label =
            game->action_label[i].size > 0
                ? game->action_label[i]
                : quid__arena_format(&page->arena, "%u", i - game->set_action_first[set] + 1);
        text = quid__arena_format(
            &page->arena, "%.*s%s%.*s %.*s", QUID_PRINT(text), text.size > 0 ? "  " : "",
            QUID_PRINT(label),
            QUID_PRINT(probability(page, profile->probability[i], profile->log_probability[i])));
    }
    return text;
}

// reach: NULL where it is not known.
static void put_sets(Page *page, const Solved *solved, const QuidProfile *profile,
                     const double *reach, bool is_whole)
{
    const QuidGameTables *game = solved->game;
    Table table = quid__table_open(page, 4);
    const uint32_t shown =
        is_whole || game->set_count <= SETS_SHOWN_MAX ? game->set_count : SETS_SHOWN_MAX;
    table.is_right[2] = true;
    quid__table_cell(&table, QUID_STRING("player"));
    quid__table_cell(&table, QUID_STRING("set"));
    quid__table_cell(&table, reach != NULL ? QUID_STRING("reached") : QUID_STRING(""));
    quid__table_cell(&table, QUID_STRING("plays"));
    for (uint32_t set = 0; set < shown; set++) {
        quid__table_cell(&table,
                         quid__solved_player(solved, &page->arena, game->set_player[set] - 1));
        quid__table_cell(&table, set_name(page, solved, set));
        quid__table_cell(&table, reach != NULL
                                     ? probability(page, quid__exp(reach[set]), reach[set])
                                     : QUID_STRING(""));
        quid__table_cell(&table, strategy_text(page, solved, profile, set));
    }
    quid__table_print(&table, 2);
    if (shown < game->set_count)
        quid__page_paragraph(page, 2,
                             quid__arena_format(&page->arena, "… and %u more (see --strategy)",
                                                game->set_count - shown));
}

static void put_branch(Page *page, const Solved *solved)
{
    const QuidSolutionTables *solution = solved->solution;
    if (solution->point_count == 0)
        return;
    quid__page_heading(page, "On the branch");
    Table table = quid__table_open(page, 2);
    for (uint32_t i = 0; i < solution->point_count; i++) {
        const QuidBranchPoint *point = &solution->points[i];
        quid__table_cell(&table, (QuidString){quid__solved_kind(point->kind),
                                              (uint32_t)strlen(quid__solved_kind(point->kind))});
        quid__table_cell(&table, quid__arena_format(&page->arena, "at lambda %.*s",
                                                    QUID_PRINT(number(page, point->lambda))));
    }
    quid__table_print(&table, 2);
}

static void put_others(Page *page, const Solved *solved, bool is_whole)
{
    const QuidSolutionTables *solution = solved->solution;
    for (uint32_t i = 0; i < solution->other_count; i++) {
        const QuidString heading =
            quid__arena_format(&page->arena, "Another equilibrium (%u)", i + 1);
        quid__page_heading(page, heading.bytes);
        put_payoffs(page, solved, &solution->others[i]);
        put_sets(page, solved, &solution->others[i], NULL, is_whole);
    }
}

QuidStatus quid_brief_game(QuidContext *context, const QuidGame *game, const QuidSolution *solution,
                           double precision, const QuidBriefOptions *options, QuidOutput output)
{
    const Solved solved = {quid_game_tables(game), quid_solution_tables(solution), precision};
    if (options->is_json)
        return quid__solved_json(context, &solved, output);
    Page page = {.context = context,
                 .output = output,
                 .width = options->width,
                 .is_coloured = options->is_coloured};
    quid__arena_init(&page.arena, context);
    put_outcome(&page, &solved);
    quid__page_heading(&page, "Payoffs");
    put_payoffs(&page, &solved, &solved.solution->profile);
    quid__page_heading(&page, "Strategies");
    put_sets(&page, &solved, &solved.solution->profile, solved.solution->set_log_reach,
             options->has_strategy);
    put_branch(&page, &solved);
    put_others(&page, &solved, options->has_strategy);
    const bool is_out_of_memory = page.arena.has_failed;
    const bool has_failed = page.has_failed;
    quid__arena_free(&page.arena);
    return is_out_of_memory ? QUID_NO_MEMORY : has_failed ? QUID_IO : QUID_OK;
}
