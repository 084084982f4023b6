// The forecast's part of the brief.
#ifndef QUID_TIMES_H
#define QUID_TIMES_H

#include "moves.h"

// A day with fraction as a date; "never" for infinity.
QuidString quid__brief_day(Brief *brief, double day);
// A span of days: "45 days", "8 months", "2.5 years".
QuidString quid__brief_span(Brief *brief, double days);

void quid__brief_timeline(Brief *brief);
void quid__brief_milestones(Brief *brief);
void quid__brief_amounts(Brief *brief);
void quid__brief_chances(Brief *brief); // of outcomes and choices, by scenario
void quid__brief_method(Brief *brief);  // scenarios, seed

#endif
