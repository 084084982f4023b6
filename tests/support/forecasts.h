// Deals for tests of forecasts: a head with a dated start, to which a test adds its own clauses.
#ifndef QUID_FORECASTS_H
#define QUID_FORECASTS_H

#include "pipeline.h"

#include <stdio.h>

static const char *const head = "deal \"D\"\n"
                                "  currency USD\n"
                                "  horizon 2027-12-31\n"
                                "party A\n"
                                "party B\n"
                                "pledge base \"a dated start\"\n"
                                "  from A to B\n"
                                "  amount 100 USD\n"
                                "  made 2026-01-01\n";

static inline Pipeline pipeline_of(const char *clauses, const char *as_of)
{
    static char text[8192];
    (void)snprintf(text, sizeof text, "%s%s", head, clauses);
    Pipeline run = pipeline_of_text(text, as_of);
    if (run.status != QUID_OK) {
        const QuidDiagnosticList list = quid_context_diagnostics(run.context);
        for (uint32_t i = 0; i < list.count; i++)
            print_message("%.*s\n", (int)list.items[i].message.size, list.items[i].message.bytes);
    }
    assert_int_equal(run.status, QUID_OK);
    return run;
}

static inline QuidForecast *forecast_of(const Pipeline *run, const QuidForecastOptions *options)
{
    QuidForecast *forecast = NULL;
    assert_int_equal(quid_forecast_run(run->context, run->deal, run->ledger, options, &forecast),
                     QUID_OK);
    return forecast;
}

#endif
