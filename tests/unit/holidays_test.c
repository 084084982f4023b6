// Base: business days, against the lists that the United States Office of Personnel Management and
// the Cabinet Office of Japan published.
#include "draws.h"
#include "holidays.h"

static QuidString text_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

static QuidDate day(int32_t year, int32_t month, int32_t number)
{
    return quid_date_from_civil((QuidCivil){year, month, number});
}

// Holidays of a year as month * 100 + day, ascending, 0 at the end.
typedef struct Year {
    int32_t year;
    int16_t days[26];
} Year;

// As observed, so without those that fall on weekends.
static const Year years_us[] = {
    {2021, {101, 118, 215, 531, 618, 705, 906, 1011, 1111, 1125, 1224, 1231}},
    {2022, {117, 221, 530, 620, 704, 905, 1010, 1111, 1124, 1226}},
    {2023, {102, 116, 220, 529, 619, 704, 904, 1009, 1110, 1123, 1225}},
    {2024, {101, 115, 219, 527, 619, 704, 902, 1014, 1111, 1128, 1225}},
    {2025, {101, 120, 217, 526, 619, 704, 901, 1013, 1111, 1127, 1225}},
    {2026, {101, 119, 216, 525, 619, 703, 907, 1012, 1111, 1126, 1225}},
    {2027, {101, 118, 215, 531, 618, 705, 906, 1011, 1111, 1125, 1224, 1231}},
};

// All, weekends too.
static const Year years_jp[] = {
    {2015,
     {101, 112, 211, 321, 429, 503, 504, 505, 506, 720, 921, 922, 923, 1012, 1103, 1123, 1223}},
    {2018, {101, 108, 211, 212, 321, 429,  430,  503,  504,  505,
            716, 811, 917, 923, 924, 1008, 1103, 1123, 1223, 1224}},
    {2019, {101, 114, 211, 321, 429, 430, 501,  502,  503,  504,  505,
            506, 715, 811, 812, 916, 923, 1014, 1022, 1103, 1104, 1123}},
    {2020,
     {101, 113, 211, 223, 224, 320, 429, 503, 504, 505, 506, 723, 724, 810, 921, 922, 1103, 1123}},
    {2021, {101, 111, 211, 223, 320, 429, 503, 504, 505, 722, 723, 808, 809, 920, 923, 1103, 1123}},
    {2022, {101, 110, 211, 223, 321, 429, 503, 504, 505, 718, 811, 919, 923, 1010, 1103, 1123}},
    {2023,
     {101, 102, 109, 211, 223, 321, 429, 503, 504, 505, 717, 811, 918, 923, 1009, 1103, 1123}},
    {2024, {101, 108, 211, 212, 223, 320, 429,  503,  504,  505, 506,
            715, 811, 812, 916, 922, 923, 1014, 1103, 1104, 1123}},
    {2025,
     {101, 113, 211, 223, 224, 320, 429, 503, 504, 505, 506, 721, 811, 915, 923, 1013, 1103, 1123,
      1124}},
    {2026,
     {101, 112, 211, 223, 320, 429, 503, 504, 505, 506, 720, 811, 921, 922, 923, 1012, 1103, 1123}},
    {2027,
     {101, 111, 211, 223, 321, 322, 429, 503, 504, 505, 719, 811, 920, 923, 1011, 1103, 1123}},
};

static void check_year(const Year *expected, bool is_us)
{
    uint32_t place = 0;
    for (QuidDate date = day(expected->year, 1, 1); date <= day(expected->year, 12, 31); date++) {
        const QuidCivil civil = quid_date_to_civil(date);
        const bool is_listed = expected->days[place] == civil.month * 100 + civil.day;
        place += is_listed ? 1 : 0;
        const bool is_weekend = quid_date_weekday(date) >= 5;
        if (is_us && is_weekend)
            continue;
        const char *name = is_us ? quid__holiday_name_us(date) : quid__holiday_name_jp(date);
        if ((name != NULL) != is_listed)
            fail_msg("%d-%d-%d: %s", civil.year, civil.month, civil.day, name == NULL ? "-" : name);
        assert_int_equal(quid__is_business_day(text_of(is_us ? "US" : "JP"), date),
                         !is_weekend && !is_listed);
    }
    assert_int_equal(expected->days[place], 0);
}

static void holidays_are_those_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof years_us / sizeof *years_us; i++)
        check_year(&years_us[i], true);
    for (size_t i = 0; i < sizeof years_jp / sizeof *years_jp; i++)
        check_year(&years_jp[i], false);
}

static void holidays_have_their_names(void **state)
{
    (void)state;
    assert_string_equal(quid__holiday_name_us(day(2026, 7, 3)), "Independence Day");
    assert_string_equal(quid__holiday_name_us(day(2026, 7, 4)), "Independence Day");
    assert_null(quid__holiday_name_us(day(2020, 6, 19))); // not yet
    assert_null(quid__holiday_name_us(day(2025, 1, 21))); // Inauguration was on the 20th, a holiday
    assert_null(quid__holiday_name_us(day(2021, 1, 20))); // Inauguration Day is none
    assert_null(quid__holiday_name_us(day(1985, 1, 21)));
    assert_string_equal(quid__holiday_name_us(day(1975, 10, 27)), "Veterans Day");
    assert_string_equal(quid__holiday_name_jp(day(2026, 9, 22)), "Citizen's holiday");
    assert_string_equal(quid__holiday_name_jp(day(2024, 11, 4)), "Substitute holiday");
    assert_string_equal(quid__holiday_name_jp(day(2006, 4, 29)), "Greenery Day");
    assert_string_equal(quid__holiday_name_jp(day(2006, 5, 4)), "Citizen's holiday");
    // Equinoxes announced or computed for years further away.
    static const int32_t equinoxes[][3] = {{2000, 20, 23}, {2012, 20, 22}, {2030, 20, 23},
                                           {2044, 20, 22}, {2096, 19, 22}, {2099, 20, 23}};
    for (size_t i = 0; i < sizeof equinoxes / sizeof *equinoxes; i++) {
        assert_non_null(quid__holiday_name_jp(day(equinoxes[i][0], 3, equinoxes[i][1])));
        assert_string_equal(quid__holiday_name_jp(day(equinoxes[i][0], 3, equinoxes[i][1])),
                            "Vernal Equinox Day");
        assert_string_equal(quid__holiday_name_jp(day(equinoxes[i][0], 9, equinoxes[i][2])),
                            "Autumnal Equinox Day");
    }
}

static void business_days_add_up(void **state)
{
    (void)state;
    QuidCalendarSet none = {false, false};
    QuidCalendarSet us = {false, false};
    QuidCalendarSet both = {false, false};
    assert_true(quid__calendar_add(&us, text_of("US")));
    assert_true(quid__calendar_add(&both, text_of("US")) &&
                quid__calendar_add(&both, text_of("JP")));
    assert_false(quid__calendar_add(&none, text_of("FR")) ||
                 quid__calendar_add(&none, text_of("")));
    // 2026-02-11 is a holiday in Japan, 2026-02-16 in the United States.
    assert_true(quid__is_business_day_of(none, day(2026, 2, 11)));
    assert_true(quid__is_business_day_of(us, day(2026, 2, 11)));
    assert_false(quid__is_business_day_of(both, day(2026, 2, 11)));
    assert_true(quid__is_business_day_of(none, day(2026, 2, 16)));
    assert_false(quid__is_business_day_of(us, day(2026, 2, 16)));
    assert_false(quid__is_business_day_of(both, day(2026, 2, 16)));
    assert_false(quid__is_business_day_of(none, day(2026, 2, 14))); // Saturday
    int32_t count = 0;
    for (QuidDate date = day(2026, 1, 2); date <= day(2026, 12, 31); date++)
        count += quid__is_business_day_of(none, date) ? 1 : 0;
    assert_int_equal(count, 260);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holidays_are_those_published),
        cmocka_unit_test(holidays_have_their_names),
        cmocka_unit_test(business_days_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
