// web: what a page needs to know of a deal beside its answers: what can be changed, between which
// ends, and where everything stands in the text (docs/page.md).
#ifndef QUID_WEB_MODEL_H
#define QUID_WEB_MODEL_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/ledger.h"

// JSON. OK, NO_MEMORY, IO.
QUID_MUST_USE QuidStatus quid_web_model(QuidContext *context, const QuidDeal *deal,
                                        const QuidLedger *ledger, QuidOutput output);

#endif
