// Bytes as a random small deal: its game and its solutions must be what an enumeration of its
// histories, which shares no code with libquid, makes of the same plain numbers.
#include "fuzz.h"
#include "judge.h"
#include "slow_game.h"

#define NODE_COUNT_MAX 500u

typedef struct Trial {
    SlowDeal slow;
    SlowText text;
    QuidContext *context;
    QuidText *parsed;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidGame *game;
    const QuidGameTables *tree;
    const QuidDealGameTables *meaning;
} Trial;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%.*s%s:%d: %s\n", (int)trial->text.size, trial->text.bytes, __FILE__, \
                    __LINE__, #condition);                                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static bool is_near(double left, double right, double scale)
{
    return fabs(left - right) <= 1e-9 * scale;
}

static SlowHistory history_of(const Trial *trial, uint32_t node)
{
    const uint32_t step_count = trial->meaning->step_count;
    return (SlowHistory){&trial->slow, trial->meaning,
                         trial->meaning->slots + (size_t)trial->tree->terminal[node] * step_count};
}

// ---- The tree

// Chances from the root by a prior, the parties choosing anything.
static double chance_to(const Trial *trial, uint32_t node, uint32_t belief)
{
    double product = 1;
    for (; node != 0; node = trial->tree->parent[node])
        product *= trial->tree->chance[(size_t)belief * trial->tree->node_count + node];
    return product;
}

static void check_terminals(const Trial *trial)
{
    for (uint32_t node = 0; node < trial->tree->node_count; node++) {
        if (trial->tree->set[node] != QUID_TERMINAL)
            continue;
        const SlowHistory history = history_of(trial, node);
        CHECK(is_near(chance_to(trial, node, 0), slow_likelihood(&history, -1), 1));
        for (uint32_t party = 0; party < trial->slow.party_count; party++) {
            CHECK(is_near(chance_to(trial, node, trial->tree->player_belief[party]),
                          slow_likelihood(&history, (int32_t)party), 1));
            const double payoff = trial->tree->payoff[(size_t)party * trial->tree->terminal_count +
                                                      trial->tree->terminal[node]];
            CHECK(is_near(payoff, 1e9 * slow_payoff(&history, party), 1e11));
        }
        for (uint32_t i = 0; i < trial->meaning->step_count; i++) {
            if (trial->meaning->steps[i].kind == QUID_STEP_MOVE)
                CHECK((history.slots[i] != QUID_NO_SLOT) == slow_arises(&history, i));
        }
    }
}

// Children are all outcomes or options: with chances and choices that sum to one, no history is
// missing or there twice.
static void check_children(const Trial *trial)
{
    for (uint32_t node = 0; node < trial->tree->node_count; node++) {
        if (trial->tree->set[node] == QUID_TERMINAL)
            continue;
        double sum = 0;
        uint32_t count = 0;
        for (uint32_t child = node + 1; child < trial->tree->end[node];
             child = trial->tree->end[child]) {
            sum += trial->tree->chance[child];
            count += 1;
        }
        const QuidStep *step = &trial->meaning->steps[trial->meaning->node_step[node]];
        if (trial->tree->set[node] == QUID_CHANCE)
            CHECK(is_near(sum, 1, 1));
        else
            CHECK(count == trial->slow.moves[step->thing - 1].option_count);
    }
}

static uint32_t first_terminal_below(const Trial *trial, uint32_t node)
{
    while (trial->tree->set[node] != QUID_TERMINAL)
        node += 1;
    return node;
}

// Two nodes of a move's date are one situation exactly where its party knows the same.
static void check_knowledge(const Trial *trial)
{
    for (uint32_t left = 0; left < trial->tree->node_count; left++) {
        if (trial->tree->set[left] >= QUID_TERMINAL)
            continue;
        const uint32_t at = trial->meaning->node_step[left];
        const SlowHistory mine = history_of(trial, first_terminal_below(trial, left));
        for (uint32_t right = left + 1; right < trial->tree->node_count; right++) {
            if (trial->meaning->node_step[right] != at || trial->tree->set[right] >= QUID_TERMINAL)
                continue;
            const SlowHistory other = history_of(trial, first_terminal_below(trial, right));
            bool is_same = true;
            for (uint32_t i = 0; i < at; i++)
                is_same = is_same && (!slow_knows(&mine, at, i) || mine.slots[i] == other.slots[i]);
            CHECK((trial->tree->set[left] == trial->tree->set[right]) == is_same);
        }
    }
}

// ---- Solutions

static void check_position(const Trial *trial, const QuidSolution *solution)
{
    QuidPosition *position = NULL;
    const QuidProfile *profile = &quid_solution_tables(solution)->profile;
    const double now = quid_ledger_tables(trial->ledger)->as_of + 1 - 20454;
    double total = 0;
    for (uint32_t i = 0; i < trial->slow.chance_count; i++) {
        // What is said of an event that is overdue is no matter of weights.
        if (!trial->slow.chances[i].is_secret && trial->slow.chances[i].last_day < now)
            return;
    }
    double *weight = calloc(trial->tree->node_count, sizeof *weight);
    if (weight == NULL)
        return;
    for (uint32_t node = 0; node < trial->tree->node_count; node++) {
        if (trial->tree->set[node] != QUID_TERMINAL)
            continue;
        const SlowHistory history = history_of(trial, node);
        weight[node] = slow_weight(&history, now);
        for (uint32_t at = node; at != 0; at = trial->tree->parent[at]) {
            if (trial->tree->set[trial->tree->parent[at]] < QUID_TERMINAL)
                weight[node] *= exp(profile->log_probability[trial->tree->edge[at]]);
        }
        total += weight[node];
    }
    const QuidStatus status =
        quid_position_create(trial->context, trial->game, solution, trial->ledger, &position);
    CHECK(status != QUID_INVALID || total == 0);
    // What underflows in plain probabilities is no disagreement.
    if (status == QUID_OK && total > 1e-200) {
        const QuidPositionTables *tables = quid_position_tables(position);
        for (uint32_t node = 0; node < trial->tree->node_count; node++) {
            if (trial->tree->set[node] == QUID_TERMINAL)
                CHECK(is_near(tables->reach[node], weight[node] / total, 1));
        }
    }
    quid_position_free(position);
    free(weight);
}

static void check_solution(const Trial *trial, double lambda)
{
    uint32_t left = 5;
    QuidSolution *solution = NULL;
    QuidSolveOptions options = quid_solve_options();
    options.lambda = lambda;
    options.progress = (QuidProgress){fuzz_be_patient, &left};
    if (quid_game_solve(trial->context, trial->game, &options, &solution) != QUID_OK)
        return;
    const QuidSolutionTables *solved = quid_solution_tables(solution);
    const QuidProfile *profile = &solved->profile;
    const Judge judge = {trial->tree, profile->probability};
    for (uint32_t party = 0; party < trial->slow.party_count; party++) {
        CHECK(is_near(profile->payoff[party], value_at(&judge, 0, party), 1e11));
        const double regret = regret_by_trying(&judge, party);
        if (regret >= 0)
            CHECK(is_near(profile->certificate.regret[party], regret, 1e11));
    }
    if (solved->end == QUID_TRACE_REACHED && profile->is_certified)
        CHECK(residual_of(&judge, lambda) < 1e-6);
    // What is not played in a limit has probability 0, and the logarithm of where it was traced.
    for (uint32_t i = 0; i < trial->tree->action_count; i++)
        CHECK(fabs(exp(profile->log_probability[i]) - profile->probability[i]) < 1e-8);
    check_position(trial, solution);
    quid_solution_free(solution);
}

// ---- A trial

static void compile(Trial *trial)
{
    QuidFileId file;
    const QuidLedgerOptions settle = quid_ledger_options();
    const QuidGameOptions options = quid_game_options();
    const QuidString bytes = {trial->text.bytes, (uint32_t)trial->text.size};
    QuidStatus status =
        quid_context_add_file(trial->context, QUID_FUZZ_NAME("fuzz.quid"), bytes, &file);
    if (status == QUID_OK)
        status = quid_text_parse(trial->context, file, &trial->parsed);
    if (status == QUID_OK)
        status = quid_deal_check(trial->context, trial->parsed, &trial->deal);
    if (status == QUID_OK)
        status = quid_ledger_settle(trial->context, trial->deal, &settle, &trial->ledger);
    if (status == QUID_OK)
        status =
            quid_game_compile(trial->context, trial->deal, trial->ledger, &options, &trial->game);
    fuzz_check_status(trial->context, status);
    if (trial->game == NULL)
        return;
    trial->tree = quid_game_tables(trial->game);
    trial->meaning = quid_game_deal_tables(trial->game);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Trial trial;
    trial = (Trial){.slow = slow_deal(data, size), .context = quid_context_create(NULL)};
    if (trial.context == NULL)
        return 0;
    slow_write(&trial.text, &trial.slow);
    compile(&trial);
    if (trial.game != NULL && trial.tree->node_count <= NODE_COUNT_MAX) {
        check_terminals(&trial);
        check_children(&trial);
        check_knowledge(&trial);
        check_solution(&trial, 2e-10);
        check_solution(&trial, 0);
    }
    quid_game_free(trial.game);
    quid_ledger_free(trial.ledger);
    quid_deal_free(trial.deal);
    quid_text_free(trial.parsed);
    quid_context_free(trial.context);
    return 0;
}
