// Base: dates, exact numbers, currencies, names of diagnostics.
#include "pipeline.h"

#include <math.h>
#include <stdio.h>

static void dates_go_there_and_back(void **state)
{
    (void)state;
    QuidDate expected = QUID_DATE_MIN;
    for (int32_t year = 1; year <= 9999; year++) {
        for (int32_t month = 1; month <= 12; month++) {
            for (int32_t number = 1; number <= 31; number++) {
                const QuidDate date = quid_date_from_civil((QuidCivil){year, month, number});
                if (date == QUID_NO_DATE)
                    continue;
                assert_int_equal(date, expected++);
                const QuidCivil civil = quid_date_to_civil(date);
                assert_true(civil.year == year && civil.month == month && civil.day == number);
            }
        }
    }
    assert_int_equal(expected, QUID_DATE_MAX + 1);
    assert_int_equal(quid_date_weekday(day("2026-02-11")), 2);
    QuidDateRange range;
    assert_true(quid_date_parse(string_of("2024-02"), &range));
    assert_int_equal(range.last - range.first, 28);
    assert_false(quid_date_parse(string_of("2023-02-29"), &range));
    assert_false(quid_date_parse(string_of("2026-2-1"), &range));
}

static uint64_t next_random(uint64_t *seed)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void doubles_read_back_as_they_were(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = next_random(&seed);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        char text[32];
        const size_t size = quid_double_text(value, text);
        assert_int_equal(size, strlen(text));
        const double back = strtod(text, NULL);
        assert_memory_equal(&back, &value, sizeof value);
    }
    char text[32];
    (void)quid_double_text(0.006452, text);
    assert_string_equal(text, "0.006452");
    (void)quid_double_text(0.1 + 0.2, text);
    assert_string_equal(text, "0.30000000000000004");
    (void)quid_double_text(5e-324, text);
    assert_string_equal(text, "5e-324");
    (void)quid_double_text(1e21, text);
    assert_string_equal(text, "1e+21");
    (void)quid_double_text(-123456.5, text);
    assert_string_equal(text, "-123456.5");
}

// A number's digits without the zeros around them.
static void significant_digits(const char *number, char digits[32])
{
    size_t count = 0;
    for (const char *at = number; *at != '\0' && *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9' && (count > 0 || *at != '0'))
            digits[count++] = *at;
    }
    while (count > 0 && digits[count - 1] == '0')
        count -= 1;
    digits[count] = '\0';
}

static void doubles_have_the_fewest_digits(void **state)
{
    (void)state;
    const double divisors[] = {1, 3, 8, 100, 1e4, 1e5, 65536, 1e9, 7e-9, 1e-13};
    uint64_t seed = 7;
    for (int i = 0; i < 100000; i++) {
        const double value = (double)(next_random(&seed) % 100001) / divisors[i % 10];
        char text[32];
        char digits[32];
        char by_libc[32];
        char wanted[32];
        (void)quid_double_text(value, text);
        significant_digits(text, digits);
        int precision = 15;
        do
            (void)snprintf(by_libc, sizeof by_libc, "%.*e", precision++ - 1, value);
        while (strtod(by_libc, NULL) != value);
        significant_digits(by_libc, wanted);
        assert_string_equal(digits, wanted);
    }
}

static void decimals_round_like_strtod(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 20000; i++) {
        const int64_t mantissa = (int64_t)(next_random(&seed) >> (1 + next_random(&seed) % 60));
        const int32_t exponent = (int32_t)(next_random(&seed) % 640) - 330;
        char text[64];
        (void)snprintf(text, sizeof text, "%llde%d", (long long)mantissa, exponent);
        const double expected = strtod(text, NULL);
        const double found = quid_decimal_to_double((QuidDecimal){mantissa, exponent});
        assert_memory_equal(&found, &expected, sizeof found);
    }
}

static void amounts_are_exact_or_refused(void **state)
{
    (void)state;
    int64_t minor = 7;
    bool is_too_fine = true;
    assert_true(quid_decimal_to_minor((QuidDecimal){333, 8}, 2, &minor, &is_too_fine)); // 33.3 bn
    assert_int_equal(minor, INT64_C(3330000000000));
    assert_false(quid_decimal_to_minor((QuidDecimal){1, -3}, 2, &minor, &is_too_fine));
    assert_true(is_too_fine);
    assert_false(quid_decimal_to_minor((QuidDecimal){INT64_MAX, 1}, 2, &minor, &is_too_fine));
    assert_false(is_too_fine);
    assert_false(quid_minor_add(INT64_MAX, 1, &minor));
    assert_false(quid_minor_subtract(INT64_MIN, 1, &minor));
    char text[QUID_MINOR_TEXT_SIZE];
    (void)quid_minor_text(INT64_MIN, 2, text);
    assert_string_equal(text, "-92233720368547758.08");
    (void)quid_minor_text(5, 2, text);
    assert_string_equal(text, "0.05");
}

static void currencies_have_their_digits(void **state)
{
    (void)state;
    assert_int_equal(quid_currency_digits(string_of("USD")), 2);
    assert_int_equal(quid_currency_digits(string_of("JPY")), 0);
    assert_int_equal(quid_currency_digits(string_of("KWD")), 3);
    assert_int_equal(quid_currency_digits(string_of("CLF")), 4);
    assert_int_equal(quid_currency_digits(string_of("XQX")), -1);
    assert_int_equal(quid_currency_digits(string_of("usd")), -1);
}

static void every_code_has_its_text(void **state)
{
    (void)state;
    for (QuidCode code = 1; code < QUID_CODE_COUNT; code++) {
        assert_int_equal(strlen(quid_code_text(code)), 5);
        assert_true(strlen(quid_code_title(code)) > 5);
        for (QuidCode other = 1; other < code; other++)
            assert_string_not_equal(quid_code_text(code), quid_code_text(other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_go_there_and_back),
        cmocka_unit_test(doubles_read_back_as_they_were),
        cmocka_unit_test(doubles_have_the_fewest_digits),
        cmocka_unit_test(decimals_round_like_strtod),
        cmocka_unit_test(amounts_are_exact_or_refused),
        cmocka_unit_test(currencies_have_their_digits),
        cmocka_unit_test(every_code_has_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
