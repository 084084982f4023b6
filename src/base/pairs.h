// Sums and products kept exact as pairs of doubles.
#ifndef QUID_PAIRS_H
#define QUID_PAIRS_H

#include "bits.h"

// An unevaluated sum high + low, |low| at most half an ulp of high.
typedef struct QuidPair {
    double high;
    double low;
} QuidPair;

// The exact sum (Knuth 1969).
QUID_INLINE QuidPair quid__two_sum(double left, double right)
{
    const double sum = left + right;
    const double part = sum - left;
    return (QuidPair){sum, (left - (sum - part)) + (right - part)};
}

// The same for |left| >= |right| or left = 0 (Dekker 1971).
QUID_INLINE QuidPair quid__fast_two_sum(double left, double right)
{
    const double sum = left + right;
    return (QuidPair){sum, right - (sum - left)};
}

// The exact product, for factors below 2^995 (Dekker 1971, Veltkamp's splitting).
QUID_INLINE QuidPair quid__two_product(double left, double right)
{
    const double left_scaled = left * 0x1.0000002p27;
    const double left_high = left_scaled - (left_scaled - left);
    const double left_low = left - left_high;
    const double right_scaled = right * 0x1.0000002p27;
    const double right_high = right_scaled - (right_scaled - right);
    const double right_low = right - right_high;
    const double product = left * right;
    const double error =
        ((left_high * right_high - product) + left_high * right_low + left_low * right_high) +
        left_low * right_low;
    return (QuidPair){product, error};
}

#endif
