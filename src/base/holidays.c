// Public holidays by the rules of the laws that make them.
#include "holidays.h"

#include <string.h>

enum { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

static QuidDate day_of(int32_t year, int32_t month, int32_t day)
{
    return quid_date_from_civil((QuidCivil){year, month, day});
}

// The day of the month of its n-th weekday (n from 1).
static int32_t nth_weekday(int32_t year, int32_t month, int32_t weekday, int32_t n)
{
    const int32_t first = quid_date_weekday(day_of(year, month, 1));
    return 1 + (weekday - first + 7) % 7 + 7 * (n - 1);
}

// ---- United States

// The n-th (5: the last) weekday of a month, or its day where weekday is below 0; from year
// `since`.
typedef struct FederalHoliday {
    int32_t month;
    int32_t day;
    int32_t weekday;
    int32_t nth;
    int32_t since;
    const char *name;
} FederalHoliday;

// 5 U.S.C. 6103(a). Veterans Day stood on the fourth Monday of October from 1971 to 1977.
static const FederalHoliday federal_holidays[] = {
    {1, 1, -1, 0, 0, "New Year's Day"},
    {1, 0, MONDAY, 3, 1986, "Birthday of Martin Luther King, Jr."},
    {2, 0, MONDAY, 3, 0, "Washington's Birthday"},
    {5, 0, MONDAY, 5, 0, "Memorial Day"},
    {6, 19, -1, 0, 2021, "Juneteenth National Independence Day"},
    {7, 4, -1, 0, 0, "Independence Day"},
    {9, 0, MONDAY, 1, 0, "Labor Day"},
    {10, 0, MONDAY, 2, 0, "Columbus Day"},
    {11, 11, -1, 0, 1978, "Veterans Day"},
    {11, 0, THURSDAY, 4, 0, "Thanksgiving Day"},
    {12, 25, -1, 0, 0, "Christmas Day"},
};

static bool is_federal_day(const FederalHoliday *holiday, QuidCivil civil)
{
    if (holiday->month != civil.month || civil.year < holiday->since)
        return false;
    if (holiday->weekday < 0)
        return holiday->day == civil.day;
    int32_t day = nth_weekday(civil.year, civil.month, holiday->weekday, holiday->nth);
    if (holiday->nth == 5 && day_of(civil.year, civil.month, day) == QUID_NO_DATE)
        day -= 7;
    return day == civil.day;
}

// The holiday that the law puts on this very day.
static const char *federal_name(QuidDate date)
{
    if (date < QUID_DATE_MIN || date > QUID_DATE_MAX)
        return NULL;
    const QuidCivil civil = quid_date_to_civil(date);
    for (size_t i = 0; i < sizeof federal_holidays / sizeof *federal_holidays; i++) {
        if (is_federal_day(&federal_holidays[i], civil))
            return federal_holidays[i].name;
    }
    if (civil.year >= 1971 && civil.year <= 1977 && civil.month == 10 &&
        civil.day == nth_weekday(civil.year, 10, MONDAY, 4))
        return "Veterans Day";
    return NULL;
}

// Observed on the Friday before a Saturday (5 U.S.C. 6103(b)) and on the Monday after a Sunday
// (Executive Order 11582).
const char *quid__holiday_name_us(QuidDate date)
{
    const char *name = federal_name(date);
    if (name != NULL)
        return name;
    const int32_t weekday = quid_date_weekday(date);
    if (weekday == FRIDAY)
        return federal_name(date + 1);
    return weekday == MONDAY ? federal_name(date - 1) : NULL;
}

// ---- Japan

// Days of the equinoxes in March and September, 1980 to 2099 (the National Astronomical Observatory
// announces them; this is the usual formula for the mean equinox in Japan Standard Time).
static int32_t equinox_day(int32_t year, int32_t month)
{
    // In millionths of a day.
    const int64_t first = month == 3 ? INT64_C(20843100) : INT64_C(23248800);
    const int64_t drift = INT64_C(242194) * (year - 1980);
    return (int32_t)((first + drift) / 1000000) - (year - 1980) / 4;
}

static bool is_marine_day(int32_t year, int32_t month, int32_t day)
{
    if (year == 2020)
        return month == 7 && day == 23; // moved for the Olympic Games, as are the next two
    if (year == 2021)
        return month == 7 && day == 22;
    if (year <= 2002)
        return month == 7 && day == 20;
    return month == 7 && day == nth_weekday(year, 7, MONDAY, 3);
}

static bool is_mountain_day(int32_t year, int32_t month, int32_t day)
{
    if (year == 2020)
        return month == 8 && day == 10;
    if (year == 2021)
        return month == 8 && day == 8;
    return year >= 2016 && month == 8 && day == 11;
}

static bool is_sports_day(int32_t year, int32_t month, int32_t day)
{
    if (year == 2020)
        return month == 7 && day == 24;
    if (year == 2021)
        return month == 7 && day == 23;
    return month == 10 && day == nth_weekday(year, 10, MONDAY, 2);
}

static bool is_emperors_birthday(int32_t year, int32_t month, int32_t day)
{
    if (year <= 2018)
        return month == 12 && day == 23;
    return year >= 2020 && month == 2 && day == 23;
}

// The holidays of spring, whose names changed.
static const char *spring_name(int32_t year, int32_t month, int32_t day)
{
    if (month == 4 && day == 29)
        return year >= 2007 ? "Showa Day" : "Greenery Day";
    if (month != 5)
        return NULL;
    if (year == 2019 && day == 1)
        return "Day of the accession to the throne";
    if (day == 4 && year >= 2007)
        return "Greenery Day";
    if (day == 3)
        return "Constitution Memorial Day";
    return day == 5 ? "Children's Day" : NULL;
}

// A holiday by name (article 2), not one that follows from others.
static const char *national_name(QuidDate date)
{
    if (date < QUID_DATE_MIN || date > QUID_DATE_MAX)
        return NULL;
    const QuidCivil civil = quid_date_to_civil(date);
    const int32_t year = civil.year;
    const int32_t month = civil.month;
    const int32_t day = civil.day;
    if (month == 1 && day == 1)
        return "New Year's Day";
    if (month == 1 && day == nth_weekday(year, 1, MONDAY, 2))
        return "Coming of Age Day";
    if (month == 2 && day == 11)
        return "National Foundation Day";
    if (is_emperors_birthday(year, month, day))
        return "Emperor's Birthday";
    if (month == 3 && day == equinox_day(year, 3))
        return "Vernal Equinox Day";
    if (is_marine_day(year, month, day))
        return "Marine Day";
    if (is_mountain_day(year, month, day))
        return "Mountain Day";
    if (month == 9 && day == (year <= 2002 ? 15 : nth_weekday(year, 9, MONDAY, 3)))
        return "Respect for the Aged Day";
    if (month == 9 && day == equinox_day(year, 9))
        return "Autumnal Equinox Day";
    if (is_sports_day(year, month, day))
        return year >= 2020 ? "Sports Day" : "Health and Sports Day";
    if (year == 2019 && month == 10 && day == 22)
        return "Day of the enthronement ceremony";
    if (month == 11 && day == 3)
        return "Culture Day";
    if (month == 11 && day == 23)
        return "Labor Thanksgiving Day";
    return spring_name(year, month, day);
}

// Article 3(2): where a holiday falls on a Sunday, the next day that is none is free (until 2006:
// the Monday, which is the same unless that is a holiday itself).
static bool is_substitute(QuidDate date)
{
    if (quid_date_weekday(date) == SUNDAY)
        return false;
    const bool is_old = date < day_of(2007, 1, 1);
    for (QuidDate before = date - 1; national_name(before) != NULL; before--) {
        if (quid_date_weekday(before) == SUNDAY)
            return true;
        if (is_old)
            return false;
    }
    return false;
}

const char *quid__holiday_name_jp(QuidDate date)
{
    const char *name = national_name(date);
    if (name != NULL)
        return name;
    if (is_substitute(date))
        return "Substitute holiday";
    // Article 3(3): a day between two holidays.
    if (quid_date_weekday(date) != SUNDAY && national_name(date - 1) != NULL &&
        national_name(date + 1) != NULL)
        return "Citizen's holiday";
    return NULL;
}

// ---- Business days

static bool is_named(QuidString text, const char *name)
{
    return text.size == strlen(name) && memcmp(text.bytes, name, text.size) == 0;
}

bool quid__calendar_add(QuidCalendarSet *set, QuidString name)
{
    if (is_named(name, "US"))
        set->has_us = true;
    else if (is_named(name, "JP"))
        set->has_jp = true;
    else
        return false;
    return true;
}

bool quid__is_business_day_of(QuidCalendarSet set, QuidDate date)
{
    QUID_ASSERT(date >= QUID_DATE_MIN && date <= QUID_DATE_MAX);
    if (quid_date_weekday(date) >= SATURDAY)
        return false;
    if (set.has_us && quid__holiday_name_us(date) != NULL)
        return false;
    return !(set.has_jp && quid__holiday_name_jp(date) != NULL);
}

bool quid__is_business_day(QuidString calendar, QuidDate date)
{
    QuidCalendarSet set = {false, false};
    (void)quid__calendar_add(&set, calendar);
    return quid__is_business_day_of(set, date);
}
