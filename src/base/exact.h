// Exact arithmetic on amounts, and stable ordering.
#ifndef QUID_EXACT_H
#define QUID_EXACT_H

#include "base_internal.h"

__extension__ typedef __int128 QuidInt128;

// amount * numerator / denominator, rounded half to even. denominator > 0. false on overflow of the
// result. |numerator| and denominator < 2^120 are reduced first; where the product still overflows
// 128 bits: false.
bool quid__scale_minor(int64_t amount, QuidInt128 numerator, QuidInt128 denominator,
                       int64_t *scaled);
QuidInt128 quid__gcd128(QuidInt128 left, QuidInt128 right);
// 10^exponent, 0 <= exponent <= 38.
QuidInt128 quid__power_of_ten(uint32_t exponent);

// Sorts order (count indices) by keys[order[i]], keeping the order of equals. scratch: count
// indices. Linear: eight bits a pass over the bytes in which keys differ; returns at once where
// nothing is to do.
void quid__sort_by_date(const int32_t *keys, uint32_t *order, uint32_t *scratch, uint32_t count);

#endif
