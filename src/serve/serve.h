// serve: deals as pages over HTTP, on this machine alone unless told otherwise.
#ifndef QUID_SERVE_SERVE_H
#define QUID_SERVE_SERVE_H

#include "options.h"

// Serves until a signal ends it. Returns the exit code.
int serve(const Options *options);

#endif
