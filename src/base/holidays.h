// Business days: Monday to Friday less the public holidays of a country. Holidays follow from the
// laws' rules, as of 2026: a later law can change the years after it.
//
// US: federal holidays (5 U.S.C. 6103) and the days on which they are observed; Inauguration Day is
// none. Valid from 1971 (the Uniform Monday Holiday Act) on; Martin Luther King's birthday from
// 1986, Juneteenth from 2021. JP: national holidays (Act on National Holidays, Act 178 of 1948),
// valid from 2000 (the first year of Happy Mondays) to 2099 (the end of the equinox formula).
#ifndef QUID_HOLIDAYS_H
#define QUID_HOLIDAYS_H

#include "base_internal.h"

// Calendars a date is checked against; each counts once however often it is named.
typedef struct QuidCalendarSet {
    bool has_us;
    bool has_jp;
} QuidCalendarSet;

// Adds a calendar by its name ("US", "JP"). false: there is none of that name.
bool quid__calendar_add(QuidCalendarSet *set, QuidString name);

// calendar: "US", "JP", or empty (or any other text): Monday to Friday.
bool quid__is_business_day(QuidString calendar, QuidDate date);
// A business day of every calendar of the set; of the empty set: Monday to Friday.
bool quid__is_business_day_of(QuidCalendarSet set, QuidDate date);

// The holiday's name in English, static; NULL where the date is none. Weekends have no name unless
// a holiday falls on them.
const char *quid__holiday_name_us(QuidDate date);
const char *quid__holiday_name_jp(QuidDate date);

#endif
