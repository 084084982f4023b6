// The gamma function's logarithm and the incomplete beta function.
#include "maths.h"

#include "pairs.h"

#define QUID_WIDTH 1
#include "lanes.h"

#include "kernels.h"

#define HALF_LOG_TWO_PI 0x1.d67f1c864beb5p-1
#define LARGE 10.0 // from here on Stirling's series is exact with eight terms

static double quotient(const double *over, const double *under, int degree, double x)
{
    double above = over[degree];
    double below = under[degree];
    for (int i = degree - 1; i >= 0; i--) {
        above = above * x + over[i];
        below = below * x + under[i];
    }
    return above / below;
}

// log Γ(x) for x in [0.5, 2]: 3e-18 by a rational function of our own (Remez exchange), which
// leaves the zeros at 1 and 2 in front.
static double log_gamma_low(double x)
{
    static const double over[9] = {
        0x1.66cf254c0597cp+1,  0x1.059558c50ae62p+7,  0x1.44d004ded5cebp+10,
        0x1.0dddbce6e908dp+12, 0x1.5b7b2c7ba5cb8p+12, 0x1.5f0b4f2013377p+11,
        0x1.fe0dd6b90255cp+8,  0x1.8ffd36fd8bca8p+4,  0x1.385fee19d5cafp-4,
    };
    static const double under[9] = {
        1.0,
        0x1.2edd1603c1c6cp+6,
        0x1.111131f448e97p+10,
        0x1.40995cab3d985p+12,
        0x1.26715e31c57f4p+13,
        0x1.c0e53d6349afdp+12,
        0x1.168397438c7e8p+11,
        0x1.f20d959b34417p+7,
        0x1.bf140c37794d1p+2,
    };
    return (x - 1.0) * (x - 2.0) * quotient(over, under, 8, x);
}

// log Γ(2 + s) for s in [0, 1]: 3e-20.
static double log_gamma_middle(double s)
{
    static const double over[7] = {
        0x1.b0ee6072093cep-2, 0x1.d297fb5f26c56p-1, 0x1.5fefef04aa196p-1,  0x1.dc93f30212649p-3,
        0x1.2767f0d0b6915p-5, 0x1.2557ca9675defp-9, 0x1.2c6b1086ba119p-15,
    };
    static const double under[7] = {
        1.0,
        0x1.648db91b2cfb5p+0,
        0x1.7216ead73ef69p-1,
        0x1.60d9911bc60fep-3,
        0x1.327151410957dp-6,
        0x1.99a9248544b86p-11,
        0x1.eea8a6fcfa1dap-18,
    };
    return s * quotient(over, under, 6, s);
}

// log Γ(x) - ((x - 1/2) log x - x + log(2 π)/2) for x >= LARGE (Abramowitz and Stegun 6.1.40).
static double stirling_rest(double x)
{
    static const double series[8] = {
        1.0 / 12.0,   -1.0 / 360.0,      1.0 / 1260.0, -1.0 / 1680.0,
        1.0 / 1188.0, -691.0 / 360360.0, 1.0 / 156.0,  -3617.0 / 122400.0,
    };
    const double y = 1.0 / (x * x);
    double sum = series[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * y + series[i];
    return sum / x;
}

double quid__log_gamma(double x)
{
    if (!(x > 0.0))
        return x == 0.0 ? (double)INFINITY : (double)NAN;
    if (x < 0.5)
        return quid__log_gamma(1.0 + x) - quid__log(x);
    if (x < 2.0)
        return log_gamma_low(x);
    if (x >= LARGE) {
        if (x > 0x1.7p1014) // the largest double lies near log Γ(2.56e305)
            return (double)INFINITY;
        return (x - 0.5) * (quid__log(x) - 1.0) + (HALF_LOG_TWO_PI - 0.5 + stirling_rest(x));
    }
    double product = 1.0;
    while (x >= 3.0) {
        x -= 1.0;
        product *= x;
    }
    return log_gamma_middle(x - 2.0) + quid__log(product);
}

// log(1 + u) - u, without cancellation near 0: -s (u - R(s^2)), s = u / (2 + u).
static double log1p_less_u(double u)
{
    if (u < -0.29 || u > 0.41)
        return quid__log1p(u) - u;
    const double s = u / (2.0 + u);
    return -s * (u - log_polynomial_1(s * s));
}

// x^a (1 - x)^b / B(a, b), y = 1 - x. For large a and b the powers and B are large and cancel:
// there, by the distance from the mean (DiDonato and Morris 1992, section 4).
static double beta_power(double a, double b, double x, double y)
{
    if (a < LARGE || b < LARGE) {
        const double log_beta_inverse =
            quid__log_gamma(a + b) - quid__log_gamma(a) - quid__log_gamma(b);
        const double log_y = x < 0.5 ? quid__log1p(-x) : quid__log(y);
        return quid__exp(a * quid__log(x) + b * log_y + log_beta_inverse);
    }
    const QuidPair n = quid__two_sum(a, b);
    const QuidPair mean = quid__two_product(n.high, x);
    const double distance = (mean.high - a) + (mean.low + n.low * x); // n x - a
    const double exponent = a * log1p_less_u(distance / a) + b * log1p_less_u(-distance / b) +
                            (stirling_rest(n.high) - stirling_rest(a) - stirling_rest(b));
    return sqrt(a * b / (n.high * 0x1.921fb54442d18p+2)) * quid__exp(exponent);
}

// I_x(a, b) for x below the mean, by its continued fraction (DLMF 8.17.22), evaluated forwards
// (Lentz's algorithm in Thompson and Barnett's form).
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 0x1p-1000;
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (double m = 1.0; m < 1e6; m += 1.0) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 + even * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + even / c;
        c = fabs(c) < tiny ? tiny : c;
        value *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 + odd * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + odd / c;
        c = fabs(c) < tiny ? tiny : c;
        const double factor = d * c;
        value *= factor;
        if (fabs(factor - 1.0) < 0x1p-53)
            break;
    }
    return value;
}

double quid__beta_cdf(double a, double b, double x)
{
    QUID_ASSERT(a > 0.0 && b > 0.0);
    if (x != x)
        return x;
    if (x <= 0.0)
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    const double y = 1.0 - x;
    const double power = beta_power(a, b, x, y);
    if (x < (a + 1.0) / (a + b + 2.0))
        return power * beta_fraction(a, b, x) / a;
    return 1.0 - power * beta_fraction(b, a, y) / b;
}

double quid__beta_quantile(double a, double b, double p)
{
    QUID_ASSERT(a > 0.0 && b > 0.0);
    if (!(p >= 0.0 && p <= 1.0))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p;
    double low = 0.0;
    double high = 1.0;
    double x = a / (a + b);
    for (int i = 0; i < 200 && low < high; i++) {
        const double excess = quid__beta_cdf(a, b, x) - p;
        if (excess > 0.0)
            high = x;
        else
            low = x;
        const double density = beta_power(a, b, x, 1.0 - x) / (x * (1.0 - x));
        double next = x - excess / density;
        if (!(next > low && next < high))
            next = low > 0.0 && high > 4.0 * low ? sqrt(low * high) : 0.5 * (low + high);
        if (fabs(next - x) <= 0x1p-52 * x)
            return next;
        x = next;
    }
    return x;
}
