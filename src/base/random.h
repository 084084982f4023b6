// Random numbers as a function, not a state: each draw depends on the seed, the variable's name,
// the scenario and the draw's number alone, so the same seed gives the same bits whatever the
// number of threads, and a changed variable leaves the others' draws alone. Generator:
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011).
#ifndef QUID_RANDOM_H
#define QUID_RANDOM_H

#include "bits.h"

// One application of Philox4x32-10.
void quid__philox(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]);

// The key of a variable's draws: a hash of its name path ("gas-power", "us.rice"), whatever its
// place in the file.
uint64_t quid__draw_key(uint64_t seed, QuidString name_path);

// Uniforms for scenarios [scenario_first, scenario_first + count): odd multiples of 2^-53, so
// inside (0, 1), never 1/2, and u as likely as 1 - u. draw numbers the draws of one variable in one
// scenario. The value for a scenario does not depend on where a block begins; whole blocks that
// begin at multiples of QUID_PIECE_COUNT are fastest.
void quid__uniform_block(uint64_t key, uint32_t draw, uint64_t scenario_first, uint32_t count,
                         double *out);
// The same for one scenario.
double quid__uniform(uint64_t key, uint32_t draw, uint64_t scenario);

// With vectors of a given width, which the machine must have; for tests.
void quid__uniform_block_at(QuidLanes lanes, uint64_t key, uint32_t draw, uint64_t scenario_first,
                            uint32_t count, double *out);

#endif
