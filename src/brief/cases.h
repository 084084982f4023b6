// Answers beside each other: of what-ifs, of inputs at their ends, of two days.
#ifndef QUID_CASES_H
#define QUID_CASES_H

#include "times.h"

// An answer as one number (quid_outlook_answer) in words: "41%", "2028-11-13", "14.5 bn USD".
QuidString quid__brief_number(Brief *brief, uint32_t ask, double number);
// What the number of a question is: of a choice "wait" , the option that is followed; else empty.
QuidString quid__brief_followed(Brief *brief, uint32_t ask, uint32_t option);
// A difference of two such numbers: "+2.1 points", "+45 days", "−3.1 bn USD", with its error, in
// the scale of numbers of that size.
QuidString quid__brief_change(Brief *brief, uint32_t ask, QuidEstimated change, double size);
// The question is answered by the forecast and in time, money or units.
bool quid__ask_is_date(const Brief *brief, uint32_t ask);

// "What would change it": limit rows a question; 0: all.
void quid__brief_tornado(Brief *brief, const QuidSensitivity *sensitivity, uint32_t limit);
void quid__brief_ask_tornado(Brief *brief, const QuidSensitivity *sensitivity, uint32_t ask,
                             uint32_t limit);
void quid__brief_shares(Brief *brief);

QuidStatus quid__explain(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                         uint32_t ask, const QuidBriefOptions *options, QuidOutput output);
QuidStatus quid__compare(QuidContext *context, const QuidBriefSide *from, const QuidBriefSide *to,
                         const QuidEffects *effects, const QuidBriefOptions *options,
                         QuidOutput output);
void quid__brief_track_record(Brief *brief, const QuidBacktest *backtest);
// Cases beside the base, which the brief looks at.
void quid__brief_what_if(Brief *brief, const QuidOutlook *base, const QuidBriefCase *cases,
                         uint32_t count);

#endif
