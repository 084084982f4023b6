// Numbers in and out: exact amounts, and doubles that read back as they were, without the locale.
#include "exact.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool quid_minor_add(int64_t left, int64_t right, int64_t *sum)
{
    int64_t result;
    if (__builtin_add_overflow(left, right, &result))
        return false;
    *sum = result;
    return true;
}

bool quid_minor_subtract(int64_t left, int64_t right, int64_t *difference)
{
    int64_t result;
    if (__builtin_sub_overflow(left, right, &result))
        return false;
    *difference = result;
    return true;
}

bool quid_decimal_to_minor(QuidDecimal decimal, int32_t digits, int64_t *minor, bool *is_too_fine)
{
    *is_too_fine = false;
    int64_t value = decimal.mantissa;
    int64_t exponent = (int64_t)decimal.exponent + digits;
    for (; exponent > 0 && value != 0; exponent--) {
        if (__builtin_mul_overflow(value, INT64_C(10), &value))
            return false;
    }
    for (; exponent < 0 && value != 0; exponent++) {
        if (value % 10 != 0) {
            *is_too_fine = true;
            return false;
        }
        value /= 10;
    }
    *minor = value;
    return true;
}

size_t quid_minor_text(int64_t minor, int32_t digits, char text[QUID_MINOR_TEXT_SIZE])
{
    QUID_ASSERT(digits >= 0 && digits <= 6);
    char reversed[QUID_MINOR_TEXT_SIZE];
    size_t size = 0;
    uint64_t rest = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    for (int32_t position = 0; rest != 0 || position <= digits; position++) {
        if (position == digits && digits > 0)
            reversed[size++] = '.';
        reversed[size++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (minor < 0)
        reversed[size++] = '-';
    for (size_t i = 0; i < size; i++)
        text[i] = reversed[size - 1 - i];
    text[size] = '\0';
    return size;
}

// ---- Decimal to binary, correctly rounded -----------------------------------
//
// Clinger's algorithm R ("How to read floating point numbers accurately", 1990): a first guess,
// then exact comparison with the points halfway to its neighbours until the guess is the nearest.
// Big integers only ever need multiplication by a small number, shifts and comparison.

#define BIG_LIMB_COUNT 64u // 2048 bits: 10^400 times 2^64 and the shifts of a subnormal stay below

typedef struct Big {
    uint32_t limbs[BIG_LIMB_COUNT]; // little end first
    uint32_t count;
} Big;

static void big_set(Big *big, uint64_t value)
{
    memset(big, 0, sizeof *big);
    big->limbs[0] = (uint32_t)value;
    big->limbs[1] = (uint32_t)(value >> 32);
    big->count = value >> 32 != 0 ? 2 : value != 0 ? 1 : 0;
}

static void big_multiply(Big *big, uint32_t factor)
{
    uint64_t carry = 0;
    for (uint32_t i = 0; i < big->count; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        QUID_ASSERT(big->count < BIG_LIMB_COUNT);
        big->limbs[big->count++] = (uint32_t)carry;
    }
}

static void big_scale(Big *big, uint32_t tens, uint32_t twos)
{
    for (; tens >= 9; tens -= 9)
        big_multiply(big, 1000000000u);
    for (; tens > 0; tens--)
        big_multiply(big, 10);
    for (; twos >= 31; twos -= 31)
        big_multiply(big, 1u << 31);
    big_multiply(big, 1u << twos);
}

static int big_compare(const Big *left, const Big *right)
{
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (uint32_t i = left->count; i-- > 0;) {
        if (left->limbs[i] != right->limbs[i])
            return left->limbs[i] < right->limbs[i] ? -1 : 1;
    }
    return 0;
}

// Sign of mantissa * 10^exponent − significand * 2^binary.
static int compare_exactly(uint64_t mantissa, int32_t exponent, uint64_t significand,
                           int32_t binary)
{
    Big decimal;
    Big candidate;
    big_set(&decimal, mantissa);
    big_set(&candidate, significand);
    big_scale(exponent >= 0 ? &decimal : &candidate,
              (uint32_t)(exponent < 0 ? -exponent : exponent), 0);
    big_scale(binary >= 0 ? &candidate : &decimal, 0, (uint32_t)(binary < 0 ? -binary : binary));
    return big_compare(&decimal, &candidate);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// A guess within a few units in the last place.
static double guess(uint64_t mantissa, int32_t exponent)
{
    double value = (double)mantissa;
    for (; exponent >= 22; exponent -= 22)
        value *= 1e22;
    for (; exponent > 0; exponent--)
        value *= 10;
    for (; exponent <= -22; exponent += 22)
        value /= 1e22;
    for (; exponent < 0; exponent++)
        value /= 10;
    return value > 1.7976931348623157e308 ? 1.7976931348623157e308 : value;
}

// mantissa * 10^exponent against the point halfway between the double with these bits and the next.
static int compare_halfway(uint64_t mantissa, int32_t exponent, uint64_t bits)
{
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const int32_t field = (int32_t)(bits >> 52);
    const uint64_t significand = field == 0 ? fraction : fraction | (UINT64_C(1) << 52);
    const int32_t binary = (field == 0 ? 1 : field) - 1075;
    return compare_exactly(mantissa, exponent, significand * 2 + 1, binary - 1);
}

double quid_decimal_to_double(QuidDecimal decimal)
{
    const bool is_negative = decimal.mantissa < 0;
    const uint64_t mantissa =
        is_negative ? 0 - (uint64_t)decimal.mantissa : (uint64_t)decimal.mantissa;
    if (mantissa == 0 || decimal.exponent < -360)
        return 0;
    if (decimal.exponent > 310)
        return is_negative ? -(double)INFINITY : (double)INFINITY;
    double value = (double)mantissa;
    if (mantissa < UINT64_C(1) << 53 && decimal.exponent >= -22 && decimal.exponent <= 22) {
        // Both numbers are exact doubles, so one operation rounds once.
        double power = 1;
        for (int32_t i = decimal.exponent < 0 ? -decimal.exponent : decimal.exponent; i > 0; i--)
            power *= 10;
        value = decimal.exponent < 0 ? value / power : value * power;
        return is_negative ? -value : value;
    }
    uint64_t bits = bits_of(guess(mantissa, decimal.exponent));
    for (;;) {
        const int above = compare_halfway(mantissa, decimal.exponent, bits);
        const bool is_even = (bits & 1) == 0;
        if (above > 0 || (above == 0 && !is_even)) {
            bits += 1;
            if (bits >= UINT64_C(0x7FF) << 52)
                break;
            continue;
        }
        if (bits == 0)
            break;
        const int below = compare_halfway(mantissa, decimal.exponent, bits - 1);
        if (below > 0 || (below == 0 && is_even))
            break;
        bits -= 1;
    }
    value = double_of(bits);
    return is_negative ? -value : value;
}

// d.ddd * 10^exponent, as JSON writes numbers: plain from 1e-5 up to 1e21, else with an exponent.
static size_t lay_out_digits(bool is_negative, const char *digits, size_t count, int32_t exponent,
                             char text[32])
{
    size_t size = 0;
    if (is_negative)
        text[size++] = '-';
    if (exponent < -5 || exponent > 20) {
        text[size++] = digits[0];
        if (count > 1)
            text[size++] = '.';
        for (size_t i = 1; i < count; i++)
            text[size++] = digits[i];
        text[size++] = 'e';
        text[size++] = exponent < 0 ? '-' : '+';
        const int32_t magnitude = exponent < 0 ? -exponent : exponent;
        if (magnitude >= 100)
            text[size++] = (char)('0' + magnitude / 100);
        if (magnitude >= 10)
            text[size++] = (char)('0' + magnitude / 10 % 10);
        text[size++] = (char)('0' + magnitude % 10);
        text[size] = '\0';
        return size;
    }
    const int32_t last = (int32_t)count - 1;
    const int32_t lowest = exponent < last ? exponent - last : 0;
    for (int32_t place = exponent > 0 ? exponent : 0; place >= lowest; place--) {
        if (place == -1)
            text[size++] = '.';
        const int32_t at = exponent - place;
        text[size++] = at >= 0 && at <= last ? digits[at] : '0';
    }
    text[size] = '\0';
    return size;
}

// The digits of value rounded to precision digits, and the exponent of the first. libc rounds %e
// correctly; only its point depends on the locale, and it is passed over.
static void round_digits(double value, int precision, char digits[17], int32_t *exponent)
{
    char written[40];
    (void)snprintf(written, sizeof written, "%.*e", precision - 1, value);
    const char *at = strchr(written, 'e');
    QUID_ASSERT(at != NULL);
    digits[0] = written[0];
    memcpy(digits + 1, at - (precision - 1), (size_t)precision - 1);
    *exponent = 0;
    for (const char *digit = at + 2; *digit != '\0'; digit++)
        *exponent = *exponent * 10 + (*digit - '0');
    *exponent = at[1] == '-' ? -*exponent : *exponent;
}

// Decimals of up to 15 digits, as shares of scenarios and amounts in whole units are, without libc:
// a quotient of two whole numbers that a double holds is rounded once, as reading the text is.
static bool find_short_digits(double magnitude, char digits[17], int32_t *exponent)
{
    if (magnitude >= 1e15 || magnitude < 1e-7)
        return false;
    int32_t places = 0;
    double power = 1;
    while (places < 22 && magnitude * power * 10 < 1e15) {
        power *= 10;
        places += 1;
    }
    uint64_t whole = (uint64_t)(magnitude * power + 0.5);
    if ((double)whole / power != magnitude)
        return false;
    char reversed[17];
    int32_t count = 0;
    for (; whole > 0; whole /= 10)
        reversed[count++] = (char)('0' + whole % 10);
    for (int32_t i = 0; i < 17; i++)
        digits[i] = i < count ? reversed[count - 1 - i] : '0';
    *exponent = count - 1 - places;
    return true;
}

// Rounds 17 digits to fewer. false: they lie in the middle of two, or were rounded to lie there.
static bool shorten_digits(const char full[17], int precision, char digits[17], int32_t *exponent)
{
    bool is_middle = full[precision] == '5';
    for (int i = precision + 1; i < 17; i++)
        is_middle = is_middle && full[i] == '0';
    if (is_middle)
        return false;
    memcpy(digits, full, (size_t)precision);
    int last = precision - 1;
    bool is_up = full[precision] >= '5';
    for (; is_up && last >= 0; last--) {
        is_up = digits[last] == '9';
        digits[last] = is_up ? '0' : (char)(digits[last] + 1);
    }
    if (is_up) {
        digits[0] = '1'; // all were 9, and are 0
        *exponent += 1;
    }
    return true;
}

static bool reads_back(double magnitude, const char digits[17], int precision, int32_t exponent)
{
    int64_t mantissa = 0;
    for (int i = 0; i < precision; i++)
        mantissa = mantissa * 10 + (digits[i] - '0');
    const QuidDecimal decimal = {mantissa, exponent - (precision - 1)};
    return quid_decimal_to_double(decimal) == magnitude;
}

// The fewest digits from 15 on that read back the same; how many.
static int find_digits(double magnitude, char digits[17], int32_t *exponent)
{
    char full[17];
    int32_t full_exponent = 0;
    round_digits(magnitude, 17, full, &full_exponent);
    for (int precision = 15; precision < 17; precision++) {
        *exponent = full_exponent;
        if (!shorten_digits(full, precision, digits, exponent))
            round_digits(magnitude, precision, digits, exponent);
        if (reads_back(magnitude, digits, precision, *exponent))
            return precision;
    }
    memcpy(digits, full, sizeof full);
    *exponent = full_exponent;
    return 17;
}

// Subnormal numbers have fewer digits.
static int find_subnormal_digits(double magnitude, char digits[17], int32_t *exponent)
{
    for (int precision = 1; precision < 17; precision++) {
        round_digits(magnitude, precision, digits, exponent);
        if (reads_back(magnitude, digits, precision, *exponent))
            return precision;
    }
    round_digits(magnitude, 17, digits, exponent);
    return 17;
}

size_t quid_double_text(double value, char text[32])
{
    QUID_ASSERT(value - value == 0.0); // finite
    // A decimal of up to 15 digits survives the way through a double, so where a shorter one than
    // 15 exists, these are its digits and zeros.
    const double magnitude = value < 0 ? -value : value;
    char digits[17];
    int32_t exponent = 0;
    size_t count = 15;
    if (magnitude < 1e-290)
        count = (size_t)find_subnormal_digits(magnitude, digits, &exponent);
    else if (!find_short_digits(magnitude, digits, &exponent))
        count = (size_t)find_digits(magnitude, digits, &exponent);
    while (count > 1 && digits[count - 1] == '0')
        count -= 1;
    return lay_out_digits(value < 0, digits, count, exponent, text);
}
