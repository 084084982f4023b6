// The game's part of the brief.
#ifndef QUID_MOVES_H
#define QUID_MOVES_H

#include "bits.h"
#include "figures.h"

// The next date at which the move is open; NULL where none is.
const QuidMoveEpoch *quid__move_next(const Brief *brief, uint32_t move);
// A date of the move is still to be decided.
bool quid__move_is_open(const Brief *brief, uint32_t move);
// It arose on a date that is past, and nobody wrote down what was chosen.
bool quid__move_is_unrecorded(const Brief *brief, uint32_t move);
// The options' probabilities on a date: "deliver 39%, wait 61%".
QuidString quid__move_odds(Brief *brief, const QuidMoveEpoch *epoch);
// What became of a move that is not open: its record, and the dates that have none.
QuidString quid__move_fate(Brief *brief, uint32_t move);
// "turns where ruling = struck has 37%: deliver below, wait above".
QuidString quid__break_even_text(Brief *brief, const QuidBreakEven *row);
void quid__brief_moves(Brief *brief);
void quid__brief_beliefs(Brief *brief);
void quid__brief_certificate(Brief *brief);
void quid__brief_payoffs(Brief *brief);
void quid__brief_strategy(Brief *brief);

#endif
