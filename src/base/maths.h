// Stand-ins until base has its own.
#ifndef QUID_MATHS_H
#define QUID_MATHS_H
#include <math.h>
static inline double quid__exp(double x)
{
    return exp(x);
}
static inline double quid__log(double x)
{
    return log(x);
}
#endif
