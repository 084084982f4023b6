// Games in Gambit's format, written by rule: poker, and trees of any size with secrets and events.
#ifndef QUID_TESTS_GAMES_H
#define QUID_TESTS_GAMES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct GameText {
    char *bytes;
    size_t size;
    size_t capacity;
} GameText;

__attribute__((format(printf, 2, 3))) static inline void game_add(GameText *text,
                                                                  const char *format, ...)
{
    if (text->capacity - text->size < 4096) {
        text->capacity = text->capacity * 2 + 65536;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL)
            abort();
    }
    va_list arguments;
    va_start(arguments, format);
    text->size += (size_t)vsnprintf(text->bytes + text->size, 4096, format, arguments);
    va_end(arguments);
}

static inline uint64_t game_random(uint64_t *seed)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

// ---- Numbers for sets: the same key of a player has the same number

typedef struct SetNumbers {
    uint64_t *keys; // by slot; 0 free
    uint32_t *numbers;
    size_t capacity; // a power of two
    uint32_t count;
} SetNumbers;

static inline uint32_t set_number(SetNumbers *sets, uint64_t key, bool *is_new)
{
    if (sets->capacity == 0 || (size_t)sets->count * 2 > sets->capacity) {
        SetNumbers larger = {.capacity = sets->capacity == 0 ? 1024 : sets->capacity * 4};
        larger.keys = calloc(larger.capacity, sizeof *larger.keys);
        larger.numbers = calloc(larger.capacity, sizeof *larger.numbers);
        for (size_t i = 0; i < sets->capacity; i++) {
            if (sets->keys[i] == 0)
                continue;
            size_t at = sets->keys[i] * UINT64_C(0x9E3779B97F4A7C15) >> 20;
            while (larger.keys[at & (larger.capacity - 1)] != 0)
                at += 1;
            larger.keys[at & (larger.capacity - 1)] = sets->keys[i];
            larger.numbers[at & (larger.capacity - 1)] = sets->numbers[i];
        }
        larger.count = sets->count;
        free(sets->keys);
        free(sets->numbers);
        *sets = larger;
    }
    size_t at = key * UINT64_C(0x9E3779B97F4A7C15) >> 20;
    while (sets->keys[at & (sets->capacity - 1)] != 0 &&
           sets->keys[at & (sets->capacity - 1)] != key)
        at += 1;
    at &= sets->capacity - 1;
    *is_new = sets->keys[at] == 0;
    if (*is_new) {
        sets->keys[at] = key;
        sets->numbers[at] = ++sets->count;
    }
    return sets->numbers[at];
}

static inline void set_numbers_free(SetNumbers *sets)
{
    free(sets->keys);
    free(sets->numbers);
    *sets = (SetNumbers){.capacity = 0};
}

// ---- Leduc poker: six cards of three ranks, two rounds, bets of 2 and 4, two raises (Southey et
// al. 2005)

typedef struct Leduc {
    GameText *text;
    SetNumbers sets[2];
    uint32_t outcome;
    int cards[3]; // 0..5; rank is half
} Leduc;

static inline void leduc_end(Leduc *game, double win)
{
    game_add(game->text, "t \"\" %u \"\" { %g, %g }\n", ++game->outcome, win, -win);
}

static inline void leduc_showdown(Leduc *game, const int *in)
{
    const int mine = game->cards[0] / 2;
    const int theirs = game->cards[1] / 2;
    const int shown = game->cards[2] / 2;
    const int left = mine == shown ? 10 : mine;
    const int right = theirs == shown ? 10 : theirs;
    leduc_end(game, left > right ? in[1] : left < right ? -in[0] : 0);
}

static inline void leduc_bet(Leduc *game, int round, int mover, int raises, bool is_opened,
                             const int *in, uint64_t history);

static inline void leduc_next_round(Leduc *game, int round, const int *in, uint64_t history)
{
    if (round == 1) {
        leduc_showdown(game, in);
        return;
    }
    game_add(game->text, "c \"\" %u \"\" {", 1000 + ++game->outcome);
    for (int card = 0; card < 6; card++) {
        if (card != game->cards[0] && card != game->cards[1])
            game_add(game->text, " \"%d\" 1/4", card);
    }
    game_add(game->text, " } 0\n");
    for (int card = 0; card < 6; card++) {
        if (card == game->cards[0] || card == game->cards[1])
            continue;
        game->cards[2] = card;
        leduc_bet(game, 1, 0, 0, false, in, history * 8 + (uint64_t)card + 1);
    }
}

static inline void leduc_bet(Leduc *game, int round, int mover, int raises, bool is_opened,
                             const int *in, uint64_t history)
{
    const bool is_facing = in[0] != in[1];
    const int size = round == 0 ? 2 : 4;
    bool is_new;
    const uint64_t key = (history * 8 + (uint64_t)game->cards[mover] + 1) * 2 + 1;
    const uint32_t number = set_number(&game->sets[mover], key, &is_new);
    game_add(game->text, "p \"\" %d %u", mover + 1, number);
    if (is_new)
        game_add(game->text, " \"\" { %s\"call\"%s }", is_facing ? "\"fold\" " : "",
                 raises < 2 ? " \"raise\"" : "");
    game_add(game->text, " 0\n");
    if (is_facing)
        leduc_end(game, mover == 0 ? -in[0] : in[1]);
    int called[2] = {in[0], in[1]};
    called[mover] = in[1 - mover];
    if (is_facing || is_opened)
        leduc_next_round(game, round, called, history * 4 + 1);
    else
        leduc_bet(game, round, 1 - mover, raises, true, called, history * 4 + 1);
    if (raises < 2) {
        called[mover] += size;
        leduc_bet(game, round, 1 - mover, raises + 1, true, called, history * 4 + 2);
    }
}

static inline void write_leduc(GameText *text)
{
    Leduc game = {.text = text};
    const int ante[2] = {1, 1};
    game_add(text, "EFG 2 R \"Leduc poker\" { \"First\" \"Second\" }\n\"\"\n");
    game_add(text,
             "c \"\" 1 \"\" { \"0\" 1/6 \"1\" 1/6 \"2\" 1/6 \"3\" 1/6 \"4\" 1/6 \"5\" 1/6 } 0\n");
    for (int first = 0; first < 6; first++) {
        game_add(text, "c \"\" %d \"\" {", first + 2);
        for (int second = 0; second < 6; second++) {
            if (second != first)
                game_add(text, " \"%d\" 1/5", second);
        }
        game_add(text, " } 0\n");
        for (int second = 0; second < 6; second++) {
            if (second == first)
                continue;
            game.cards[0] = first;
            game.cards[1] = second;
            leduc_bet(&game, 0, 0, 0, false, ante, 1);
        }
    }
    set_numbers_free(&game.sets[0]);
    set_numbers_free(&game.sets[1]);
}

// ---- Liar's dice: a die each, bids of how many dice show at least so many of a face, sixes count
// as any; whoever doubts ends it

#define LIAR_FACES 6
#define LIAR_BIDS (2 * LIAR_FACES)

typedef struct Liar {
    GameText *text;
    SetNumbers sets[2];
    uint32_t outcome;
    int dice[2]; // 0..5
} Liar;

static inline void liar_end(Liar *game, int bid, int doubter)
{
    const int face = bid % LIAR_FACES;
    const int count = (game->dice[0] == face || game->dice[0] == LIAR_FACES - 1) +
                      (game->dice[1] == face || game->dice[1] == LIAR_FACES - 1);
    const int win = (count > bid / LIAR_FACES) == (doubter == 0) ? -1 : 1;
    game_add(game->text, "t \"\" %u \"\" { %d, %d }\n", ++game->outcome, win, -win);
}

// bids: a bit for each bid made. last: the highest, -1 before the first.
static inline void liar_bid(Liar *game, int mover, int last, uint64_t bids)
{
    bool is_new;
    const uint64_t key = bids * LIAR_FACES + (uint64_t)game->dice[mover] + 1;
    const uint32_t number = set_number(&game->sets[mover], key, &is_new);
    game_add(game->text, "p \"\" %d %u", mover + 1, number);
    if (is_new) {
        game_add(game->text, " \"\" {");
        for (int bid = last + 1; bid < LIAR_BIDS; bid++)
            game_add(game->text, " \"%d\"", bid);
        game_add(game->text, "%s }", last >= 0 ? " \"liar\"" : "");
    }
    game_add(game->text, " 0\n");
    for (int bid = last + 1; bid < LIAR_BIDS; bid++)
        liar_bid(game, 1 - mover, bid, bids | UINT64_C(1) << bid);
    if (last >= 0)
        liar_end(game, last, mover);
}

static inline void write_liars_dice(GameText *text)
{
    Liar game = {.text = text};
    const char *roll = "{ \"1\" 1/6 \"2\" 1/6 \"3\" 1/6 \"4\" 1/6 \"5\" 1/6 \"6\" 1/6 } 0\n";
    game_add(text, "EFG 2 R \"Liar's dice\" { \"First\" \"Second\" }\n\"\"\nc \"\" 1 \"\" %s",
             roll);
    for (game.dice[0] = 0; game.dice[0] < LIAR_FACES; game.dice[0]++) {
        game_add(text, "c \"\" 2 \"\" %s", roll);
        for (game.dice[1] = 0; game.dice[1] < LIAR_FACES; game.dice[1]++)
            liar_bid(&game, 0, -1, 0);
    }
    set_numbers_free(&game.sets[0]);
    set_numbers_free(&game.sets[1]);
}

// ---- Moves in turn, with secrets of the first two players and an event that nobody sees

typedef struct Rounds {
    uint32_t player_count;
    uint32_t secrets; // outcomes of each of two secrets, known to players 1 and 2
    uint32_t hidden;  // outcomes of what nobody sees
    uint32_t round_count;
    const uint32_t *actions; // by round
    uint64_t seed;
    double chance_share; // of rounds that are events everybody sees, 0..1
} Rounds;

typedef struct RoundsRun {
    const Rounds *rounds;
    GameText *text;
    SetNumbers sets[8];
    SetNumbers chances;
    uint32_t outcome;
    uint32_t secret[3];
} RoundsRun;

static inline bool is_event_round(const Rounds *rounds, uint32_t round)
{
    uint64_t seed = rounds->seed * 1000 + round;
    return (double)(game_random(&seed) >> 11) * 0x1p-53 < rounds->chance_share;
}

// key: the same for nodes written as one set.
static inline void rounds_chance(RoundsRun *run, uint32_t count, uint64_t key)
{
    bool is_new;
    const uint32_t number = set_number(&run->chances, key, &is_new);
    game_add(run->text, "c \"\" %u", number);
    if (is_new) {
        game_add(run->text, " \"\" {");
        for (uint32_t i = 0; i < count; i++)
            game_add(run->text, " \"%u\" %u/%u", i, i + 1, count * (count + 1) / 2);
        game_add(run->text, " }");
    }
    game_add(run->text, " 0\n");
}

static inline void rounds_play(RoundsRun *run, uint32_t round, uint64_t history)
{
    const Rounds *rounds = run->rounds;
    if (round == rounds->round_count) {
        uint64_t seed = rounds->seed ^ (history * 977 + run->secret[0] * 31 + run->secret[1] * 7 +
                                        run->secret[2] * 1009);
        game_add(run->text, "t \"\" %u \"\" {", ++run->outcome);
        for (uint32_t i = 0; i < rounds->player_count; i++)
            game_add(run->text, " %.4f", (double)(game_random(&seed) >> 11) * 0x1p-53);
        game_add(run->text, " }\n");
        return;
    }
    const uint32_t count = rounds->actions[round];
    if (is_event_round(rounds, round)) {
        rounds_chance(run, count, count);
    } else {
        const uint32_t player = round % rounds->player_count;
        const uint64_t known = player < 2 ? run->secret[player] + 1 : 0;
        bool is_new;
        const uint32_t number = set_number(&run->sets[player], history * 64 + known + 1, &is_new);
        game_add(run->text, "p \"\" %u %u", player + 1, number);
        if (is_new) {
            game_add(run->text, " \"\" {");
            for (uint32_t i = 0; i < count; i++)
                game_add(run->text, " \"%u\"", i);
            game_add(run->text, " }");
        }
        game_add(run->text, " 0\n");
    }
    for (uint32_t i = 0; i < count; i++)
        rounds_play(run, round + 1, history * 8 + i + 1);
}

static inline void rounds_deal(RoundsRun *run, uint32_t level)
{
    const uint32_t count = level < 2 ? run->rounds->secrets : run->rounds->hidden;
    if (level == 3) {
        rounds_play(run, 0, 1);
        return;
    }
    if (count < 2) {
        run->secret[level] = 0;
        rounds_deal(run, level + 1);
        return;
    }
    // A set for each node: gambit-logit takes chance for a player who must not forget.
    rounds_chance(run, count, 1000 + run->outcome * UINT64_C(4) + level);
    for (uint32_t i = 0; i < count; i++) {
        run->secret[level] = i;
        rounds_deal(run, level + 1);
    }
}

static inline void write_rounds(GameText *text, const Rounds *rounds)
{
    RoundsRun run = {.rounds = rounds, .text = text};
    game_add(text, "EFG 2 R \"Rounds\" {");
    for (uint32_t i = 0; i < rounds->player_count; i++)
        game_add(text, " \"P%u\"", i + 1);
    game_add(text, " }\n\"\"\n");
    rounds_deal(&run, 0);
    for (uint32_t i = 0; i < 8; i++)
        set_numbers_free(&run.sets[i]);
    set_numbers_free(&run.chances);
}

#endif
