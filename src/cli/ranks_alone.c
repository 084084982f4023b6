// Without MPI every process is alone.
#include "ranks.h"

bool join_ranks(void)
{
    return false;
}

int leave_ranks(int code)
{
    return code;
}

bool is_first_rank(void)
{
    return true;
}

QuidStatus sweep_among_ranks(Run *run, const QuidVaried *varied, uint32_t varied_count,
                             const QuidOutlookOptions *options, const QuidBriefOptions *how)
{
    return quid_brief_sweep(run->context, run->ledger, run->deal, varied, varied_count, options,
                            (QuidForecastProgress){NULL, NULL}, how, quid_io_output(&run->output));
}

QuidStatus agree_among_ranks(QuidStatus status)
{
    return status;
}

QuidStatus forecast_among_ranks(Run *run, const QuidForecastOptions *options)
{
    return quid_outlook_forecast(run->outlook, options);
}
