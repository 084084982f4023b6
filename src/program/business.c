// Business days, looked up: the day so many business days after another is two table entries away.
// The table reaches some years past the horizon, where every forecast ends. Days before or behind
// it are counted as Monday to Friday: the calendars' rules are not known so far ahead either.
#include "program_internal.h"

#include <string.h>

#define TABLE_DAY_COUNT_MAX 73200u // two hundred years
#define MARGIN_DAY_COUNT 1100u     // past the horizon
#define MONDAY_LONG_AGO (-1400003) // before every date; 1970-01-01 is a Thursday

static bool has_business_days(const QuidDealTables *model)
{
    for (uint32_t i = 1; i < model->term_count; i++) {
        if (model->terms[i].type.is_business)
            return true;
    }
    return false;
}

bool quid__init_business(QuidProgram *program)
{
    const QuidDealTables *model = program->model;
    BusinessDays *business = &program->business;
    for (uint32_t i = 1; i < model->party_count; i++)
        (void)quid__calendar_add(&business->calendars, model->partys[i].calendar);
    if (!has_business_days(model) || model->first_date == QUID_NO_DATE ||
        model->horizon == QUID_NO_DATE || model->horizon < model->first_date)
        return true;
    business->first = model->first_date;
    const uint32_t length = (uint32_t)(model->horizon - model->first_date) + 1 + MARGIN_DAY_COUNT;
    const uint32_t count = length < TABLE_DAY_COUNT_MAX ? length : TABLE_DAY_COUNT_MAX;
    uint32_t *ranks = quid__arena_push(&program->arena, (size_t)count * sizeof(uint32_t));
    QuidDate *days = quid__arena_push(&program->arena, (size_t)count * sizeof(QuidDate));
    if (ranks == NULL || days == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const QuidDate day = business->first + (QuidDate)i;
        if (quid__is_business_day_of(business->calendars, day))
            days[business->business_count++] = day;
        ranks[i] = business->business_count;
    }
    business->ranks = ranks;
    business->days = days;
    business->day_count = count;
    return true;
}

// ---- Beyond the table

// Weekdays up to and with a day, from a Monday long ago.
static int64_t weekdays_through(int64_t day)
{
    const int64_t count = day - MONDAY_LONG_AGO;
    const int64_t rest = count % 7;
    return count / 7 * 5 + (rest < 5 ? rest + 1 : 5);
}

// The day up to and with which there are so many, itself a weekday.
static int64_t weekday_of(int64_t number)
{
    return MONDAY_LONG_AGO + (number - 1) / 5 * 7 + (number - 1) % 5;
}

// ---- Ranks: business days up to and with a day, counted from the table's first day

static int64_t rank_of(const BusinessDays *business, int64_t day)
{
    const int64_t last = business->first + (int64_t)business->day_count - 1;
    if (day < business->first)
        return weekdays_through(day) - weekdays_through(business->first - 1);
    if (day > last)
        return business->business_count + weekdays_through(day) - weekdays_through(last);
    return business->ranks[day - business->first];
}

static int64_t day_of(const BusinessDays *business, int64_t rank)
{
    const int64_t last = business->first + (int64_t)business->day_count - 1;
    if (rank < 1)
        return weekday_of(rank + weekdays_through(business->first - 1));
    if (rank > business->business_count)
        return weekday_of(rank - business->business_count + weekdays_through(last));
    return business->days[rank - 1];
}

double quid__business_after(const BusinessDays *business, double start, double count)
{
    const double whole = floor(count + 0.5);
    const double day = floor(start);
    if (!(whole >= 1))
        return start;
    if (!(day >= QUID_DATE_MIN && day <= QUID_DATE_MAX) || whole > (double)QUID_DATE_MAX)
        return QUID_NEVER;
    const int64_t date = day_of(business, rank_of(business, (int64_t)day) + (int64_t)whole);
    return date > QUID_DATE_MAX ? QUID_NEVER : (double)date + (start - day);
}

double quid__business_between(const BusinessDays *business, double from, double to)
{
    const double first = floor(from);
    const double last = floor(to);
    if (!(first >= QUID_DATE_MIN && last <= QUID_DATE_MAX && first <= last))
        return 0;
    return (double)(rank_of(business, (int64_t)last) - rank_of(business, (int64_t)first));
}
