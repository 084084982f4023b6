// The certificate: exact best responses by sequences (von Stengel 1996), one-shot deviations, the
// residual.
//
// For each player one pass down the tree adds up, by the player's own last action, what terminal
// nodes pay times how likely chance and the others make them. Its sets stand in the order of first
// visits, so that what follows a set has a higher number: backwards over the sets, each set's value
// is that of its best action, and nothing is repeated.
#include "certificate.h"

#include "maths.h"

#include <math.h>

// Where the others reach a set with less than this, beliefs are computed from logarithms instead.
#define LIKELY_ENOUGH 1e-250

// A log at or below this counts as a tremble: a step that is taken with vanishing probability, all
// of them alike. They are counted, not added to logs, where what else the logs say would be rounded
// off.
#define TREMBLE_LOG (-2e13)

typedef struct Judge {
    const QuidGame *game;
    const QuidGameTables *tables;
    const Judged *judged;
    uint32_t player;    // 0-based
    double *factor;     // by action: its probability; 1 for actions the player is free to choose
    bool *is_own;       // by action
    double *reach;      // by node: how likely chance and the others make it
    uint32_t *sequence; // by node: the player's own last action, or action_count for none
    double
        *earned;  // by action, and one more for none: payoffs times reach, less the range's low end
    double *best; // by set: with the best play from there on
    double *mean; // by set: with the profile's
    double *likely; // by set: reach of its nodes, added up
} Judge;

static bool is_held(const Judge *judge, uint32_t set)
{
    return judge->judged->is_fixed != NULL && judge->judged->is_fixed[set];
}

// The actions of a set, and the sets that follow them, worth what they are worth.
static void fold_set(const Judge *judge, uint32_t set, const double *after, double *result,
                     bool is_best)
{
    const QuidGameTables *tables = judge->tables;
    const uint32_t first = tables->set_action_first[set];
    const uint32_t end = tables->set_action_first[set + 1];
    double best = after[first];
    double mean = 0;
    for (uint32_t i = first; i < end; i++) {
        best = after[i] > best ? after[i] : best;
        mean += judge->judged->probability[i] * after[i];
    }
    *result = is_best && !is_held(judge, set) ? best : mean;
}

static void pass_down(const Judge *judge)
{
    const QuidGameTables *tables = judge->tables;
    const uint32_t none = tables->action_count;
    const uint32_t belief = tables->player_belief[judge->player];
    const double *chance = judge->judged->chance + (size_t)belief * tables->node_count;
    const double *payoff = tables->payoff + (size_t)judge->player * tables->terminal_count;
    const double low = tables->payoff_low[judge->player];
    for (uint32_t i = 0; i <= none; i++)
        judge->earned[i] = 0;
    judge->reach[0] = 1;
    judge->sequence[0] = none;
    uint32_t terminal = 0;
    for (uint32_t node = 0; node < tables->node_count; node++) {
        if (node > 0) {
            const uint32_t parent = tables->parent[node];
            judge->reach[node] = judge->reach[parent] * chance[node];
            judge->sequence[node] = judge->sequence[parent];
            if (tables->set[parent] != QUID_CHANCE) {
                const uint32_t action = tables->edge[node];
                judge->reach[node] *= judge->factor[action];
                if (judge->is_own[action])
                    judge->sequence[node] = action;
            }
        }
        if (tables->set[node] == QUID_TERMINAL)
            judge->earned[judge->sequence[node]] += judge->reach[node] * (payoff[terminal++] - low);
    }
}

// Adds up, backwards over the player's sets, what follows each action. Returns the value at the
// root.
static double pass_up(const Judge *judge, double *after, double *value, bool is_best)
{
    const QuidGameTables *tables = judge->tables;
    const uint32_t none = tables->action_count;
    for (uint32_t i = 0; i <= none; i++)
        after[i] = judge->earned[i];
    for (uint32_t set = tables->set_count; set-- > 0;) {
        if (tables->set_player[set] != judge->player + 1)
            continue;
        fold_set(judge, set, after, &value[set], is_best);
        const uint32_t before = judge->game->set_before[set];
        after[before == QUID_NO_INDEX ? none : before] += value[set];
    }
    return after[none];
}

static void fill_factors(const Judge *judge)
{
    const QuidGameTables *tables = judge->tables;
    for (uint32_t i = 0; i < tables->action_count; i++) {
        judge->is_own[i] = tables->set_player[tables->action_set[i]] == judge->player + 1;
        judge->factor[i] = judge->is_own[i] ? 1 : judge->judged->probability[i];
    }
}

// How far an action's value is above the set's, and the spread of log p - lambda v; values: of the
// set's actions, given that it is reached.
static void judge_set(const Judge *judge, uint32_t set, const double *values, double range,
                      QuidCertificate *certificate)
{
    const QuidGameTables *tables = judge->tables;
    const Judged *judged = judge->judged;
    if (is_held(judge, set) || !(range > 0))
        return;
    const double lambda = judged->is_scaled ? judged->lambda / range : judged->lambda;
    double mean = 0;
    double best = values[tables->set_action_first[set]];
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (uint32_t i = tables->set_action_first[set]; i < tables->set_action_first[set + 1]; i++) {
        const double gap = judged->log_probability[i] - lambda * values[i];
        mean += judged->probability[i] * values[i];
        best = values[i] > best ? values[i] : best;
        low = gap < low ? gap : low;
        high = gap > high ? gap : high;
    }
    const double gain = (best - mean) / range;
    certificate->one_shot = gain > certificate->one_shot ? gain : certificate->one_shot;
    const double residual = high - low;
    certificate->residual = residual > certificate->residual ? residual : certificate->residual;
}

// Of sets that the others reach often enough; their values are sums by sequence over their reach.
// Returns whether there are others.
static bool judge_likely_sets(const Judge *judge, double *after, double range,
                              QuidCertificate *certificate)
{
    const QuidGameTables *tables = judge->tables;
    bool is_left = false;
    for (uint32_t set = 0; set < tables->set_count; set++) {
        if (tables->set_player[set] != judge->player + 1)
            continue;
        double sum = 0;
        for (uint32_t i = tables->set_node_first[set]; i < tables->set_node_first[set + 1]; i++)
            sum += judge->reach[tables->set_nodes[i]];
        judge->likely[set] = sum;
        if (!(sum > LIKELY_ENOUGH)) {
            is_left = true;
            continue;
        }
        for (uint32_t i = tables->set_action_first[set]; i < tables->set_action_first[set + 1]; i++)
            after[i] /= sum;
        judge_set(judge, set, after, range, certificate);
    }
    return is_left;
}

// Logs of reach, and trembles on the way, node by node.
static void reach_in_logs(const Judge *judge, double *reach, uint32_t *trembles)
{
    const QuidGameTables *tables = judge->tables;
    const double *chance =
        judge->judged->chance + (size_t)tables->player_belief[judge->player] * tables->node_count;
    reach[0] = 0;
    trembles[0] = 0;
    for (uint32_t node = 1; node < tables->node_count; node++) {
        const uint32_t parent = tables->parent[node];
        const bool is_chance = tables->set[parent] == QUID_CHANCE;
        const double logarithm = is_chance ? quid__log(chance[node])
                                           : judge->judged->log_probability[tables->edge[node]];
        const bool is_tremble = !(logarithm > TREMBLE_LOG);
        reach[node] = reach[parent] + (is_tremble ? 0 : logarithm);
        trembles[node] = trembles[parent] + is_tremble;
    }
}

// Among the nodes of a set with the fewest trembles, in proportion to their reach.
static void believe(const QuidGameTables *tables, const double *reach, const uint32_t *trembles,
                    double *belief)
{
    for (uint32_t set = 0; set < tables->set_count; set++) {
        const uint32_t *nodes = tables->set_nodes + tables->set_node_first[set];
        const uint32_t count = tables->set_node_first[set + 1] - tables->set_node_first[set];
        uint32_t fewest = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++)
            fewest = trembles[nodes[i]] < fewest ? trembles[nodes[i]] : fewest;
        double largest = -HUGE_VAL;
        for (uint32_t i = 0; i < count; i++) {
            if (trembles[nodes[i]] == fewest)
                largest = fmax(largest, reach[nodes[i]]);
        }
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) {
            const bool counts = trembles[nodes[i]] == fewest;
            belief[nodes[i]] = counts ? quid__exp(reach[nodes[i]] - largest) : 0;
            sum += belief[nodes[i]];
        }
        for (uint32_t i = 0; i < count; i++)
            belief[nodes[i]] /= sum;
    }
}

// Beliefs from logarithms, values node by node: slower, and right however rarely the set is
// reached. reach becomes the logarithm of reach, then (by node) the player's value.
static void judge_unlikely_sets(const Judge *judge, double *belief, double *values, double range,
                                QuidCertificate *certificate)
{
    const QuidGameTables *tables = judge->tables;
    const double *chance =
        judge->judged->chance + (size_t)tables->player_belief[judge->player] * tables->node_count;
    const double *payoff = tables->payoff + (size_t)judge->player * tables->terminal_count;
    const double low = tables->payoff_low[judge->player];
    double *reach = judge->reach;
    uint32_t *trembles = judge->sequence; // read for the last time before
    reach_in_logs(judge, reach, trembles);
    believe(tables, reach, trembles, belief);
    for (uint32_t i = 0; i < tables->action_count; i++)
        values[i] = 0;
    for (uint32_t node = tables->node_count; node-- > 0;) {
        // A node's children stand after it and have added to it already, unless it has none.
        if (tables->set[node] == QUID_TERMINAL)
            reach[node] = payoff[tables->terminal[node]] - low;
        else
            reach[node] = 0;
        if (tables->set[node] == QUID_TERMINAL)
            continue;
        for (uint32_t child = node + 1; child < tables->end[node]; child = tables->end[child]) {
            if (tables->set[node] == QUID_CHANCE) {
                reach[node] += chance[child] * reach[child];
                continue;
            }
            const uint32_t action = tables->edge[child];
            reach[node] += judge->judged->probability[action] * reach[child];
            values[action] += belief[node] * reach[child];
        }
    }
    for (uint32_t set = 0; set < tables->set_count; set++) {
        if (tables->set_player[set] == judge->player + 1 && !(judge->likely[set] > LIKELY_ENOUGH))
            judge_set(judge, set, values, range, certificate);
    }
}

static bool push_tables(QuidArena *arena, Judge *judge)
{
    const size_t nodes = judge->tables->node_count;
    const size_t actions = (size_t)judge->tables->action_count + 1;
    const size_t sets = judge->tables->set_count;
    judge->factor = quid__arena_push(arena, actions * sizeof(double));
    judge->is_own = quid__arena_push(arena, actions * sizeof(bool));
    judge->reach = quid__arena_push(arena, nodes * sizeof(double));
    judge->sequence = quid__arena_push(arena, nodes * sizeof(uint32_t));
    judge->earned = quid__arena_push(arena, actions * sizeof(double));
    judge->best = quid__arena_push(arena, sets * sizeof(double));
    judge->mean = quid__arena_push(arena, sets * sizeof(double));
    judge->likely = quid__arena_push(arena, sets * sizeof(double));
    return !arena->has_failed;
}

QuidStatus quid__certify(const QuidGame *game, const Judged *judged, QuidArena *arena,
                         QuidCertificate *certificate, const double **payoff)
{
    const QuidGameTables *tables = quid_game_tables(game);
    QuidArena scratch;
    quid__arena_init(&scratch, arena->context);
    Judge judge = {.game = game, .tables = tables, .judged = judged};
    double *after = quid__arena_push(&scratch, ((size_t)tables->action_count + 1) * sizeof(double));
    double *belief = NULL;
    double *regret = quid__arena_push(arena, tables->player_count * sizeof(double));
    double *fraction = quid__arena_push(arena, tables->player_count * sizeof(double));
    double *paid = quid__arena_push(arena, tables->player_count * sizeof(double));
    const bool is_good = push_tables(&scratch, &judge) && !arena->has_failed;
    *certificate = (QuidCertificate){.regret = regret, .fraction = fraction};
    for (uint32_t player = 0; is_good && player < tables->player_count; player++) {
        judge.player = player;
        const double range = tables->payoff_high[player] - tables->payoff_low[player];
        fill_factors(&judge);
        pass_down(&judge);
        const double best = pass_up(&judge, after, judge.best, true);
        const double mean = pass_up(&judge, after, judge.mean, false);
        regret[player] = best > mean ? best - mean : 0;
        fraction[player] = range > 0 ? regret[player] / range : 0;
        paid[player] = mean + tables->payoff_low[player];
        certificate->fraction_max = fmax(certificate->fraction_max, fraction[player]);
        if (!judge_likely_sets(&judge, after, range, certificate))
            continue;
        if (belief == NULL)
            belief = quid__arena_push(&scratch, tables->node_count * sizeof(double));
        if (belief == NULL)
            break;
        judge_unlikely_sets(&judge, belief, after, range, certificate);
    }
    const bool has_failed = scratch.has_failed || arena->has_failed;
    quid__arena_free(&scratch);
    *payoff = paid;
    return has_failed ? QUID_NO_MEMORY : QUID_OK;
}
