// brief: status, and later solution and forecast, as one answer: as text for a reader with two
// minutes, and as JSON for programs (docs/json.md, docs/schema).
#ifndef QUID_BRIEF_H
#define QUID_BRIEF_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/game.h"
#include "quid/ledger.h"

typedef struct QuidBriefOptions {
    uint32_t width;   // columns of the text form, 60..200; default 100
    bool is_coloured; // ANSI colours in the text form
    bool is_json;
    bool is_whole;   // every information set of a game
    uint32_t cookie; // set by quid_brief_options
} QuidBriefOptions;

QUID_API QuidBriefOptions quid_brief_options(void);

// `quid status`: stages, balance, deadlines, statements.
QUID_API QUID_MUST_USE QuidStatus quid_brief_status(QuidContext *context, const QuidLedger *ledger,
                                                    const QuidDeal *deal,
                                                    const QuidBriefOptions *options,
                                                    QuidOutput output);

// `quid brief`: all that is known, in the order of docs/language.md, "The brief".
QUID_API QUID_MUST_USE QuidStatus quid_brief_write(QuidContext *context, const QuidLedger *ledger,
                                                   const QuidDeal *deal,
                                                   const QuidBriefOptions *options,
                                                   QuidOutput output);

// `quid solve` on an .efg file: the answer at a precision (0: the limit), its certificate, payoffs,
// strategies, what was met on the branch, and other equilibria.
QUID_API QUID_MUST_USE QuidStatus quid_brief_game(QuidContext *context, const QuidGame *game,
                                                  const QuidSolution *solution, double precision,
                                                  const QuidBriefOptions *options,
                                                  QuidOutput output);

// `quid check --json`: the context's diagnostics. is_ok: no errors.
QUID_API QUID_MUST_USE QuidStatus quid_brief_diagnostics(QuidContext *context, QuidOutput output);

#endif
