// The distributions of the language: lognormal, normal and logit-normal from a 90% interval, and
// the named ones from their parameters. Sampling is by the quantile function, so that a draw is one
// uniform whatever the shape, and grows with it. `choice` is the caller's.
#ifndef QUID_DISTRIBUTION_H
#define QUID_DISTRIBUTION_H

#include "base_internal.h"

// In the order of deal.h's QuidShape, which base does not see (distribution_test.c compares).
typedef enum QuidDistributionShape {
    QUID_DISTRIBUTION_NONE,
    QUID_DISTRIBUTION_LOGNORMAL,
    QUID_DISTRIBUTION_NORMAL,
    QUID_DISTRIBUTION_LOGIT_NORMAL,
    QUID_DISTRIBUTION_UNIFORM,
    QUID_DISTRIBUTION_TRIANGULAR,
    QUID_DISTRIBUTION_PERT,
    QUID_DISTRIBUTION_BETA,
} QuidDistributionShape;

// Made by the functions below. Which members mean something depends on the shape.
typedef struct QuidDistribution {
    QuidDistributionShape shape;
    double sign; // lognormal: -1 where all values are negative
    double
        location; // normal: mean; lognormal: median without sign; logit-normal: mean of the logit
    double deviation; // of the (underlying) normal; 0: a single value
    double low;       // uniform, triangular, pert, beta: the ends
    double mode;      // triangular
    double high;
    double alpha; // pert, beta
    double beta;
} QuidDistribution;

// From a 90% interval: low and high are the 5th and the 95th percentile, low <= high, finite
// (asserted). lognormal: both ends of one sign, not 0. logit-normal: 0 < low, high < 1.
QuidDistribution quid__distribution_of_interval(QuidDistributionShape shape, double low,
                                                double high);

// From parameters (asserted where they make no distribution):
QuidDistribution quid__distribution_uniform(double low, double high);        // low <= high
QuidDistribution quid__distribution_normal(double mean, double deviation);   // deviation >= 0
QuidDistribution quid__distribution_lognormal(double median, double factor); // != 0; >= 1
// low <= mode <= high. PERT (Malcolm et al. 1959): a beta on low..high with weight 4 on the mode.
QuidDistribution quid__distribution_triangular(double low, double mode, double high);
QuidDistribution quid__distribution_pert(double low, double mode, double high);
QuidDistribution quid__distribution_beta(double alpha, double beta); // > 0; on 0..1

// The value below which a share u of the probability lies, 0 < u < 1.
double quid__distribution_quantile(const QuidDistribution *distribution, double u);
// The same bits for count values; out may be in.
void quid__distribution_quantile_block(const QuidDistribution *distribution, const double *in,
                                       double *out, uint32_t count);

// The probability of values <= x.
double quid__distribution_cdf(const QuidDistribution *distribution, double x);
// Closed forms; the logit-normal's by quadrature, to 1e-13 relative.
double quid__distribution_mean(const QuidDistribution *distribution);
double quid__distribution_variance(const QuidDistribution *distribution);

#endif
