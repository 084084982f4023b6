// Random games with perfect recall, written so that the same game can be written in another way:
// payoffs shifted and scaled, players exchanged, actions reversed, a chance node split, a chance
// event added that nobody sees.
#ifndef QUID_TESTS_RANDOM_GAME_H
#define QUID_TESTS_RANDOM_GAME_H

#include "games.h"

typedef struct RandomGame {
    uint64_t seed;
    uint32_t player_count; // 2..3
    uint32_t depth;        // moves on every history
    // How it is written:
    bool is_reversed;  // actions
    bool is_exchanged; // the first two players
    bool is_split;     // each outcome of chance in two halves
    bool has_coin;     // at the root, seen by nobody
    bool is_opposed;   // what the first player gains the second loses twice
    double scale;
    double shift;
} RandomGame;

typedef struct RandomRun {
    const RandomGame *game;
    GameText *text;
    SetNumbers sets[3];
    uint32_t chance;
    uint32_t outcome;
    uint32_t taken[16]; // by depth; the mover's own numbering, before reversing
} RandomRun;

static inline uint64_t random_of(const RandomRun *run, uint64_t a, uint64_t b)
{
    uint64_t seed = run->game->seed * UINT64_C(1000003) + a * UINT64_C(7919) + b;
    (void)game_random(&seed);
    return game_random(&seed);
}

// Who moves at a depth: 0 chance. Which of the others see it: a bit each.
static inline uint32_t mover_at(const RandomRun *run, uint32_t depth)
{
    const uint64_t number = random_of(run, 1, depth) % (run->game->player_count * 2 + 1);
    return number == 0 ? 0 : 1 + (uint32_t)number % run->game->player_count;
}

static inline uint32_t width_at(const RandomRun *run, uint32_t depth)
{
    return 2 + (uint32_t)(random_of(run, 2, depth) % 2);
}

static inline uint64_t seen_by(const RandomRun *run, uint32_t player, uint32_t depth)
{
    uint64_t key = depth + 1;
    for (uint32_t d = 0; d < depth; d++) {
        const bool is_own = mover_at(run, d) == player;
        const bool is_seen = is_own || random_of(run, 3 + player, d) % 2 == 0;
        key = key * 5 + (is_seen ? run->taken[d] + 1 : 0);
    }
    return key;
}

static inline void random_node(RandomRun *run, uint32_t depth);

static inline void random_end(RandomRun *run)
{
    const RandomGame *game = run->game;
    uint64_t path = 1;
    for (uint32_t d = 0; d < game->depth; d++)
        path = path * 5 + run->taken[d] + 1;
    game_add(run->text, "t \"\" %u \"\" {", ++run->outcome);
    for (uint32_t i = 0; i < game->player_count; i++) {
        const uint32_t player = game->is_exchanged && i < 2 ? 1 - i : i;
        const uint32_t whose = game->is_opposed ? 0 : player;
        const double size = player == whose ? 1 : -2;
        const double payoff = size * (double)(random_of(run, 100 + whose, path) % 1000) / 100;
        game_add(run->text, " %.17g", payoff * game->scale + game->shift);
    }
    game_add(run->text, " }\n");
}

static inline void random_chance(RandomRun *run, uint32_t depth, uint32_t width)
{
    const uint32_t copies = run->game->is_split ? 2 : 1;
    const uint32_t total = width * (width + 1) / 2;
    game_add(run->text, "c \"\" %u \"\" {", ++run->chance);
    for (uint32_t i = 0; i < width * copies; i++)
        game_add(run->text, " \"%u\" %u/%u", i, i / copies + 1, total * copies);
    game_add(run->text, " } 0\n");
    for (uint32_t i = 0; i < width * copies; i++) {
        run->taken[depth] = i / copies;
        random_node(run, depth + 1);
    }
}

static inline void random_node(RandomRun *run, uint32_t depth)
{
    const RandomGame *game = run->game;
    if (depth == game->depth) {
        random_end(run);
        return;
    }
    const uint32_t mover = mover_at(run, depth);
    const uint32_t width = width_at(run, depth);
    if (mover == 0) {
        random_chance(run, depth, width);
        return;
    }
    bool is_new;
    const uint64_t key = seen_by(run, mover, depth);
    const uint32_t number = set_number(&run->sets[mover - 1], key, &is_new);
    const uint32_t written = game->is_exchanged && mover < 3 ? 3 - mover : mover;
    game_add(run->text, "p \"\" %u %u", written, number);
    if (is_new) {
        game_add(run->text, " \"%u-%llu\" {", mover, (unsigned long long)key);
        for (uint32_t i = 0; i < width; i++)
            game_add(run->text, " \"%u\"", game->is_reversed ? width - 1 - i : i);
        game_add(run->text, " }");
    }
    game_add(run->text, " 0\n");
    for (uint32_t i = 0; i < width; i++) {
        run->taken[depth] = game->is_reversed ? width - 1 - i : i;
        random_node(run, depth + 1);
    }
}

static inline void write_random_game(GameText *text, const RandomGame *game)
{
    RandomRun run = {.game = game, .text = text};
    game_add(text, "EFG 2 R \"Random %llu\" {", (unsigned long long)game->seed);
    for (uint32_t i = 0; i < game->player_count; i++)
        game_add(text, " \"P%u\"", i + 1);
    game_add(text, " }\n\"\"\n");
    if (game->has_coin)
        game_add(text, "c \"\" %u \"\" { \"heads\" 0.3 \"tails\" 0.7 } 0\n", ++run.chance);
    for (uint32_t i = 0; i < (game->has_coin ? 2u : 1u); i++)
        random_node(&run, 0);
    for (uint32_t i = 0; i < 3; i++)
        set_numbers_free(&run.sets[i]);
}

#endif
