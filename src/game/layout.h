// A game's tree in the order in which sweeps pass it: flat arrays, each read from front to back.
#ifndef QUID_GAME_LAYOUT_H
#define QUID_GAME_LAYOUT_H

#include "evaluate.h"

// The part of the tree on which the beliefs of one prior rest: the nodes of sets that have several
// and whose mover has that prior and a choice, and all nodes above them. The root is branch 0;
// parents come first.
typedef struct Trail {
    uint32_t branch_count;
    uint32_t *parent;
    uint32_t *slot; // taken into the branch; QUID_NO_INDEX: chance
    double *chance;
    double *reach;     // mantissa …
    int64_t *exponent; // … and exponent of 2
    uint32_t set_count;
    uint32_t *set_row;   // by set: its first row
    uint32_t *set_first; // set_count + 1: where the branches of its rows begin …
    uint32_t *branch;    // … here
} Trail;

// Rows are inner nodes, the last step first; in a step its sets' nodes, set by set, then chance's.
// Sets stand in the same order, those with a fixed strategy last in their step; slots are their
// actions, set by set. Edges lead out of the rows, row by row, out of a decision's row one for each
// slot of its set.
typedef struct Layout {
    const Play *play;
    uint32_t step_count;
    uint32_t *step_set;     // step_count + 1
    uint32_t *step_free;    // by step: one past its last set without a fixed strategy
    uint32_t *step_chance;  // by step: its first row of chance …
    uint32_t *step_end;     // … and one past its last
    uint32_t *player;       // by set, 0-based
    uint32_t *set_row;      // by set: its first row; those after it follow
    uint32_t *set_row_end;  // by set
    uint32_t *set_slot;     // set_count + 1
    uint32_t *set_of_slot;  // by slot
    uint32_t *action;       // by slot: in the game's tables
    uint32_t *edge_first;   // by row, and one more
    uint32_t *child;        // by edge: where the values of its end begin
    uint32_t *weight_first; // by row of chance, into weight
    double *weight;         // by edge of chance and player: its chance by that player's prior
    double *value;          // by row, then by terminal node: player_count numbers each
    Trail *trails;          // by prior: play->belief_count
} Layout;

// false: no memory (arena). The game is a deal's.
bool quid__layout_create(Layout *layout, const Play *play, QuidArena *arena);

#endif
