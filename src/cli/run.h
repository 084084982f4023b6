// One run over one deal: read it, check it, settle its facts, solve and forecast.
#ifndef QUID_CLI_RUN_H
#define QUID_CLI_RUN_H

#include "io.h"
#include "options.h"

enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_MACHINE = 3 };

typedef struct Run {
    const Options *options;
    const char *path;
    QuidDate as_of;
    QuidContext *context;
    QuidFileId file;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidSetting *settings; // of --what-if, then of --set
    uint32_t setting_count;
    QuidOutlook *outlook;
    QuidSensitivity *sensitivity;
    QuidBacktest *backtest;
    bool is_shared; // the forecast, among processes (ranks.h)
    QuidIoStream output;
} Run;

// false: no memory; said on stderr.
bool open_run(Run *run, const Options *options, const char *path, QuidDate as_of);
void close_run(Run *run);
// What the stages made; the context stays.
void release_run(Run *run);

// The stages, in order. Each does nothing where the one before it did not end in OK.
// load_deal: the bytes of the deal's file alone. read_deal_with: with further files of settings,
// which become the last what-ifs.
QuidStatus load_deal(Run *run);
QuidStatus read_deal_with(Run *run, const QuidFileId *settings, uint32_t count);
QuidStatus read_deal(Run *run);     // parse and check, with the command line's settings
QuidStatus settle_facts(Run *run);  // as of the run's day
QuidStatus look_ahead(Run *run);    // solve the game and forecast
QuidStatus weigh_inputs(Run *run);  // the tornado
QuidStatus replay_record(Run *run); // the track record
QuidOutlookOptions outlook_options(const Options *options);

bool is_coloured(const Options *options, int descriptor);
QuidBriefOptions brief_options(const Run *run);
void print_diagnostics(Run *run);
// Flushes what was printed, and says which exit code it comes to.
int finish_run(Run *run, QuidStatus status);
int exit_for(QuidStatus status);
// For what was printed with printf: the code, or another where it did not reach its reader.
int finish_output(int code);
int machine_failure(const char *what);

// The commands that print one deal; each after its stages have run.
// The page; events: where a server tells of changes, NULL: nowhere.
QuidStatus print_page(const Run *run, const char *events, QuidOutput output);
QuidStatus write_html(Run *run); // --html; says on stderr what went wrong with the file
QuidStatus print_dump(Run *run);
bool has_dump(const char *stage);
QuidStatus explain(Run *run);
int format_files(const Options *options);
int compare(const Options *options);
int compare_what_ifs(const Options *options);
int sweep(const Options *options);

#endif
