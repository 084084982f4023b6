// Regret minimisation: both players choose in turn, at every set in proportion to how much better
// each action would have been so far (Zinkevich et al. 2007), and their average strategies approach
// an equilibrium. Regrets never fall below 0 (CFR+: Tammelin 2014). At first old regrets and old
// strategies count for less (discounted CFR: Brown and Sandholm 2019; with CFR+: Xu et al. 2024);
// after DISCOUNTED_COUNT iterations nothing is discounted, and strategies are chosen as if the last
// values came once more (predictive CFR+: Farina, Kroer and Sandholm 2021).
//
// Measured in iterations. To an exploitability of 1e-4 in Leduc poker: CFR+ with linear and
// quadratic averages 1,660 and 1,410, discounted CFR by its own constants 1,380, this 1,200,
// predictive CFR+ 2,950. To 1e-6 of the range in thirty small random games: discounts alone up to
// 91,000, and once not in 100,000; predictions alone up to 8,200; this up to 11,500.
//
// An iteration is two passes for each player over a few flat arrays. Up: payoffs of the tile's
// sequences against the other's plan, plus what follows them; new regrets, new strategies, and the
// values of the sets to the sequences before them. Down: the new plan, and its share in the
// average.
#include "minimise.h"

#include <math.h>
#include <string.h>

#define DISCOUNTED_COUNT 8192u   // iterations; to 1e-6 Leduc poker takes 3,200, liar's dice 5,300
#define QUID_LEAST_SUM 0x1p-1000 // of regrets or weights: less says nothing

#define QUID_WIDTH 2
#include "minimise_lanes.h"
#undef QUID_WIDTH
#if QUID_HAS_CLONES
#define QUID_WIDTH 4
#include "minimise_lanes.h"
#undef QUID_WIDTH
#endif

#if QUID_HAS_CLONES
#define RUN(lanes, pass, ...)                                                                      \
    ((lanes) == QUID_LANES_BASELINE ? pass##_2(__VA_ARGS__) : pass##_4(__VA_ARGS__))
#else
#define RUN(lanes, pass, ...) ((void)(lanes), pass##_2(__VA_ARGS__))
#endif

static void iterate_discounted(Minimiser *minimiser, double before)
{
    const double keep = before * before / (before * before + 1);
    for (uint32_t i = 0; i < 2; i++) {
        const Minimising *player = &minimiser->players[i];
        RUN(minimiser->lanes, respond, player, minimiser->players[1 - i].plan, keep);
        RUN(minimiser->lanes, spread, player, (before + 1) * (before + 1));
    }
}

// The averages begin anew, the regrets go on.
static void iterate_predicting(Minimiser *minimiser, double before)
{
    const double now = before + 1;
    for (uint32_t i = 0; i < 2; i++) {
        const Minimising *player = &minimiser->players[i];
        if (!(before > 0))
            memset(player->total, 0, player->sequences.place_count * sizeof *player->total);
        RUN(minimiser->lanes, predict, player, minimiser->players[1 - i].plan);
        RUN(minimiser->lanes, spread, player, now * now * now * now * now);
    }
}

void quid__minimiser_iterate(Minimiser *minimiser)
{
    const uint32_t count = minimiser->iteration_count;
    if (count < DISCOUNTED_COUNT)
        iterate_discounted(minimiser, count);
    else
        iterate_predicting(minimiser, count - DISCOUNTED_COUNT);
    minimiser->iteration_count += 1;
}

// What the best response to the other's average brings more than the player's own.
static double regret_of(QuidLanes lanes, const Minimising *player, const double *other)
{
    double own[QUID_TILE_WIDTH] = {0};
    memset(player->value, 0, QUID_TILE_WIDTH * sizeof *player->value);
    RUN(lanes, find_best, player, other, own);
    const double gain = player->value[0] - (((own[0] + own[1]) + own[2]) + own[3]);
    return gain > 0 ? gain : 0;
}

void quid__minimiser_regret(Minimiser *minimiser, double regret[2])
{
    for (uint32_t i = 0; i < 2; i++)
        RUN(minimiser->lanes, fill_average, &minimiser->players[i]);
    for (uint32_t i = 0; i < 2; i++)
        regret[i] =
            regret_of(minimiser->lanes, &minimiser->players[i], minimiser->players[1 - i].average);
}

static void average_tile(const Minimising *player, const QuidGame *game, uint32_t tile,
                         double *probability)
{
    const Sequences *sequences = &player->sequences;
    const uint32_t first = sequences->tile_first[tile];
    const uint32_t end = sequences->tile_first[tile + 1];
    for (uint32_t lane = 0; lane < QUID_TILE_WIDTH; lane++) {
        const uint32_t set = sequences->set[(size_t)tile * QUID_TILE_WIDTH + lane];
        if (set == QUID_NO_INDEX)
            continue;
        double sum = 0;
        for (uint32_t i = first + lane; i < end; i += QUID_TILE_WIDTH)
            sum += player->total[i];
        double *target = probability + game->tables.set_action_first[set];
        for (uint32_t i = first + lane; i < end; i += QUID_TILE_WIDTH)
            *target++ = sum > QUID_LEAST_SUM ? player->total[i] / sum : player->strategy[i];
    }
}

void quid__minimiser_average(const Minimiser *minimiser, const QuidGame *game, double *probability)
{
    for (uint32_t i = 0; i < 2; i++) {
        const Minimising *player = &minimiser->players[i];
        for (uint32_t tile = 0; tile < player->sequences.tile_count; tile++)
            average_tile(player, game, tile, probability);
    }
}

// Looks cost about an iteration: they are made more rarely the longer it takes.
QuidTraceEnd quid__minimiser_run(Minimiser *minimiser, const QuidSolveOptions *options)
{
    for (;;) {
        double regret[2] = {0, 0};
        const uint32_t next = minimiser->iteration_count + 8 + minimiser->iteration_count / 32;
        while (minimiser->iteration_count < next &&
               minimiser->iteration_count < options->iteration_count_max)
            quid__minimiser_iterate(minimiser);
        quid__minimiser_regret(minimiser, regret);
        const double larger = regret[0] > regret[1] ? regret[0] : regret[1];
        if (larger <= options->tolerance)
            return QUID_TRACE_EQUILIBRIUM;
        if (minimiser->iteration_count >= options->iteration_count_max)
            return QUID_TRACE_UNFINISHED;
        if (options->progress.report != NULL &&
            !options->progress.report(options->progress.user, 0, larger))
            return QUID_TRACE_CANCELLED;
    }
}

// ---- The beginning

static bool push_numbers(Minimising *player, QuidArena *arena)
{
    const size_t size = player->sequences.place_count * sizeof(double);
    player->regret = quid__arena_push(arena, size);
    player->strategy = quid__arena_push(arena, size);
    player->plan = quid__arena_push(arena, size);
    player->total = quid__arena_push(arena, size);
    player->average = quid__arena_push(arena, size);
    player->value = quid__arena_push(arena, size);
    player->hope = quid__arena_push(arena, size);
    return !arena->has_failed;
}

// Uniform strategies, but for those that are given.
static void fill_first_strategies(const Minimising *player, const QuidGame *game,
                                  const double *given)
{
    const Sequences *sequences = &player->sequences;
    for (uint32_t tile = 0; tile < sequences->tile_count; tile++) {
        const uint32_t first = sequences->tile_first[tile];
        const uint32_t end = sequences->tile_first[tile + 1];
        for (uint32_t i = first; i < end; i++) {
            const uint32_t set =
                sequences->set[(size_t)tile * QUID_TILE_WIDTH + i % QUID_TILE_WIDTH];
            player->strategy[i] = (double)QUID_TILE_WIDTH / (end - first);
            if (sequences->tile_is_fixed[tile] && set != QUID_NO_INDEX)
                player->strategy[i] =
                    given[game->tables.set_action_first[set] + (i - first) / QUID_TILE_WIDTH];
        }
    }
}

bool quid__minimiser_create(const QuidGame *game, const QuidSolveOptions *options, QuidArena *arena,
                            Minimiser *minimiser)
{
    Sequences sequences[2];
    *minimiser = (Minimiser){.lanes = quid__lanes_best()};
    if (!quid__sequences_create(game, options, arena, sequences))
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        Minimising *player = &minimiser->players[i];
        player->sequences = sequences[i];
        if (!push_numbers(player, arena))
            return false;
        fill_first_strategies(player, game, options->fixed.probability);
        player->plan[0] = 1;
        player->average[0] = 1;
        RUN(minimiser->lanes, spread, player, 0);
    }
    return true;
}
