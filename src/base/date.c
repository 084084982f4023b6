// The proleptic Gregorian calendar. Day numbers by Howard Hinnant's "chrono-compatible low-level
// date algorithms": eras of 400 years, years that begin in March.
#include "base_internal.h"

static int32_t days_of_month(int32_t year, int32_t month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

QuidDate quid_date_from_civil(QuidCivil civil)
{
    if (civil.year < 1 || civil.year > 9999 || civil.month < 1 || civil.month > 12)
        return QUID_NO_DATE;
    if (civil.day < 1 || civil.day > days_of_month(civil.year, civil.month))
        return QUID_NO_DATE;
    const int32_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
    const int32_t era = year / 400;
    const int32_t year_of_era = year - era * 400;
    const int32_t month_from_march = (civil.month + 9) % 12;
    const int32_t day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
    const int32_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

QuidCivil quid_date_to_civil(QuidDate date)
{
    QUID_ASSERT(date >= QUID_DATE_MIN && date <= QUID_DATE_MAX);
    const int32_t shifted = date + 719468;
    const int32_t era = shifted / 146097;
    const int32_t day_of_era = shifted - era * 146097;
    const int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int32_t month_from_march = (5 * day_of_year + 2) / 153;
    const int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (QuidCivil){year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
                       day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

int32_t quid_date_weekday(QuidDate date)
{
    // 1970-01-01 was a Thursday.
    return (int32_t)((((int64_t)date + 3) % 7 + 7) % 7);
}

void quid_date_text(QuidDate date, char text[11])
{
    const QuidCivil civil = quid_date_to_civil(date);
    const int32_t parts[3] = {civil.year, civil.month, civil.day};
    const int32_t ends[3] = {4, 7, 10};
    for (int32_t part = 0; part < 3; part++) {
        int32_t value = parts[part];
        const int32_t begin = part == 0 ? 0 : ends[part - 1] + 1;
        for (int32_t at = ends[part] - 1; at >= begin; at--) {
            text[at] = (char)('0' + value % 10);
            value /= 10;
        }
        text[ends[part]] = part == 2 ? '\0' : '-';
    }
}

// Reads exactly size digits.
static bool read_digits(const char *bytes, uint32_t size, int32_t *value)
{
    *value = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] < '0' || bytes[i] > '9')
            return false;
        *value = *value * 10 + (bytes[i] - '0');
    }
    return true;
}

bool quid_date_parse(QuidString text, QuidDateRange *range)
{
    QuidCivil civil = {0, 1, 1};
    if (text.size != 4 && text.size != 7 && text.size != 10)
        return false;
    if (!read_digits(text.bytes, 4, &civil.year))
        return false;
    if (text.size >= 7 && (text.bytes[4] != '-' || !read_digits(text.bytes + 5, 2, &civil.month)))
        return false;
    if (text.size == 10 && (text.bytes[7] != '-' || !read_digits(text.bytes + 8, 2, &civil.day)))
        return false;
    const QuidDate first = quid_date_from_civil(civil);
    if (first == QUID_NO_DATE)
        return false;
    if (text.size == 10) {
        *range = (QuidDateRange){first, first};
        return true;
    }
    QuidCivil end = civil;
    if (text.size == 4)
        end.month = 12;
    end.day = days_of_month(end.year, end.month);
    *range = (QuidDateRange){first, quid_date_from_civil(end)};
    return true;
}
