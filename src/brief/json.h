// What the JSON documents share. Items that could not be made leave has_failed set, and everything
// after goes on harmlessly.
#ifndef QUID_JSON_H
#define QUID_JSON_H

#include "situations.h"

#include <cjson/cJSON.h>

typedef struct Json {
    Brief brief;
    const QuidSensitivity *sensitivity; // NULL: none
    bool has_failed;
} Json;

// Looks whether an item was made.
cJSON *quid__json_keep(Json *json, cJSON *item);
// NUL-terminated.
const char *quid__json_copy(Json *json, QuidString text);
void quid__json_set(Json *json, cJSON *object, const char *key, cJSON *item);
void quid__json_text(Json *json, cJSON *object, const char *key, QuidString text);
// null where the text is empty.
void quid__json_optional(Json *json, cJSON *object, const char *key, QuidString text);
// null where the number is not finite.
void quid__json_number(Json *json, cJSON *object, const char *key, double number);
void quid__json_bool(Json *json, cJSON *object, const char *key, bool is_true);
void quid__json_date(Json *json, cJSON *object, const char *key, QuidDate date);
// Exact money, as text.
void quid__json_minor(Json *json, cJSON *object, const char *key, int64_t minor, QuidUnitId unit);
// New ones inside an object; NULL where memory ran out.
cJSON *quid__json_array(Json *json, cJSON *object, const char *key);
cJSON *quid__json_object(Json *json, cJSON *object, const char *key);
// A new object at the end of an array.
cJSON *quid__json_append(Json *json, cJSON *array);
// A text at the end of an array.
void quid__json_item(Json *json, cJSON *array, QuidString text);
QuidString quid__json_unit(const Json *json, QuidUnitId unit);

// A document with its version and file; printing frees it, and the page's arena.
cJSON *quid__json_open(Json *json);
// The version and the file alone, for a document inside another.
void quid__json_head(Json *json, cJSON *object);
QuidStatus quid__json_print(Json *json, cJSON *document, QuidOutput output);

void quid__json_begin(Json *json, QuidContext *context, const QuidLedger *ledger,
                      const QuidDeal *deal, const QuidBriefOptions *options);
void quid__json_due(Json *json, cJSON *object, const QuidDeadline *deadline);
void quid__json_status(Json *json, cJSON *object);
// What was set on the command line, as it was written.
void quid__json_settings(Json *json, cJSON *object);
// How the answer was found: "method", "end" and "points".
void quid__json_way(Json *json, cJSON *object, const QuidSolutionTables *solution);
// The keys of `solve`; needs the answers.
void quid__json_solution(Json *json, cJSON *object, bool has_strategy);
// The keys of `forecast`; needs one.
void quid__json_forecast(Json *json, cJSON *object);
#define QUID_ALL_ASKS UINT32_MAX
// The answers to the deal's questions; only: to one of them, by its index.
void quid__json_asks(Json *json, cJSON *object, uint32_t only);
void quid__json_break_even(Json *json, cJSON *item, const QuidBreakEven *row);
void quid__json_what_if(Json *json, cJSON *object, const QuidOutlook *base,
                        const QuidBriefCase *cases, uint32_t count);
void quid__json_track_record(Json *json, cJSON *object, const QuidBacktest *backtest);
// The tornado's rows, as "sensitivity"; only: those of one question.
void quid__json_tornado(Json *json, cJSON *object, uint32_t only);
// Each quantity's share of the answers' variance, as "variance_shares".
void quid__json_shares(Json *json, cJSON *object);
// The keys of `brief`.
void quid__json_whole(Json *json, cJSON *object);

#endif
