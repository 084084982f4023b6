// A solved game in Gambit's format, as text and as JSON.
#ifndef QUID_BRIEF_SOLVED_H
#define QUID_BRIEF_SOLVED_H

#include "arena.h"
#include "quid/brief.h"

// What the two forms share.
typedef struct Solved {
    const QuidGameTables *game;
    const QuidSolutionTables *solution;
    double precision; // 0: the limit
} Solved;

// A player's name where it has one of its own, else its number. text: arena memory.
QuidString quid__solved_player(const Solved *solved, QuidArena *arena, uint32_t player);
const char *quid__solved_end(QuidTraceEnd end);
const char *quid__solved_kind(QuidBranchKind kind);

QuidStatus quid__solved_json(QuidContext *context, const Solved *solved, QuidOutput output);

#endif
