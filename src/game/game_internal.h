// A game while it is built and once it stands: efg.c and the deal's compilation fill it, solving reads it.
#ifndef QUID_GAME_INTERNAL_H
#define QUID_GAME_INTERNAL_H

#include "arena.h"
#include "quid/game.h"
#include "report.h"
#include "vector.h"

struct QuidGame {
    QuidContext *context;
    QuidArena arena; // owns every table
    QuidGameTables tables;
};

// A game with nothing in it; NULL where there is no memory.
QuidGame *quid__game_create(QuidContext *context);

// Fills what follows from the rest: terminal, end, set_action_first, set_node_first, set_nodes, action_set,
// payoff_low, payoff_high. Requires parent, set, edge, chance, payoff, and the tables by player, set and action.
// NO_MEMORY where the arena has failed.
QuidStatus quid__game_finish(QuidGame *game);

#endif
