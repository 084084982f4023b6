// The gamma function's logarithm and the incomplete beta function.
#include "maths.h"

#include "pairs.h"

#define QUID_WIDTH 1
#include "lanes.h"

#include "kernels.h"

#define HALF_LOG_TWO_PI 0x1.d67f1c864beb5p-1
#define LARGE 10.0 // from here on Stirling's series is exact with eight terms
#define FRACTION_STEP_MAX 1e5
#define QUANTILE_STEP_MAX 200

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
    if (x == 1.0 || x == 2.0)
        return 0.0;
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

// log(1 + u) - u, ratio = 1 + u; without cancellation near 0: -s (u - R(s^2)), s = u / (2 + u).
static double log_less_excess(double ratio, double u)
{
    if (u < -0.29 || u > 0.41)
        return quid__log(ratio) - u;
    const double s = u / (2.0 + u);
    return -s * (u - log_polynomial_1(s * s));
}

// What the functions below need of a and b, once for many x.
typedef struct BetaShape {
    double a;
    double b;
    bool is_large;   // a and b >= LARGE
    double log_rest; // large: Stirling's rests, of the sum less of the parts
    double scale;    // large: sqrt(a b / (2 π (a + b)))
    double log_beta; // else log B(a, b)
} BetaShape;

// log B(a, b) where not both are large. Where one is, its gamma functions are large and cancel:
// their quotient by Stirling's formula.
static double log_beta(double a, double b)
{
    if (a > b)
        return log_beta(b, a);
    if (b < LARGE)
        return quid__log_gamma(a) + quid__log_gamma(b) - quid__log_gamma(a + b);
    const double quotient_log = (b - 0.5) * quid__log1p(a / b) + a * (quid__log(a + b) - 1.0) +
                                (stirling_rest(a + b) - stirling_rest(b));
    return quid__log_gamma(a) - quotient_log;
}

static BetaShape beta_shape(double a, double b)
{
    QUID_ASSERT(a > 0.0 && b > 0.0);
    BetaShape shape = {.a = a, .b = b, .is_large = a >= LARGE && b >= LARGE};
    if (shape.is_large) {
        shape.log_rest = stirling_rest(a + b) - stirling_rest(a) - stirling_rest(b);
        shape.scale = sqrt(a / (a + b) * b / 0x1.921fb54442d18p+2);
    } else {
        shape.log_beta = log_beta(a, b);
    }
    return shape;
}

static BetaShape swapped(const BetaShape *shape)
{
    BetaShape other = *shape;
    other.a = shape->b;
    other.b = shape->a;
    return other;
}

// x^a (1 - x)^b / B(a, b), y = 1 - x. For large a and b the powers and B are large and cancel:
// there, by the distance from the mean (DiDonato and Morris 1992, section 4).
static double beta_power(const BetaShape *shape, double x, double y)
{
    const double a = shape->a;
    const double b = shape->b;
    if (!shape->is_large) {
        // The power of the smaller of x and y by pow, since its logarithm is large.
        const double powers = x < 0.5 ? quid__pow(x, a) * quid__exp(b * quid__log1p(-x))
                                      : quid__exp(a * quid__log1p(-y)) * quid__pow(y, b);
        return powers * quid__exp(-shape->log_beta);
    }
    const QuidPair n = quid__two_sum(a, b);
    const QuidPair mean = quid__two_product(n.high, x);
    const double distance = (mean.high - a) + (mean.low + n.low * x); // n x - a
    const double exponent = a * log_less_excess(n.high / a * x, distance / a) +
                            b * log_less_excess(n.high / b * y, -distance / b);
    return shape->scale * quid__exp(exponent + shape->log_rest);
}

// A denominator that Lentz's algorithm may divide by.
static double away_from_zero(double x)
{
    return fabs(x) < 0x1p-1000 ? 0x1p-1000 : x;
}

// The continued fraction of I_x(a, b) a / power (DLMF 8.17.22), evaluated forwards (Lentz's
// algorithm in Thompson and Barnett's form). Converges fast below the mean, in some sqrt(max(a, b))
// steps.
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0;
    double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    double value = d;
    for (double m = 1.0; m < FRACTION_STEP_MAX; m += 1.0) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        value *= d * c;
        if (fabs(d * c - 1.0) < 0x1p-52)
            break;
    }
    return value;
}

// I_x(a, b) from x^a y^b / B(a, b), 0 < x < 1.
static double beta_share(const BetaShape *shape, double x, double y, double power)
{
    const double a = shape->a;
    const double b = shape->b;
    if (x < (a + 1.0) / (a + b + 2.0))
        return power * beta_fraction(a, b, x) / a;
    return 1.0 - power * beta_fraction(b, a, y) / b;
}

double quid__beta_cdf(double a, double b, double x)
{
    const BetaShape shape = beta_shape(a, b);
    if (x != x)
        return x;
    if (x <= 0.0)
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    return beta_share(&shape, x, 1.0 - x, beta_power(&shape, x, 1.0 - x));
}

// Where to begin for p: by the normal distribution (Abramowitz and Stegun 26.5.22), or by the power
// x^a that the lower end looks like.
static double guess_quantile(const BetaShape *shape, double p)
{
    const double a = shape->a;
    const double b = shape->b;
    if (a <= 1.0 || b <= 1.0)
        return quid__exp((quid__log(p * a) + shape->log_beta) / a);
    const double z = -quid__normal_quantile(p);
    const double part_a = 1.0 / (2.0 * a - 1.0);
    const double part_b = 1.0 / (2.0 * b - 1.0);
    const double h = 2.0 / (part_a + part_b);
    const double lambda = (z * z - 3.0) / 6.0;
    const double root = h + lambda > 0.0 ? sqrt(h + lambda) : 0.0;
    const double w = z * root / h - (part_b - part_a) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
    return a / (a + b * quid__exp(2.0 * w));
}

// The x with I_x = p, begun at x: Newton's method for log I over log x, which is a line where the
// lower end is a power; by bisection where it leaves what is known to hold the root. It stops at a
// step after which the error, its square, cannot be seen.
static double find_quantile(const BetaShape *shape, double p, double x)
{
    const double seen = 1e-8 / sqrt(1.0 + shape->a + shape->b);
    double low = 0.0;
    double high = 1.0;
    if (!(x < 1.0))
        x = 0.5;
    if (!(x > 0.0))
        return 0.0; // below the smallest double
    for (int i = 0; i < QUANTILE_STEP_MAX; i++) {
        const double y = 1.0 - x;
        const double power = beta_power(shape, x, y);
        const double share = beta_share(shape, x, y, power);
        if (share > p)
            high = x;
        else
            low = x;
        const double step = -quid__log(share / p) * share * y / power;
        double next = x * quid__exp(step);
        if (fabs(step) < seen * y)
            return next < 1.0 ? next : x;
        if (!(next > low && next < high))
            next = high > 4.0 * low ? sqrt(low) * sqrt(high) : 0.5 * low + 0.5 * high;
        if (low == 0.0 && next == 0.0)
            next = high * 0x1p-64;
        if (next == x || next == low || next == high)
            return next;
        x = next;
    }
    return x;
}

static double shape_quantile(const BetaShape *shape, const BetaShape *other, double p)
{
    if (!(p >= 0.0 && p <= 1.0))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p;
    if (p <= 0.5)
        return find_quantile(shape, p, guess_quantile(shape, p));
    const double rest = find_quantile(other, 1.0 - p, guess_quantile(other, 1.0 - p));
    // Where x is small its digits were lost in 1 - rest: a step or two bring them.
    return rest < 0.5 ? 1.0 - rest : find_quantile(shape, p, 1.0 - rest);
}

double quid__beta_quantile(double a, double b, double p)
{
    const BetaShape shape = beta_shape(a, b);
    const BetaShape other = swapped(&shape);
    return shape_quantile(&shape, &other, p);
}

void quid__beta_quantile_block(double a, double b, const double *in, double *out, uint32_t count)
{
    const BetaShape shape = beta_shape(a, b);
    const BetaShape other = swapped(&shape);
    for (uint32_t i = 0; i < count; i++)
        out[i] = shape_quantile(&shape, &other, in[i]);
}
