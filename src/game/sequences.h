// A game of two in sequence form (von Stengel 1996): what each pair of sequences pays, chance
// multiplied in, laid out so that four sequences are worked on side by side.
#ifndef QUID_GAME_SEQUENCES_H
#define QUID_GAME_SEQUENCES_H

#include "game_internal.h"

#define QUID_TILE_WIDTH 4u

// One player's sequences. Sets with equally many actions stand four side by side in a tile, and the
// tile's places are those of their first actions, then of their second, and so on:
//
//     tile         sets 7 8 9 12, two actions each         sets 3 5 and nothing, one action
//     places       8 9 10 11 | 12 13 14 15                 16 17 (18 19)
//
// Place 0 is the empty sequence; 1 to 3 are nobody's, and so are those of a tile that is not full.
// A sequence stands behind those that it follows.
typedef struct Sequences {
    uint32_t set_count; // the player's
    uint32_t tile_count;
    uint32_t place_count;
    uint32_t *tile_first; // tile_count + 1: places
    bool *tile_is_fixed;  // its sets' strategies are given
    uint32_t *set;        // [tile * 4 + lane]: in the game's tables; QUID_NO_INDEX: none
    uint32_t *before;     // [tile * 4 + lane]: place of the sequence that leads to the set
    // By row (four places): the other's sequences that end the game with one of these, and what
    // each pair pays the player, in its range and about the middle of it.
    uint32_t *entry_first; // row count + 1
    uint32_t *entry_place; // of the other
    double *entry_payoff;  // [entry * 4 + lane]
} Sequences;

// NULL where the game is one of two players whose payoffs are opposed (as shares of their ranges
// they add up to 1 at every end, within 1e-9) and who weigh chance alike; else what it lacks.
const char *quid__not_opposed(const QuidGame *game, const QuidSolveOptions *options);

// Both players' sequences; requires an opposed game with stakes. false: no memory (arena).
bool quid__sequences_create(const QuidGame *game, const QuidSolveOptions *options, QuidArena *arena,
                            Sequences sequences[2]);

#endif
