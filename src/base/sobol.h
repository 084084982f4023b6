// Sobol points (Sobol 1967) with the direction numbers of Joe and Kuo 2008 (their set D6),
// scrambled by nested uniform scrambling (Owen 1995): integrals by 2^k of them converge faster than
// by random points, and the scramble makes them random, so that the error can be estimated.
#ifndef QUID_SOBOL_H
#define QUID_SOBOL_H

#include "bits.h"

// Dimensions with direction numbers. Above, quid__sobol_block falls back to random uniforms.
#define QUID_SOBOL_DIMENSION_COUNT 1024u
// Points of one sequence.
#define QUID_SOBOL_POINT_COUNT (UINT64_C(1) << 32)

// Coordinate `dimension` (0-based) of the points [point_first, point_first + count), scrambled by
// key (of quid__draw_key): odd multiples of 2^-33, inside (0, 1). Each coordinate of a point may
// come from another call; its value does not depend on where a block begins. point_first + count <=
// QUID_SOBOL_POINT_COUNT (asserted). For dimension >= QUID_SOBOL_DIMENSION_COUNT:
// quid__uniform_block of the key, the dimension and the point's index.
void quid__sobol_block(uint32_t dimension, uint64_t key, uint64_t point_first, uint32_t count,
                       double *out);

// The coordinate as 32 bits behind the binary point, unscrambled, in the order of the index's
// binary digits: digit k of the index (from the lowest) adds direction number k. dimension <
// QUID_SOBOL_DIMENSION_COUNT.
uint32_t quid__sobol_raw(uint32_t dimension, uint32_t point);

// With vectors of a given width, which the machine must have; for tests.
void quid__sobol_block_at(QuidLanes lanes, uint32_t dimension, uint64_t key, uint64_t point_first,
                          uint32_t count, double *out);

#endif
