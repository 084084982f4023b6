// Elementary functions that give the same bits on every machine and with every compiler: additions,
// multiplications, divisions, square roots and shifts of bits alone, in a fixed order. libm's exp
// and log differ between systems, so libquid does not call them.
//
// Errors are the largest seen over dense grids against long double (tests/unit/maths_test.c); an
// ulp is the spacing of doubles at the exact value. NaN in gives NaN out (its bits are not
// specified).
#ifndef QUID_MATHS_H
#define QUID_MATHS_H

#include "bits.h"

// exp(x): 0.7 ulp; results below the normal range 1 ulp of theirs.
double quid__exp(double x);
// exp(x) - 1: 1.2 ulp, near 0 too.
double quid__expm1(double x);
// The natural logarithm: 0.9 ulp. -infinity at 0, NaN below.
double quid__log(double x);
// log(1 + x): 0.9 ulp, near 0 too. -infinity at -1, NaN below.
double quid__log1p(double x);
// base^exponent: 1 ulp. Edges as C17 F.10.4.4 (pow(x, 0) is 1; a negative base needs a whole
// exponent).
double quid__pow(double base, double exponent);
// 1 / (1 + exp(-x)): 1e-15 relative in both tails.
double quid__logistic(double x);

// The standard normal distribution function: 1e-15 relative, down the lower tail to the smallest
// double.
double quid__normal_cdf(double x);
// Its inverse: 1e-15 relative, for p from the smallest double to 1. -infinity at 0, infinity at 1,
// NaN outside 0..1.
double quid__normal_quantile(double p);

// log Γ(x), x > 0: 2e-15 relative. Infinity at 0 and infinity, NaN below 0.
double quid__log_gamma(double x);
// The regularised incomplete beta function I_x(a, b), a and b > 0 (asserted): 2e-13 of itself below
// the mean and of its complement above; from parameters of 1e5 on the error grows with the root of
// the larger one, to 1e-11 at 1e8. 0 for x <= 0, 1 for x >= 1.
double quid__beta_cdf(double a, double b, double x);
// The x with I_x(a, b) = p: the cdf's error, carried over, or a neighbour of the exact one. 0.5 to
// 2 µs for parameters below 100.
double quid__beta_quantile(double a, double b, double p);

// The same bits as the functions above, for count values at once; out may be in, else they must
// not overlap. Blocks of some hundreds of values and more are fast.
void quid__exp_block(const double *in, double *out, uint32_t count);
void quid__log_block(const double *in, double *out, uint32_t count);
void quid__normal_quantile_block(const double *in, double *out, uint32_t count);
void quid__beta_quantile_block(double a, double b, const double *in, double *out, uint32_t count);

// The same with vectors of a given width, which the machine must have; for tests.
void quid__exp_block_at(QuidLanes lanes, const double *in, double *out, uint32_t count);
void quid__log_block_at(QuidLanes lanes, const double *in, double *out, uint32_t count);
void quid__normal_quantile_block_at(QuidLanes lanes, const double *in, double *out, uint32_t count);

#endif
