// The engine of the page, natively: files in memory in, documents out.
#include "engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static QuidString text(const char *bytes)
{
    return (QuidString){bytes, (uint32_t)strlen(bytes)};
}

static bool holds(QuidString whole, const char *part)
{
    const size_t size = strlen(part);
    for (uint32_t i = 0; size <= whole.size && i <= whole.size - size; i++) {
        if (memcmp(whole.bytes + i, part, size) == 0)
            return true;
    }
    return false;
}

static const char deal_text[] = "deal \"two files\"\n"
                                "  currency USD\n"
                                "  horizon 2027-01-01\n"
                                "include \"more/facts.quid\"\n"
                                "party A\n"
                                "party B\n"
                                "event e \"an event\"\n"
                                "  yes 30%\n"
                                "  no otherwise\n"
                                "  between 2026-02-01 and 2026-06-30\n"
                                "move m by A \"a move\"\n"
                                "  choose go, stay\n"
                                "  on 2026-07-01\n"
                                "worth A\n"
                                "  + 1 bn USD if m = go and e = yes  \"gain\"\n"
                                "  - 0.4 bn USD if m = go  \"cost\"\n"
                                "ask \"Does it come?\" chance e = yes\n"
                                "what-if surely \"It comes\"\n"
                                "  set e = yes\n";

static QuidEngine *opened(void)
{
    QuidEngine *engine = quid_engine_create();
    assert_non_null(engine);
    assert_int_equal(quid_engine_add_file(engine, text("d/deal.quid"), text(deal_text)), QUID_OK);
    assert_int_equal(quid_engine_add_file(engine, text("d/more/facts.quid"),
                                          text("2026-01-01 note \"it begins\"\n")),
                     QUID_OK);
    return engine;
}

static QuidEngineRequest request_for(QuidEngineDepth depth)
{
    QuidEngineRequest request = quid_engine_request();
    request.path = text("d/deal.quid");
    request.scenario_count = 4096;
    request.depth = depth;
    return request;
}

static void answers_and_says_where(void **state)
{
    (void)state;
    QuidEngine *engine = opened();
    const QuidEngineRequest request = request_for(QUID_ENGINE_WHOLE);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    const QuidString brief = quid_engine_text(engine, QUID_ENGINE_BRIEF);
    assert_true(holds(brief, "\"answer\":\t0.30") || holds(brief, "\"answer\":\t0.29"));
    const QuidString model = quid_engine_text(engine, QUID_ENGINE_MODEL);
    assert_true(holds(model, "\"files\":[\"d/deal.quid\",\"d/more/facts.quid\"]"));
    assert_true(holds(model, "\"set\":\"e.yes\""));
    assert_true(holds(model, "\"written\":\"30%\""));
    assert_true(holds(model, "\"settings\":[\"set e = yes\"]"));
    assert_true(holds(model, "it begins"));
    assert_true(holds(quid_engine_text(engine, QUID_ENGINE_DIAGNOSTICS), "\"ok\":\ttrue"));
    quid_engine_free(engine);
}

static void takes_settings_and_what_ifs(void **state)
{
    (void)state;
    QuidEngine *engine = opened();
    QuidEngineRequest request = request_for(QUID_ENGINE_QUICK);
    request.settings = text("e.yes = 50%\n");
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    assert_true(holds(quid_engine_text(engine, QUID_ENGINE_BRIEF), "\"answer\":\t0.5,"));
    request.settings = text("");
    request.what_ifs = text("surely\nnothing-of-this-name");
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    assert_true(holds(quid_engine_text(engine, QUID_ENGINE_BRIEF), "\"answer\":\t1,"));
    request.settings = text("e.maybe = 50%\n");
    assert_int_equal(quid_engine_answer(engine, &request), QUID_INVALID);
    assert_int_equal(quid_engine_text(engine, QUID_ENGINE_BRIEF).size, 0);
    assert_true(holds(quid_engine_text(engine, QUID_ENGINE_DIAGNOSTICS), "--set"));
    quid_engine_free(engine);
}

static void checks_what_is_replaced(void **state)
{
    (void)state;
    QuidEngine *engine = opened();
    const QuidEngineRequest request = request_for(QUID_ENGINE_CHECK);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    assert_int_equal(quid_engine_text(engine, QUID_ENGINE_BRIEF).size, 0);
    assert_int_equal(
        quid_engine_add_file(engine, text("d/more/facts.quid"), text("2026-01-01 nota \"x\"\n")),
        QUID_OK);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_INVALID);
    assert_true(holds(quid_engine_text(engine, QUID_ENGINE_DIAGNOSTICS),
                      "\"file\":\t\"d/more/facts.quid\""));
    assert_int_equal(quid_engine_add_file(engine, text("d/more/facts.quid"), text("")), QUID_OK);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    quid_engine_forget_files(engine);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_INVALID);
    quid_engine_free(engine);
}

// ---- Several engines, and what one keeps

static void take_copy(QuidString text, char **copy, size_t *size)
{
    *size = text.size;
    *copy = malloc(text.size + (size_t)1);
    assert_non_null(*copy);
    memcpy(*copy, text.bytes, text.size);
}

static void assert_same(QuidString found, const char *wanted, size_t size)
{
    assert_int_equal(found.size, size);
    assert_memory_equal(found.bytes, wanted, size);
}

static void answers_together(void **state)
{
    (void)state;
    QuidEngine *engines[3] = {opened(), opened(), opened()};
    const QuidEngineRequest whole = request_for(QUID_ENGINE_WHOLE);
    const QuidEngineRequest less = request_for(QUID_ENGINE_ANSWERS);
    char *alone;
    size_t size;
    assert_int_equal(quid_engine_answer(engines[0], &whole), QUID_OK);
    take_copy(quid_engine_text(engines[0], QUID_ENGINE_BRIEF), &alone, &size);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(quid_engine_part(engines[i], &less, (QuidPart){i, 3}), QUID_OK);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(
            quid_engine_take_part(engines[0], quid_engine_text(engines[i], QUID_ENGINE_PART)),
            QUID_OK);
    assert_int_equal(quid_engine_finish(engines[0], QUID_ENGINE_ANSWERS), QUID_OK);
    // The first has the answers; the tornado's inputs are shared by the others.
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(quid_engine_part(engines[i + 1], &whole, (QuidPart){i, 2}), QUID_OK);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(
            quid_engine_take_part(engines[0], quid_engine_text(engines[i + 1], QUID_ENGINE_PART)),
            QUID_OK);
    assert_int_equal(quid_engine_finish(engines[0], QUID_ENGINE_WHOLE), QUID_OK);
    assert_same(quid_engine_text(engines[0], QUID_ENGINE_BRIEF), alone, size);
    free(alone);
    for (uint32_t i = 0; i < 3; i++)
        quid_engine_free(engines[i]);
}

static void refuses_parts_out_of_place(void **state)
{
    (void)state;
    QuidEngine *engine = opened();
    const QuidEngineRequest request = request_for(QUID_ENGINE_QUICK);
    assert_int_equal(quid_engine_finish(engine, QUID_ENGINE_QUICK), QUID_LIMIT);
    assert_int_equal(quid_engine_part(engine, &request, (QuidPart){0, 0}), QUID_LIMIT);
    assert_int_equal(quid_engine_part(engine, &request, (QuidPart){2, 2}), QUID_LIMIT);
    assert_int_equal(quid_engine_part(engine, &request, (QuidPart){1, 2}), QUID_OK);
    assert_int_equal(quid_engine_finish(engine, QUID_ENGINE_QUICK), QUID_LIMIT);
    assert_int_equal(quid_engine_part(engine, &request, (QuidPart){0, 2}), QUID_OK);
    assert_int_equal(quid_engine_take_part(engine, text("nothing of the kind")), QUID_OK);
    assert_int_equal(quid_engine_finish(engine, QUID_ENGINE_QUICK), QUID_IO);
    // The run is over; what follows is an answer like any other.
    assert_int_equal(quid_engine_finish(engine, QUID_ENGINE_QUICK), QUID_LIMIT);
    assert_int_equal(quid_engine_answer(engine, &request), QUID_OK);
    assert_int_equal(quid_engine_finish(engine, QUID_ENGINE_QUICK), QUID_LIMIT);
    for (uint32_t i = 0; i < QUID_ENGINE_PART_COUNT_MAX; i++)
        assert_int_equal(quid_engine_take_part(engine, text("x")), QUID_OK);
    assert_int_equal(quid_engine_take_part(engine, text("x")), QUID_LIMIT);
    quid_engine_free(engine);
}

// What an engine keeps of answers before changes none after: of other settings, other points, other
// files.
static void answers_as_if_for_the_first_time(void **state)
{
    (void)state;
    static const char *const settings[] = {"", "e.yes = 50%\n", "m = go\n", ""};
    QuidEngine *kept = opened();
    for (uint32_t i = 0; i < 8; i++) {
        QuidEngine *fresh = opened();
        QuidEngineRequest request = request_for(QUID_ENGINE_ANSWERS);
        request.settings = text(settings[i % 4]);
        request.point_count = i % 3 == 0 ? 0 : 32;
        QuidEngine *both[2] = {kept, fresh};
        for (uint32_t n = 0; n < 2; n++) {
            if (i >= 5) // one more thing to gain
                assert_int_equal(quid_engine_add_file(both[n], text("d/more/facts.quid"),
                                                      text("2026-01-01 note \"it begins\"\n"
                                                           "worth B\n"
                                                           "  + 1 bn USD if m = stay  \"rest\"\n")),
                                 QUID_OK);
            assert_int_equal(quid_engine_answer(both[n], &request), QUID_OK);
        }
        const QuidString wanted = quid_engine_text(fresh, QUID_ENGINE_BRIEF);
        assert_same(quid_engine_text(kept, QUID_ENGINE_BRIEF), wanted.bytes, wanted.size);
        quid_engine_free(fresh);
    }
    quid_engine_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_says_where),
        cmocka_unit_test(takes_settings_and_what_ifs),
        cmocka_unit_test(checks_what_is_replaced),
        cmocka_unit_test(answers_together),
        cmocka_unit_test(refuses_parts_out_of_place),
        cmocka_unit_test(answers_as_if_for_the_first_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
