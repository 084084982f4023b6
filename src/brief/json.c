// JSON by cJSON: what every document is made with. Exact money is text; a missing block of memory
// anywhere makes the whole document fail.
#include "json.h"

#include <math.h>
#include <string.h>

cJSON *quid__json_keep(Json *json, cJSON *item)
{
    json->has_failed = json->has_failed || item == NULL;
    return item;
}

const char *quid__json_copy(Json *json, QuidString text)
{
    char *copy = quid__arena_push(&json->brief.page.arena, (size_t)text.size + 1); // zeros
    if (copy == NULL)
        return "";
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    return copy;
}

// Keys are constant, or of the document's arena.
void quid__json_set(Json *json, cJSON *object, const char *key, cJSON *item)
{
    if (quid__json_keep(json, item) != NULL &&
        (object == NULL || !cJSON_AddItemToObjectCS(object, key, item))) {
        cJSON_Delete(item);
        json->has_failed = true;
    }
}

void quid__json_text(Json *json, cJSON *object, const char *key, QuidString text)
{
    quid__json_set(json, object, key, cJSON_CreateString(quid__json_copy(json, text)));
}

void quid__json_optional(Json *json, cJSON *object, const char *key, QuidString text)
{
    quid__json_set(json, object, key,
                   text.size == 0 ? cJSON_CreateNull()
                                  : cJSON_CreateString(quid__json_copy(json, text)));
}

void quid__json_number(Json *json, cJSON *object, const char *key, double number)
{
    if (!isfinite(number)) {
        quid__json_set(json, object, key, cJSON_CreateNull());
        return;
    }
    char text[32];
    (void)quid_double_text(number, text);
    quid__json_set(json, object, key, cJSON_CreateRaw(text));
}

void quid__json_bool(Json *json, cJSON *object, const char *key, bool is_true)
{
    quid__json_set(json, object, key, cJSON_CreateBool(is_true));
}

void quid__json_date(Json *json, cJSON *object, const char *key, QuidDate date)
{
    char text[11];
    if (date != QUID_NO_DATE)
        quid_date_text(date, text);
    quid__json_set(json, object, key,
                   date == QUID_NO_DATE ? cJSON_CreateNull() : cJSON_CreateString(text));
}

void quid__json_minor(Json *json, cJSON *object, const char *key, int64_t minor, QuidUnitId unit)
{
    char text[QUID_MINOR_TEXT_SIZE];
    (void)quid_minor_text(minor, json->brief.model->units[unit.index].digits, text);
    quid__json_set(json, object, key, cJSON_CreateString(text));
}

cJSON *quid__json_array(Json *json, cJSON *object, const char *key)
{
    cJSON *array = cJSON_CreateArray();
    quid__json_set(json, object, key, array);
    return json->has_failed ? NULL : array;
}

cJSON *quid__json_object(Json *json, cJSON *object, const char *key)
{
    cJSON *item = cJSON_CreateObject();
    quid__json_set(json, object, key, item);
    return json->has_failed ? NULL : item;
}

void quid__json_item(Json *json, cJSON *array, QuidString text)
{
    cJSON *item = json->has_failed
                      ? NULL
                      : quid__json_keep(json, cJSON_CreateString(quid__json_copy(json, text)));
    if (item != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        json->has_failed = true;
    }
}

cJSON *quid__json_append(Json *json, cJSON *array)
{
    cJSON *item = json->has_failed ? NULL : quid__json_keep(json, cJSON_CreateObject());
    if (item != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        json->has_failed = true;
        return NULL;
    }
    return item;
}

QuidString quid__json_unit(const Json *json, QuidUnitId unit)
{
    return json->brief.model->units[unit.index].name;
}

void quid__json_head(Json *json, cJSON *object)
{
    QuidContext *context = json->brief.page.context;
    cJSON *quid = quid__json_object(json, object, "quid");
    quid__json_set(json, quid, "version", cJSON_CreateString(QUID_VERSION));
    const bool has_file = quid_context_file_count(context) > 1;
    quid__json_optional(json, object, "file",
                        has_file ? quid_context_path(context, (QuidFileId){1})
                                 : (QuidString){"", 0});
}

cJSON *quid__json_open(Json *json)
{
    cJSON *document = quid__json_keep(json, cJSON_CreateObject());
    quid__json_head(json, document);
    return document;
}

QuidStatus quid__json_print(Json *json, cJSON *document, QuidOutput output)
{
    char *text =
        json->has_failed || json->brief.page.arena.has_failed ? NULL : cJSON_Print(document);
    cJSON_Delete(document);
    quid__arena_free(&json->brief.page.arena);
    if (text == NULL)
        return QUID_NO_MEMORY;
    const bool is_written =
        output.write(output.user, text, strlen(text)) && output.write(output.user, "\n", 1);
    cJSON_free(text);
    return is_written ? QUID_OK : QUID_IO;
}
