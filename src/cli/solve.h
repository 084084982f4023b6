// `quid solve` on a game in Gambit's format.
#ifndef QUID_CLI_SOLVE_H
#define QUID_CLI_SOLVE_H

#include "options.h"

bool is_game_file(const char *path);
// Reads, solves and prints; on a terminal, with a line of progress. How it went: a status;
// CANCELLED where Ctrl-C ended it (the best answer so far is printed all the same).
QuidStatus solve_game_file(QuidContext *context, const Options *options, bool is_coloured,
                           QuidOutput output);

// The line of progress, and Ctrl-C: for every command that solves.
typedef struct Watched {
    double started; // seconds of the clock
    double shown;
    bool is_terminal;
    bool has_line;
} Watched;

QuidProgress watch_progress(Watched *watched);
void end_progress(Watched *watched);
bool is_interrupted(void);

#endif
