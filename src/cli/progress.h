// Long computations: a line on a terminal, and Ctrl-C.
#ifndef QUID_CLI_PROGRESS_H
#define QUID_CLI_PROGRESS_H

#include "quid.h"

// From here on Ctrl-C stops a computation with what it has; a second one ends the program.
void watch_for_stop(void);
bool was_stopped(void);
// The same from within: every computation, on any thread, ends with what it has.
void stop_computing(void);

// Both draw one line on standard error, where it is a terminal, and only after a second.
QuidProgress solving_progress(void);
// what: static text.
QuidForecastProgress forecasting_progress(const char *what);
// Takes the line away. Before anything else is printed.
void clear_progress(void);

#endif
