// Files in memory in, documents out: the stages in their order, as the command runs them.
#include "engine.h"

#include "model.h"
#include "quid.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_COOKIE 0x656e6771u
#define SENSITIVITY_SCENARIO_COUNT 16384u // as the command

typedef struct Text {
    char *bytes;
    size_t size;
    size_t room;
    bool has_failed;
} Text;

typedef struct File {
    char *path;
    uint32_t path_size;
    char *bytes;
    uint32_t size;
} File;

// One run over the files.
typedef struct Run {
    QuidEngine *engine;
    QuidEngineRequest request; // its texts are read while the run begins, and not after
    uint32_t edition;          // of the files
    char *path;                // NULL: there is no run
    bool is_helping;           // with scenarios alone: what is shown is explained by another
    QuidContext *context;
    QuidFileId file;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidSetting *settings; // of the what-ifs, then of the request's own
    uint32_t setting_count;
    QuidOutlook *outlook;
    QuidSensitivity *sensitivity;
} Run;

#define BASE_COUNT 2u // while a slider moves, and when it rests

struct QuidEngine {
    File files[QUID_FILE_COUNT_MAX];
    uint32_t file_count;
    uint32_t edition; // counts changes of the files
    Text documents[QUID_ENGINE_DOCUMENT_COUNT];
    QuidString parts[QUID_ENGINE_PART_COUNT_MAX];
    char *part_bytes[QUID_ENGINE_PART_COUNT_MAX]; // the same, as allocated
    uint32_t part_count;
    Run run; // the last one that is not over, or was answered
    // Runs over the same files before it: what a change leaves alone need not be valued anew.
    Run bases[BASE_COUNT];
};

QuidEngineRequest quid_engine_request(void)
{
    return (QuidEngineRequest){.as_of = QUID_NO_DATE,
                               .precision = -1,
                               .seed = 1,
                               .depth = QUID_ENGINE_WHOLE,
                               .has_model = true,
                               .cookie = REQUEST_COOKIE};
}

// ---- Documents

static bool write_text(void *user, const char *bytes, size_t size)
{
    Text *text = user;
    if (size == 0)
        return true;
    if (size > text->room - text->size) {
        const size_t room = (text->size + size) * 2;
        char *grown = realloc(text->bytes, room);
        if (grown == NULL) {
            text->has_failed = true;
            return false;
        }
        text->bytes = grown;
        text->room = room;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    return true;
}

static QuidOutput document(const Run *run, QuidEngineDocument which)
{
    return (QuidOutput){write_text, &run->engine->documents[which]};
}

QuidString quid_engine_text(const QuidEngine *engine, QuidEngineDocument which)
{
    const Text *text = &engine->documents[which];
    return text->size == 0 ? (QuidString){"", 0} : (QuidString){text->bytes, (uint32_t)text->size};
}

// ---- Files

QuidEngine *quid_engine_create(void)
{
    return calloc(1, sizeof(QuidEngine));
}

void quid_engine_forget_files(QuidEngine *engine)
{
    engine->edition += 1;
    for (uint32_t i = 0; i < engine->file_count; i++) {
        free(engine->files[i].path);
        free(engine->files[i].bytes);
    }
    engine->file_count = 0;
}

static File *find_file(QuidEngine *engine, QuidString path)
{
    for (uint32_t i = 0; i < engine->file_count; i++) {
        File *file = &engine->files[i];
        if (file->path_size == path.size && memcmp(file->path, path.bytes, path.size) == 0)
            return file;
    }
    return NULL;
}

static char *copy_bytes(QuidString text)
{
    char *bytes = malloc((size_t)text.size + 1);
    if (bytes != NULL) {
        memcpy(bytes, text.bytes, text.size);
        bytes[text.size] = '\0';
    }
    return bytes;
}

QuidStatus quid_engine_add_file(QuidEngine *engine, QuidString path, QuidString bytes)
{
    File *file = find_file(engine, path);
    if (file == NULL && engine->file_count == QUID_FILE_COUNT_MAX)
        return QUID_LIMIT;
    char *copy = copy_bytes(bytes);
    if (copy == NULL)
        return QUID_NO_MEMORY;
    if (file == NULL) {
        char *name = copy_bytes(path);
        if (name == NULL) {
            free(copy);
            return QUID_NO_MEMORY;
        }
        file = &engine->files[engine->file_count++];
        *file = (File){.path = name, .path_size = path.size};
    }
    free(file->bytes);
    engine->edition += 1;
    file->bytes = copy;
    file->size = bytes.size;
    return QUID_OK;
}

static QuidStatus load_file(void *user, QuidContext *context, const char *path, char **bytes,
                            size_t *size, const char **reason)
{
    const File *file = find_file(user, (QuidString){path, (uint32_t)strlen(path)});
    if (file == NULL) {
        *reason = "there is no such file";
        return QUID_IO;
    }
    *bytes = quid_context_allocate(context, file->size == 0 ? 1 : file->size);
    if (*bytes == NULL)
        return QUID_NO_MEMORY;
    memcpy(*bytes, file->bytes, file->size);
    *size = file->size;
    return QUID_OK;
}

// ---- The stages

static QuidStatus add_settings(Run *run, QuidFileId *file)
{
    const QuidString settings = run->request.settings;
    if (settings.size == 0)
        return QUID_OK;
    return quid_context_add_file(run->context, (QuidString){"--set", 5}, settings, file);
}

static QuidStatus read_deal(Run *run)
{
    const char *reason = "";
    QuidFileId settings = {0};
    QuidStatus status =
        quid_context_load_file(run->context, run->request.path, &run->file, &reason);
    if (status == QUID_IO)
        return QUID_INVALID;
    if (status == QUID_OK)
        status = add_settings(run, &settings);
    if (status != QUID_OK)
        return status;
    const QuidStatus parsed = quid_text_parse_with(run->context, run->file, &settings,
                                                   settings.index == 0 ? 0 : 1, &run->text);
    if (parsed != QUID_OK && parsed != QUID_INVALID)
        return parsed;
    // A text with errors is checked all the same, so that one run reports every mistake.
    return quid_deal_check(run->context, run->text, &run->deal);
}

static QuidStatus settle_facts(Run *run)
{
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = run->request.as_of;
    options.min_trust = run->request.min_trust;
    return quid_ledger_settle(run->context, run->deal, &options, &run->ledger);
}

// ---- Settings

static QuidString next_line(QuidString *lines)
{
    const char *end = memchr(lines->bytes, '\n', lines->size);
    const uint32_t size = end == NULL ? lines->size : (uint32_t)(end - lines->bytes);
    const QuidString line = {lines->bytes, size};
    const uint32_t taken = end == NULL ? size : size + 1;
    *lines = (QuidString){lines->bytes + taken, lines->size - taken};
    return line;
}

// The settings of the what-if with this id; the request's own are the one without.
static void take_settings(Run *run, QuidString id)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    for (uint32_t i = 0; i < tables->what_if_count; i++) {
        const QuidWhatIf *what_if = &tables->what_ifs[i];
        // Texts without a byte may have no address.
        const bool is_alike = what_if->id.size == id.size;
        if (!is_alike || (id.size > 0 && memcmp(what_if->id.bytes, id.bytes, id.size) != 0))
            continue;
        for (uint32_t j = 0; j < what_if->setting_count; j++)
            run->settings[run->setting_count++] = tables->settings[what_if->setting_first + j];
    }
}

// One that the deal has no what-if for (any more) changes nothing.
static QuidStatus collect_settings(Run *run)
{
    QuidString lines = run->request.what_ifs;
    uint32_t line_count = 1;
    for (uint32_t i = 0; i < lines.size; i++)
        line_count += lines.bytes[i] == '\n';
    const size_t room = (size_t)quid_deal_tables(run->deal)->setting_count * (line_count + 1);
    run->settings = calloc(room + 1, sizeof *run->settings);
    if (run->settings == NULL)
        return QUID_NO_MEMORY;
    while (lines.size > 0) {
        const QuidString id = next_line(&lines);
        if (id.size > 0)
            take_settings(run, id);
    }
    take_settings(run, (QuidString){"", 0});
    return QUID_OK;
}

static QuidOutlookOptions outlook_options(const Run *run)
{
    const QuidEngineRequest *request = &run->request;
    QuidOutlookOptions options = quid_outlook_options();
    options.settings = run->settings;
    options.setting_count = run->setting_count;
    options.answer.has_precision = request->precision >= 0;
    options.answer.solve.lambda = request->precision >= 0 ? request->precision : 0;
    options.answer.solve.seed = request->seed;
    options.answer.solve.method = QUID_METHOD_SWEEPS;
    options.answer.game.seed = request->seed;
    if (request->point_count != 0)
        options.answer.game.point_count = request->point_count;
    options.answer.has_values = request->depth != QUID_ENGINE_QUICK;
    options.answer.has_asked_break_evens = request->depth != QUID_ENGINE_QUICK;
    options.forecast.seed = request->seed;
    if (request->scenario_count != 0)
        options.forecast.scenario_count = request->scenario_count;
    if (request->fan_scenario_count != 0)
        options.forecast.fan_scenario_count = request->fan_scenario_count;
    return options;
}

// ---- Runs before

static void close_run(Run *run)
{
    quid_sensitivity_free(run->sensitivity);
    quid_outlook_free(run->outlook);
    free(run->settings);
    quid_ledger_free(run->ledger);
    quid_deal_free(run->deal);
    quid_text_free(run->text);
    quid_context_free(run->context);
    free(run->path);
    *run = (Run){0};
}

// Whether two runs read the same deal and look at it as finely.
static bool are_akin(const Run *left, const Run *right)
{
    const QuidEngineRequest *a = &left->request;
    const QuidEngineRequest *b = &right->request;
    return left->path != NULL && right->path != NULL && left->edition == right->edition &&
           strcmp(left->path, right->path) == 0 && a->as_of == b->as_of &&
           !(a->min_trust < b->min_trust) && !(a->min_trust > b->min_trust) && a->seed == b->seed &&
           a->point_count == b->point_count;
}

static const QuidAnswers *base_of(const Run *run)
{
    for (uint32_t i = 0; i < BASE_COUNT; i++) {
        const Run *base = &run->engine->bases[i];
        if (are_akin(base, run))
            return quid_outlook_tables(base->outlook)->answers;
    }
    return NULL;
}

// The last run is over: the first of its kind is kept, in the place of one that serves no more.
static void put_away(QuidEngine *engine)
{
    Run *run = &engine->run;
    Run *place = run->outlook == NULL ? NULL : &engine->bases[0];
    for (uint32_t i = 0; place != NULL && i < BASE_COUNT; i++) {
        Run *base = &engine->bases[i];
        if (are_akin(base, run))
            place = NULL;
        else if (base->path == NULL || base->edition != engine->edition)
            place = base;
    }
    if (place == NULL) {
        close_run(run);
        return;
    }
    close_run(place);
    *place = *run;
    *run = (Run){0};
}

static void forget_parts(QuidEngine *engine)
{
    for (uint32_t i = 0; i < engine->part_count; i++)
        free(engine->part_bytes[i]);
    engine->part_count = 0;
}

void quid_engine_free(QuidEngine *engine)
{
    if (engine == NULL)
        return;
    close_run(&engine->run);
    for (uint32_t i = 0; i < BASE_COUNT; i++)
        close_run(&engine->bases[i]);
    forget_parts(engine);
    quid_engine_forget_files(engine);
    for (uint32_t i = 0; i < QUID_ENGINE_DOCUMENT_COUNT; i++)
        free(engine->documents[i].bytes);
    free(engine);
}

// ---- From the deal to its answers

// Up to the solved game.
static QuidStatus solve(Run *run)
{
    const QuidStatus collected = collect_settings(run);
    if (collected != QUID_OK)
        return collected;
    QuidOutlookOptions options = outlook_options(run);
    options.answer.base = base_of(run);
    options.answer.has_explanations = !run->is_helping;
    options.has_forecast = false;
    return quid_outlook_create(run->context, run->deal, run->ledger, &options, &run->outlook);
}

static QuidStatus look_ahead(Run *run)
{
    QuidForecastOptions options = outlook_options(run).forecast;
    options.parts = run->engine->part_count == 0 ? NULL : run->engine->parts;
    options.part_count = run->engine->part_count;
    return quid_outlook_forecast(run->outlook, &options);
}

static QuidOutlookOptions weighing_options(const Run *run)
{
    QuidOutlookOptions options = outlook_options(run);
    options.answer.has_asked_break_evens = false;
    if (options.forecast.scenario_count > SENSITIVITY_SCENARIO_COUNT)
        options.forecast.scenario_count = SENSITIVITY_SCENARIO_COUNT;
    return options;
}

static QuidStatus weigh_inputs(Run *run)
{
    const QuidOutlookOptions options = weighing_options(run);
    if (run->engine->part_count == 0)
        return quid_outlook_sensitivity(run->context, run->deal, run->ledger, &options,
                                        (QuidForecastProgress){NULL, NULL}, &run->sensitivity);
    QuidSensitivityOptions together = quid_sensitivity_options();
    together.parts = run->engine->parts;
    together.part_count = run->engine->part_count;
    return quid_sensitivity_run(run->context, quid_outlook_tables(run->outlook)->deal, &together,
                                &run->sensitivity);
}

static QuidStatus print_answers(Run *run)
{
    QuidBriefOptions options = quid_brief_options();
    options.is_json = true;
    options.outlook = run->outlook;
    options.sensitivity = run->sensitivity;
    QuidStatus status = quid_brief_write(run->context, run->ledger, run->deal, &options,
                                         document(run, QUID_ENGINE_BRIEF));
    if (status == QUID_OK && run->request.has_model)
        status =
            quid_web_model(run->context, run->deal, run->ledger, document(run, QUID_ENGINE_MODEL));
    return status == QUID_IO ? QUID_NO_MEMORY : status;
}

// ---- Calls

// Opens a run, and reads. OK: go on.
static QuidStatus begin(QuidEngine *engine, const QuidEngineRequest *request)
{
    put_away(engine);
    for (uint32_t i = 0; i < QUID_ENGINE_DOCUMENT_COUNT; i++)
        engine->documents[i].size = 0;
    if (request->cookie != REQUEST_COOKIE)
        return QUID_LIMIT;
    const QuidContextOptions options = {.loader = {load_file, engine}};
    Run *run = &engine->run;
    *run = (Run){.engine = engine,
                 .request = *request,
                 .edition = engine->edition,
                 .path = copy_bytes(request->path),
                 .context = quid_context_create(&options)};
    if (run->path == NULL || run->context == NULL)
        return QUID_NO_MEMORY;
    const QuidStatus status = read_deal(run);
    return status == QUID_OK ? settle_facts(run) : status;
}

// The diagnostics of the run; one that failed is over.
static QuidStatus end(QuidEngine *engine, QuidStatus status)
{
    Run *run = &engine->run;
    engine->documents[QUID_ENGINE_DIAGNOSTICS].size = 0;
    const QuidStatus printed =
        run->context == NULL
            ? QUID_OK
            : quid_brief_diagnostics(run->context, document(run, QUID_ENGINE_DIAGNOSTICS));
    forget_parts(engine);
    if (status != QUID_OK)
        close_run(run);
    return status == QUID_OK && printed != QUID_OK ? QUID_NO_MEMORY : status;
}

static QuidStatus answer(QuidEngine *engine, const QuidEngineRequest *request)
{
    Run *run = &engine->run;
    QuidStatus status = begin(engine, request);
    if (status == QUID_OK && request->depth == QUID_ENGINE_CHECK)
        return quid_game_check(run->context, run->deal, run->ledger);
    if (status == QUID_OK)
        status = solve(run);
    if (status == QUID_OK)
        status = look_ahead(run);
    if (status == QUID_OK && request->depth == QUID_ENGINE_WHOLE)
        status = weigh_inputs(run);
    return status == QUID_OK ? print_answers(run) : status;
}

QuidStatus quid_engine_answer(QuidEngine *engine, const QuidEngineRequest *request)
{
    forget_parts(engine);
    return end(engine, answer(engine, request));
}

static QuidStatus write_part(QuidEngine *engine, const QuidEngineRequest *request, QuidPart part)
{
    Run *run = &engine->run;
    QuidStatus status = begin(engine, request);
    if (status == QUID_OK && request->depth == QUID_ENGINE_WHOLE) {
        status = collect_settings(run);
        const QuidOutlookOptions options = weighing_options(run);
        if (status == QUID_OK)
            status = quid_outlook_sensitivity_part(run->context, run->deal, run->ledger, &options,
                                                   (QuidForecastProgress){NULL, NULL}, part,
                                                   document(run, QUID_ENGINE_PART));
    } else if (status == QUID_OK) {
        run->is_helping = part.number > 0 && request->depth == QUID_ENGINE_QUICK;
        status = solve(run);
        const QuidForecastOptions options = outlook_options(run).forecast;
        if (status == QUID_OK)
            status = quid_outlook_forecast_part(run->outlook, &options, part,
                                                document(run, QUID_ENGINE_PART));
    }
    return status == QUID_IO ? QUID_NO_MEMORY : status;
}

QuidStatus quid_engine_part(QuidEngine *engine, const QuidEngineRequest *request, QuidPart part)
{
    if (part.count == 0 || part.number >= part.count || part.count > QUID_ENGINE_PART_COUNT_MAX)
        return QUID_LIMIT;
    return end(engine, write_part(engine, request, part));
}

QuidStatus quid_engine_take_part(QuidEngine *engine, QuidString bytes)
{
    if (engine->part_count == QUID_ENGINE_PART_COUNT_MAX)
        return QUID_LIMIT;
    char *copy = copy_bytes(bytes);
    if (copy == NULL)
        return QUID_NO_MEMORY;
    engine->part_bytes[engine->part_count] = copy;
    engine->parts[engine->part_count++] = (QuidString){copy, bytes.size};
    return QUID_OK;
}

QuidStatus quid_engine_finish(QuidEngine *engine, QuidEngineDepth depth)
{
    Run *run = &engine->run;
    const bool is_forecast = run->outlook != NULL && quid_outlook_tables(run->outlook)->forecast;
    const bool is_tornado = depth == QUID_ENGINE_WHOLE;
    if (run->outlook == NULL || run->is_helping || is_forecast != is_tornado ||
        run->sensitivity != NULL)
        return QUID_LIMIT;
    engine->documents[QUID_ENGINE_BRIEF].size = 0;
    engine->documents[QUID_ENGINE_MODEL].size = 0;
    QuidStatus status = is_tornado ? weigh_inputs(run) : look_ahead(run);
    if (status == QUID_OK)
        status = print_answers(run);
    return end(engine, status);
}
