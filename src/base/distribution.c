// The shapes of uncertain quantities.
#include "distribution.h"

#include "maths.h"

// The 95th percentile of the standard normal.
static double z95(void)
{
    return -quid__normal_quantile(0.05);
}

static bool is_finite(double x)
{
    return fabs(x) < (double)INFINITY;
}

// log(high / low) of positive numbers, to the last digits: near 1, and where the quotient
// overflows.
static double log_quotient(double high, double low)
{
    const double quotient = high / low;
    if (quotient < 1.4)
        return quid__log1p((high - low) / low);
    return is_finite(quotient) ? quid__log(quotient) : quid__log(high) - quid__log(low);
}

// Of positive ends; the square roots apart, or large ends would overflow.
static QuidDistribution lognormal_of_interval(double low, double high, double sign)
{
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_LOGNORMAL,
        .sign = sign,
        .location = low == high ? low : sqrt(low) * sqrt(high),
        .deviation = log_quotient(high, low) / (2.0 * z95()),
    };
}

static double logit(double p)
{
    return quid__log(p) - quid__log1p(-p);
}

QuidDistribution quid__distribution_of_interval(QuidDistributionShape shape, double low,
                                                double high)
{
    QUID_ASSERT(is_finite(low) && is_finite(high) && low <= high);
    if (shape == QUID_DISTRIBUTION_LOGNORMAL) {
        QUID_ASSERT(low > 0.0 || high < 0.0);
        return low > 0.0 ? lognormal_of_interval(low, high, 1.0)
                         : lognormal_of_interval(-high, -low, -1.0);
    }
    if (shape == QUID_DISTRIBUTION_NORMAL)
        return quid__distribution_normal(0.5 * low + 0.5 * high, (0.5 * high - 0.5 * low) / z95());
    QUID_ASSERT(shape == QUID_DISTRIBUTION_LOGIT_NORMAL && low > 0.0 && high < 1.0);
    const double logit_low = logit(low);
    const double logit_high = logit(high);
    return (QuidDistribution){
        .shape = shape,
        .location = 0.5 * (logit_low + logit_high),
        .deviation = 0.5 * (logit_high - logit_low) / z95(),
    };
}

QuidDistribution quid__distribution_uniform(double low, double high)
{
    QUID_ASSERT(is_finite(low) && is_finite(high) && low <= high);
    return (QuidDistribution){.shape = QUID_DISTRIBUTION_UNIFORM, .low = low, .high = high};
}

QuidDistribution quid__distribution_normal(double mean, double deviation)
{
    QUID_ASSERT(is_finite(mean) && is_finite(deviation) && deviation >= 0.0);
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_NORMAL, .location = mean, .deviation = deviation};
}

QuidDistribution quid__distribution_lognormal(double median, double factor)
{
    QUID_ASSERT(is_finite(median) && median != 0.0 && is_finite(factor) && factor >= 1.0);
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_LOGNORMAL,
        .sign = median > 0.0 ? 1.0 : -1.0,
        .location = fabs(median),
        // The 84th percentile is meant as one deviation above, exactly.
        .deviation = quid__log(factor),
    };
}

QuidDistribution quid__distribution_triangular(double low, double mode, double high)
{
    QUID_ASSERT(is_finite(low) && is_finite(high) && low <= mode && mode <= high);
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_TRIANGULAR, .low = low, .mode = mode, .high = high};
}

QuidDistribution quid__distribution_pert(double low, double mode, double high)
{
    QUID_ASSERT(is_finite(low) && is_finite(high) && low <= mode && mode <= high);
    const double width = high > low ? high - low : 1.0;
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_PERT,
        .low = low,
        .mode = mode,
        .high = high,
        .alpha = 1.0 + 4.0 * (mode - low) / width,
        .beta = 1.0 + 4.0 * (high - mode) / width,
    };
}

QuidDistribution quid__distribution_beta(double alpha, double beta)
{
    QUID_ASSERT(is_finite(alpha) && is_finite(beta) && alpha > 0.0 && beta > 0.0);
    return (QuidDistribution){
        .shape = QUID_DISTRIBUTION_BETA, .low = 0.0, .high = 1.0, .alpha = alpha, .beta = beta};
}

static double triangular_quantile(const QuidDistribution *distribution, double u)
{
    const double width = distribution->high - distribution->low;
    const double left = distribution->mode - distribution->low;
    if (u * width < left)
        return distribution->low + sqrt(u * width * left);
    return distribution->high - sqrt((1.0 - u) * width * (width - left));
}

// From a share of the way between the ends.
static double value_between(const QuidDistribution *distribution, double share)
{
    return distribution->low + share * (distribution->high - distribution->low);
}

double quid__distribution_quantile(const QuidDistribution *distribution, double u)
{
    double value = 0.0;
    quid__distribution_quantile_block(distribution, &u, &value, 1);
    return value;
}

#define PIECE_COUNT 256u

// Normal quantiles, replaced by values. Each step is a loop of its own, which compilers vectorise.
static void values_of_lognormals(const QuidDistribution *distribution, double *z, uint32_t count)
{
    const double slope = distribution->sign * distribution->deviation;
    const double median = distribution->sign * distribution->location;
    for (uint32_t i = 0; i < count; i++)
        z[i] *= slope;
    quid__exp_block(z, z, count);
    for (uint32_t i = 0; i < count; i++)
        z[i] *= median;
}

// The logistic as quid__logistic has it: in terms of the tail.
static void values_of_logit_normals(const QuidDistribution *distribution, double *z, uint32_t count)
{
    double exp[PIECE_COUNT];
    for (uint32_t i = 0; i < count; i++) {
        z[i] = distribution->location + distribution->deviation * z[i];
        exp[i] = -fabs(z[i]);
    }
    quid__exp_block(exp, exp, count);
    for (uint32_t i = 0; i < count; i++)
        z[i] = (z[i] < 0.0 ? exp[i] : 1.0) / (1.0 + exp[i]);
}

static void values_of_normals(const QuidDistribution *distribution, double *z, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        z[i] = distribution->location + distribution->deviation * z[i];
}

static void normal_block(const QuidDistribution *distribution, const double *in, double *out,
                         uint32_t count)
{
    for (uint32_t first = 0; first < count; first += PIECE_COUNT) {
        const uint32_t part = count - first < PIECE_COUNT ? count - first : PIECE_COUNT;
        quid__normal_quantile_block(in + first, out + first, part);
        if (distribution->shape == QUID_DISTRIBUTION_LOGNORMAL)
            values_of_lognormals(distribution, out + first, part);
        else if (distribution->shape == QUID_DISTRIBUTION_LOGIT_NORMAL)
            values_of_logit_normals(distribution, out + first, part);
        else
            values_of_normals(distribution, out + first, part);
    }
}

void quid__distribution_quantile_block(const QuidDistribution *distribution, const double *in,
                                       double *out, uint32_t count)
{
    switch (distribution->shape) {
    case QUID_DISTRIBUTION_LOGNORMAL:
    case QUID_DISTRIBUTION_NORMAL:
    case QUID_DISTRIBUTION_LOGIT_NORMAL:
        normal_block(distribution, in, out, count);
        return;
    case QUID_DISTRIBUTION_UNIFORM:
        for (uint32_t i = 0; i < count; i++)
            out[i] = value_between(distribution, in[i]);
        return;
    case QUID_DISTRIBUTION_TRIANGULAR:
        for (uint32_t i = 0; i < count; i++)
            out[i] = triangular_quantile(distribution, in[i]);
        return;
    case QUID_DISTRIBUTION_PERT:
    case QUID_DISTRIBUTION_BETA:
        quid__beta_quantile_block(distribution->alpha, distribution->beta, in, out, count);
        for (uint32_t i = 0; i < count; i++)
            out[i] = value_between(distribution, out[i]);
        return;
    case QUID_DISTRIBUTION_NONE:
        break;
    }
    QUID_ASSERT(distribution->shape != QUID_DISTRIBUTION_NONE);
}

// The share of the normal below `scaled`, its deviation being `deviation`; a step where that is 0.
static double normal_share(double scaled, double deviation)
{
    if (deviation == 0.0)
        return scaled >= 0.0 ? 1.0 : 0.0;
    return quid__normal_cdf(scaled / deviation);
}

static double lognormal_cdf(const QuidDistribution *distribution, double x)
{
    const double size = distribution->sign * x;
    if (!(size > 0.0))
        return distribution->sign > 0.0 ? 0.0 : 1.0;
    const double scaled = quid__log(size / distribution->location);
    return normal_share(distribution->sign * scaled, distribution->deviation);
}

static double logit_normal_cdf(const QuidDistribution *distribution, double x)
{
    if (x <= 0.0)
        return 0.0;
    return x >= 1.0 ? 1.0
                    : normal_share(logit(x) - distribution->location, distribution->deviation);
}

// The share of low..high that lies below x.
static double share_below(const QuidDistribution *distribution, double x)
{
    if (x >= distribution->high)
        return 1.0;
    if (x <= distribution->low)
        return 0.0;
    return (x - distribution->low) / (distribution->high - distribution->low);
}

static double triangular_cdf(const QuidDistribution *distribution, double x)
{
    const double share = share_below(distribution, x);
    if (share == 0.0 || share == 1.0)
        return share;
    const double width = distribution->high - distribution->low;
    if (x < distribution->mode)
        return share * ((x - distribution->low) / (distribution->mode - distribution->low));
    const double above = distribution->high - x;
    return 1.0 - above / width * (above / (distribution->high - distribution->mode));
}

double quid__distribution_cdf(const QuidDistribution *distribution, double x)
{
    if (x != x)
        return x;
    switch (distribution->shape) {
    case QUID_DISTRIBUTION_LOGNORMAL:
        return lognormal_cdf(distribution, x);
    case QUID_DISTRIBUTION_NORMAL:
        return normal_share(x - distribution->location, distribution->deviation);
    case QUID_DISTRIBUTION_LOGIT_NORMAL:
        return logit_normal_cdf(distribution, x);
    case QUID_DISTRIBUTION_UNIFORM:
        return share_below(distribution, x);
    case QUID_DISTRIBUTION_TRIANGULAR:
        return triangular_cdf(distribution, x);
    case QUID_DISTRIBUTION_PERT:
    case QUID_DISTRIBUTION_BETA:
        return quid__beta_cdf(distribution->alpha, distribution->beta,
                              share_below(distribution, x));
    case QUID_DISTRIBUTION_NONE:
        break;
    }
    QUID_ASSERT(distribution->shape != QUID_DISTRIBUTION_NONE);
    return (double)NAN;
}

// E[(logistic(m + s Z) - centre)^power] by the trapezoidal rule over Z, whose error falls
// exponentially in 1 / step (Trefethen and Weideman 2014, theorem 5.1): the integrand is analytic
// up to the logistic's poles at height π / s. With this step that error is below 1e-17, and what
// lies beyond 9 deviations (plus the tilt exp(s z) of a small logistic) is too.
static double logit_normal_moment(double mean, double deviation, double centre, int power)
{
    const double step_max = 19.0 / (deviation * 40.0 + 5.0 / deviation);
    const double step = step_max < 0.4 ? step_max : 0.4;
    const double reach = 9.0 + (deviation < 20.0 ? deviation : 20.0) * power;
    const int32_t count = (int32_t)(reach / step) + 1;
    double sum = 0.0;
    double weights = 0.0;
    for (int32_t i = -count; i <= count; i++) {
        const double z = i * step;
        const double weight = quid__exp(-0.5 * z * z);
        const double distance = quid__logistic(mean + deviation * z) - centre;
        weights += weight;
        sum += weight * (power == 2 ? distance * distance : distance);
    }
    return sum / weights;
}

static double logit_normal_mean(double location, double deviation)
{
    if (deviation == 0.0)
        return quid__logistic(location);
    return logit_normal_moment(location, deviation, 0.0, 1);
}

// The same for a location and its negative; there the shares are small and differ in more digits.
static double logit_normal_variance(double location, double deviation)
{
    if (deviation == 0.0)
        return 0.0;
    const double below = -fabs(location);
    return logit_normal_moment(below, deviation, logit_normal_mean(below, deviation), 2);
}

double quid__distribution_mean(const QuidDistribution *distribution)
{
    const double deviation = distribution->deviation;
    const double low = distribution->low;
    const double width = distribution->high - distribution->low;
    switch (distribution->shape) {
    case QUID_DISTRIBUTION_LOGNORMAL:
        return distribution->sign * distribution->location * quid__exp(0.5 * deviation * deviation);
    case QUID_DISTRIBUTION_NORMAL:
        return distribution->location;
    case QUID_DISTRIBUTION_LOGIT_NORMAL:
        return logit_normal_mean(distribution->location, deviation);
    case QUID_DISTRIBUTION_UNIFORM:
        return low + 0.5 * width;
    case QUID_DISTRIBUTION_TRIANGULAR:
        return low + (width + (distribution->mode - low)) / 3.0;
    case QUID_DISTRIBUTION_PERT:
    case QUID_DISTRIBUTION_BETA:
        return low + width * (distribution->alpha / (distribution->alpha + distribution->beta));
    case QUID_DISTRIBUTION_NONE:
        break;
    }
    QUID_ASSERT(distribution->shape != QUID_DISTRIBUTION_NONE);
    return (double)NAN;
}

static double beta_variance(double alpha, double beta)
{
    const double sum = alpha + beta;
    return alpha / sum * (beta / sum) / (sum + 1.0);
}

double quid__distribution_variance(const QuidDistribution *distribution)
{
    const double deviation = distribution->deviation;
    const double width = distribution->high - distribution->low;
    switch (distribution->shape) {
    case QUID_DISTRIBUTION_LOGNORMAL: {
        const double mean = quid__distribution_mean(distribution);
        return mean * mean * quid__expm1(deviation * deviation);
    }
    case QUID_DISTRIBUTION_NORMAL:
        return deviation * deviation;
    case QUID_DISTRIBUTION_LOGIT_NORMAL:
        return logit_normal_variance(distribution->location, deviation);
    case QUID_DISTRIBUTION_UNIFORM:
        return width * width / 12.0;
    case QUID_DISTRIBUTION_TRIANGULAR: {
        const double left = distribution->mode - distribution->low;
        return (width * width - left * (width - left)) / 18.0;
    }
    case QUID_DISTRIBUTION_PERT:
    case QUID_DISTRIBUTION_BETA:
        return width * width * beta_variance(distribution->alpha, distribution->beta);
    case QUID_DISTRIBUTION_NONE:
        break;
    }
    QUID_ASSERT(distribution->shape != QUID_DISTRIBUTION_NONE);
    return (double)NAN;
}
