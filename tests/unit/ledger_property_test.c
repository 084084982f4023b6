// Random records against a slow model of the ledger that shares no code with it: a tree of promises
// in one currency, each fact accepted or refused by both, and every stage of every promise
// compared.
#include "pipeline.h"

#include <stdio.h>

#define PLEDGE_COUNT 5
#define FACT_COUNT 12

static uint32_t seed_state;

static uint32_t random_below(uint32_t bound)
{
    seed_state = seed_state * 1664525u + 1013904223u;
    return (seed_state >> 8) % bound;
}

// One promise of the slow model. Amounts in whole dollars.
typedef struct Slow {
    int parent; // -1: none
    long cap;   // -1: no amount
    bool is_open;
    long stage[QUID_STAGE_COUNT];
    long drawn_out;
} Slow;

static Slow slow[PLEDGE_COUNT];

static bool slow_draw(int pledge, long amount)
{
    const int parent = slow[pledge].parent;
    if (parent < 0) {
        slow[pledge].stage[QUID_STAGE_PLEDGED] += amount;
        return true;
    }
    Slow *from = &slow[parent];
    const long held = from->stage[QUID_STAGE_PLEDGED] + from->stage[QUID_STAGE_OFFERED] +
                      from->stage[QUID_STAGE_DEMANDED];
    if (held < amount) {
        if (from->cap >= 0 && !from->is_open)
            return false;
        if (!slow_draw(parent, amount - held))
            return false;
    }
    long left = amount;
    static const QuidStage order[] = {QUID_STAGE_PLEDGED, QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED};
    for (int i = 0; i < 3; i++) {
        const long part = left < from->stage[order[i]] ? left : from->stage[order[i]];
        from->stage[order[i]] -= part;
        left -= part;
    }
    from->drawn_out += amount;
    slow[pledge].stage[QUID_STAGE_PLEDGED] += amount;
    return true;
}

static bool slow_advance(int pledge, QuidStage from, QuidStage to, long amount)
{
    Slow *row = &slow[pledge];
    const long missing = amount - row->stage[from];
    if (missing > 0) {
        const bool may_draw =
            from == QUID_STAGE_PLEDGED && (row->is_open || (row->cap < 0 && row->parent >= 0));
        if (!may_draw || !slow_draw(pledge, missing))
            return false;
    }
    row->stage[from] -= amount;
    row->stage[to] += amount;
    return true;
}

static bool slow_pledge(int pledge, long amount)
{
    Slow *row = &slow[pledge];
    const long alive = row->stage[QUID_STAGE_PLEDGED] + row->stage[QUID_STAGE_COMMITTED] +
                       row->stage[QUID_STAGE_DISBURSED] + row->stage[QUID_STAGE_COMPLETED] +
                       row->drawn_out;
    if (row->cap >= 0 && !row->is_open && alive + amount > row->cap)
        return false;
    static const QuidStage order[] = {QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED};
    for (int i = 0; i < 2; i++) {
        const long part = amount < row->stage[order[i]] ? amount : row->stage[order[i]];
        row->stage[order[i]] -= part;
        row->stage[QUID_STAGE_PLEDGED] += part;
        amount -= part;
    }
    return slow_draw(pledge, amount);
}

static bool slow_cancel(int pledge, long amount)
{
    static const QuidStage order[] = {QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED, QUID_STAGE_PLEDGED,
                                      QUID_STAGE_COMMITTED};
    Slow *row = &slow[pledge];
    long held = 0;
    for (int i = 0; i < 4; i++)
        held += row->stage[order[i]];
    if (amount > held)
        return false;
    row->stage[QUID_STAGE_CANCELLED] += amount;
    for (int i = 0; i < 4; i++) {
        const long part = amount < row->stage[order[i]] ? amount : row->stage[order[i]];
        row->stage[order[i]] -= part;
        amount -= part;
    }
    return true;
}

static const char *const words[] = {"offer",    "demand",   "pledge", "commit",
                                    "disburse", "complete", "cancel"};

static bool slow_apply(uint32_t verb, int pledge, long amount)
{
    switch (verb) {
    case 0:
        slow[pledge].stage[QUID_STAGE_OFFERED] += amount;
        return true;
    case 1:
        slow[pledge].stage[QUID_STAGE_DEMANDED] += amount;
        return true;
    case 2:
        return slow_pledge(pledge, amount);
    case 3:
        return slow_advance(pledge, QUID_STAGE_PLEDGED, QUID_STAGE_COMMITTED, amount);
    case 4:
        return slow_advance(pledge, QUID_STAGE_COMMITTED, QUID_STAGE_DISBURSED, amount);
    case 5:
        return slow_advance(pledge, QUID_STAGE_DISBURSED, QUID_STAGE_COMPLETED, amount);
    default:
        return slow_cancel(pledge, amount);
    }
}

static size_t write_deal(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "deal \"random\"\nparty A\nparty B\n");
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        Slow *row = &slow[i];
        *row = (Slow){.parent = i == 0 ? -1 : (int)random_below((uint32_t)i + 1) - 1, .cap = -1};
        used += (size_t)snprintf(text + used, size - used, "pledge p%d\n  from A to B\n", i);
        if (random_below(2) == 0) {
            row->cap = 20 + (long)random_below(100);
            row->is_open = random_below(3) == 0;
            used += (size_t)snprintf(text + used, size - used, "  amount %ld USD%s\n", row->cap,
                                     row->is_open ? " or more" : "");
        }
        if (row->parent >= 0)
            used += (size_t)snprintf(text + used, size - used, "  in p%d\n", row->parent);
    }
    // Every promise has a unit from the start, so that drawing does not depend on which facts come
    // first.
    for (int i = 0; i < PLEDGE_COUNT; i++)
        used += (size_t)snprintf(text + used, size - used, "2024-01-01 offer p%d 0 USD\n", i);
    return used;
}

static void compare(const Pipeline *run)
{
    int64_t put_in = 0;
    int64_t standing = 0;
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "p%d", i);
        const QuidPledgeBalance *balance = pledge_of(run, id);
        put_in += balance->put_in;
        for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
            assert_int_equal(balance->own.minor[stage], slow[i].stage[stage] * 100);
            standing += balance->own.minor[stage];
        }
    }
    assert_int_equal(put_in, standing);
}

static void random_records_match_the_slow_model(void **state)
{
    (void)state;
    static char text[8192];
    uint32_t accepted = 0;
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 400; round++) {
        seed_state = round * 7919u + 1;
        size_t used = write_deal(text, sizeof text);
        for (int fact = 0; fact < FACT_COUNT; fact++) {
            const uint32_t verb = random_below(7);
            const int pledge = (int)random_below(PLEDGE_COUNT);
            const long amount = 1 + (long)random_below(40);
            Slow before[PLEDGE_COUNT];
            memcpy(before, slow, sizeof slow);
            const bool is_fit = slow_apply(verb, pledge, amount);
            const size_t added =
                (size_t)snprintf(text + used, sizeof text - used, "2025-01-%02d %s p%d %ld USD\n",
                                 fact + 1, words[verb], pledge, amount);
            Pipeline run = pipeline_of_text(text, NULL);
            assert_int_equal(run.status, is_fit ? QUID_OK : QUID_INVALID);
            if (is_fit) {
                compare(&run);
                used += added;
                accepted += 1;
            } else {
                memcpy(slow, before, sizeof slow);
                text[used] = '\0';
                refused += 1;
            }
            pipeline_free(&run);
        }
    }
    // Both kinds must have been met, or the test would prove nothing.
    assert_true(accepted > 500 && refused > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_records_match_the_slow_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
