// `quid solve` on a game in Gambit's format.
#ifndef QUID_CLI_SOLVE_H
#define QUID_CLI_SOLVE_H

#include "options.h"

bool is_game_file(const char *path);
// Reads, solves and prints. Returns the exit code.
int solve_game(const Options *options);

#endif
