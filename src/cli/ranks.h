// A sweep or a forecast shared among processes that MPI started (docs/cluster.md). Only a build
// with MPI has more than one.
#ifndef QUID_CLI_RANKS_H
#define QUID_CLI_RANKS_H

#include "run.h"

// Joins the processes that were started together. false: this one is alone.
bool join_ranks(void);
// Leaves them; code: how this process ends. Returns the worst of all codes.
int leave_ranks(int code);
// The first of them prints and reads; the others keep silent.
bool is_first_rank(void);
// The grid's points in turn among all of them, rows in order on the first one's standard output,
// the same bytes as one process writes.
QuidStatus sweep_among_ranks(Run *run, const QuidVaried *varied, uint32_t varied_count,
                             const QuidOutlookOptions *options, const QuidBriefOptions *how);

// What all of them come to together: the worst of their statuses. Where it is not this process's
// own, it says so.
QuidStatus agree_among_ranks(QuidStatus status);
// Each draws its part of the scenarios of the run's outlook; the first puts them together, to the
// same bits as one process. The others' outlooks stay without a forecast.
QuidStatus forecast_among_ranks(Run *run, const QuidForecastOptions *options);

#endif
