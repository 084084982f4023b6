// An .efg file while it is read: the scanner, and what the nodes give. efg_read.c fills it,
// efg_build.c makes the game of it.
#ifndef QUID_GAME_EFG_H
#define QUID_GAME_EFG_H

#include "game_internal.h"
#include "names.h"

// A set of a player, or of chance (player 0), in the order of first visit.
typedef struct EfgSet {
    uint32_t player;
    uint32_t number;
    uint32_t action_first; // into actions
    uint32_t action_count;
    uint32_t offset; // of its first mention
    QuidString label;
} EfgSet;

typedef struct EfgAction {
    QuidString label;
    double chance; // of a chance set's outcomes
} EfgAction;

typedef struct EfgOutcome {
    uint32_t number;
    uint32_t payoff_first; // into payoffs; QUID_NO_INDEX while only referred to
    uint32_t offset;       // of the number's first mention
} EfgOutcome;

typedef struct EfgNode {
    uint32_t parent;
    uint32_t position; // among its parent's children
    uint32_t set;      // into sets; QUID_NO_INDEX: terminal
    uint32_t outcome;  // into outcomes; 0: none
    uint32_t offset;
} EfgNode;

// A node that has children still to come.
typedef struct EfgOpen {
    uint32_t node;
    uint32_t next; // child
    uint32_t count;
} EfgOpen;

typedef struct EfgReader {
    QuidContext *context;
    QuidFileId file;
    QuidString bytes;
    uint32_t at;
    bool is_broken;      // a report was made after which reading makes no sense
    QuidArena labels;    // of texts with escapes
    QuidVector players;  // QuidString
    QuidVector sets;     // EfgSet
    QuidVector actions;  // EfgAction
    QuidVector outcomes; // EfgOutcome; element 0: none
    QuidVector payoffs;  // double
    QuidVector nodes;    // EfgNode
    QuidVector open;     // EfgOpen
    QuidMap set_of;      // player << 32 | number → set + 1
    QuidMap outcome_of;  // number → outcome
} EfgReader;

// The game of a tree that has been read without an error.
QuidStatus quid__efg_build(EfgReader *reader, QuidGame **game);

#endif
