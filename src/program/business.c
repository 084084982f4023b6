// Business days, looked up: the day so many business days after another is two table entries away.
#include "program_internal.h"

#include <string.h>

#define TABLE_DAY_COUNT_MAX 73200u // two hundred years: a longer deal looks up day by day beyond it

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
    const uint32_t length = (uint32_t)(model->horizon - model->first_date) + 1;
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

static bool is_in_table(const BusinessDays *business, double day)
{
    return day >= business->first && day < (double)business->first + business->day_count;
}

double quid__business_after(const BusinessDays *business, double start, double count)
{
    const double whole = floor(count + 0.5);
    const double day = floor(start);
    if (!(whole >= 1))
        return start;
    if (!(day >= QUID_DATE_MIN && day <= QUID_DATE_MAX) || whole > (double)QUID_DATE_MAX)
        return QUID_NEVER;
    if (is_in_table(business, day)) {
        const double rank = business->ranks[(uint32_t)(day - business->first)] + whole;
        if (rank <= business->business_count)
            return business->days[(uint32_t)rank - 1] + (start - day);
    }
    const QuidDate date =
        quid__add_business_days(business->calendars, (QuidDate)day, (int32_t)whole);
    return date == QUID_NO_DATE ? QUID_NEVER : date + (start - day);
}

double quid__business_between(const BusinessDays *business, double from, double to)
{
    const double first = floor(from);
    const double last = floor(to);
    if (!(first >= QUID_DATE_MIN && last <= QUID_DATE_MAX && first <= last))
        return 0;
    if (is_in_table(business, first) && is_in_table(business, last))
        return (double)(business->ranks[(uint32_t)(last - business->first)] -
                        business->ranks[(uint32_t)(first - business->first)]);
    return quid__count_business_days(business->calendars, (QuidDate)first, (QuidDate)last);
}
