// Random records against a slow model of the ledger that shares no code with it: a tree of promises
// in three currencies, with rates, deadlines and their extensions. Each fact is accepted or refused
// by both, and every stage of every promise, alone and with its parts, is compared. A view as of a
// day must be the record as it was on that day.
#include "pipeline.h"

#include <stdio.h>

#define PLEDGE_COUNT 5
#define FACT_COUNT 16

static uint32_t seed_state;

static uint32_t random_below(uint32_t bound)
{
    seed_state = seed_state * 1664525u + 1013904223u;
    return (seed_state >> 8) % bound;
}

typedef enum Unit { USD, EUR, JPY, UNIT_COUNT } Unit;

static const char *const unit_words[] = {"USD", "EUR", "JPY"};
static const long unit_minor[] = {100, 100, 1};

// One promise of the slow model. Amounts in minor parts of its unit.
typedef struct Slow {
    int parent; // -1: none
    Unit unit;
    long cap; // -1: no amount
    bool is_open;
    long stage[QUID_STAGE_COUNT];
    long drawn_out;
    long foreign; // drawn from a parent in another unit
    int due;      // day of 2025; 0: none
    int extension_count;
} Slow;

static Slow slow[PLEDGE_COUNT];

// How many hundredths of the second unit one of the first is worth; 0: not known. Both ways round.
static long rates[UNIT_COUNT][UNIT_COUNT];

static bool slow_draw(int pledge, long amount)
{
    const int parent = slow[pledge].parent;
    if (parent < 0 || slow[parent].unit != slow[pledge].unit) {
        slow[pledge].stage[QUID_STAGE_PLEDGED] += amount;
        slow[pledge].foreign += parent < 0 ? 0 : amount;
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

// ---- Conversion, as a person would do it ------------------------------------

__extension__ typedef __int128 Wide;

static Wide round_half_even(Wide above, Wide below)
{
    const bool is_negative = above < 0;
    above = is_negative ? -above : above;
    Wide whole = above / below;
    const Wide twice = (above % below) * 2;
    whole += twice > below || (twice == below && whole % 2 == 1);
    return is_negative ? -whole : whole;
}

// One step multiplies by a rate in hundredths, or divides by it, and changes the minor parts.
static void step(Unit from, Unit to, Wide *above, Wide *below)
{
    if (rates[from][to] > 0) {
        *above *= rates[from][to];
        *below *= 100;
    } else {
        *above *= 100;
        *below *= rates[to][from];
    }
    *above *= unit_minor[to];
    *below *= unit_minor[from];
}

static bool is_direct(Unit from, Unit to)
{
    return rates[from][to] > 0 || rates[to][from] > 0;
}

static long slow_convert(long amount, Unit from, Unit to)
{
    if (from == to || amount == 0)
        return amount;
    Wide above = amount;
    Wide below = 1;
    if (is_direct(from, to)) {
        step(from, to, &above, &below);
    } else {
        const Unit between = (Unit)(USD + EUR + JPY - from - to);
        step(from, between, &above, &below);
        step(between, to, &above, &below);
    }
    return (long)round_half_even(above, below);
}

// What is left of a promise's own pledged amount when parts in other units are taken off, and what
// they take beyond it.
static long slow_left(int pledge, long *beyond)
{
    long left = slow[pledge].stage[QUID_STAGE_PLEDGED];
    *beyond = 0;
    for (int part = 0; part < PLEDGE_COUNT; part++) {
        if (slow[part].parent != pledge)
            continue;
        long more;
        (void)slow_left(part, &more);
        const long taken =
            slow_convert(slow[part].foreign + more, slow[part].unit, slow[pledge].unit);
        const long within = taken < left ? taken : left;
        left -= within;
        *beyond += taken - within;
    }
    return left;
}

static bool is_within(int part, int whole)
{
    return part == whole || (slow[part].parent >= 0 && is_within(slow[part].parent, whole));
}

static long slow_with_parts(int whole, QuidStage stage)
{
    long sum = 0;
    for (int part = 0; part < PLEDGE_COUNT; part++) {
        long beyond;
        const long own =
            stage == QUID_STAGE_PLEDGED ? slow_left(part, &beyond) : slow[part].stage[stage];
        if (is_within(part, whole))
            sum += slow_convert(own, slow[part].unit, slow[whole].unit);
    }
    return sum;
}

// ---- Random records ---------------------------------------------------------

static size_t write_deal(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "deal \"random\"\nparty A\nparty B\n");
    const bool is_mixed = random_below(3) > 0;
    memset(rates, 0, sizeof rates);
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        Slow *row = &slow[i];
        *row = (Slow){.parent = i == 0 ? -1 : (int)random_below((uint32_t)i + 1) - 1,
                      .unit = is_mixed ? (Unit)random_below(UNIT_COUNT) : USD,
                      .cap = -1};
        used += (size_t)snprintf(text + used, size - used, "pledge p%d\n  from A to B\n", i);
        if (random_below(2) == 0) {
            const long whole = 20 + (long)random_below(100);
            row->cap = whole * unit_minor[row->unit];
            row->is_open = random_below(3) == 0;
            used += (size_t)snprintf(text + used, size - used, "  amount %ld %s%s\n", whole,
                                     unit_words[row->unit], row->is_open ? " or more" : "");
        }
        if (row->parent >= 0)
            used += (size_t)snprintf(text + used, size - used, "  in p%d\n", row->parent);
        if (random_below(2) == 0) {
            row->due = 1 + (int)random_below(28);
            used += (size_t)snprintf(text + used, size - used, "  due 2025-02-%02d\n", row->due);
        }
    }
    // Every promise has a unit from the start, so that drawing does not depend on which facts come
    // first; and every currency can be converted.
    for (int i = 0; i < PLEDGE_COUNT; i++)
        used += (size_t)snprintf(text + used, size - used, "2024-01-01 offer p%d 0 %s\n", i,
                                 unit_words[slow[i].unit]);
    rates[USD][JPY] = 15000;
    rates[EUR][USD] = 110;
    return used + (size_t)snprintf(text + used, size - used,
                                   "2024-01-01 rate USD/JPY 150\n2024-01-01 rate EUR/USD 1.1\n");
}

static void compare_deadline(const QuidDeadline *deadline, const Slow *row, const char *original)
{
    if (row->due == 0) {
        assert_int_equal(deadline->original, QUID_NO_DATE);
        return;
    }
    assert_int_equal(deadline->original, day(original));
    assert_int_equal(deadline->extension_count, row->extension_count);
    assert_int_equal(deadline->days_slipped, deadline->current - deadline->original);
}

static void compare(const Pipeline *run, const int *first_due)
{
    int64_t put_in = 0;
    int64_t standing = 0;
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        char id[8];
        char original[16];
        (void)snprintf(id, sizeof id, "p%d", i);
        (void)snprintf(original, sizeof original, "2025-02-%02d", first_due[i] % 100);
        const QuidPledgeBalance *balance = pledge_of(run, id);
        put_in += balance->put_in + balance->drawn_in - balance->drawn_out;
        for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
            assert_int_equal(balance->own.minor[stage], slow[i].stage[stage]);
            assert_int_equal(balance->with_parts.minor[stage],
                             slow_with_parts(i, (QuidStage)stage));
            standing += balance->own.minor[stage];
        }
        long beyond;
        if (balance->has_parts)
            assert_int_equal(balance->unallocated, slow_left(i, &beyond));
        compare_deadline(&balance->deadline, &slow[i], original);
    }
    assert_int_equal(put_in, standing);
}

typedef struct RandomFact {
    char line[80];
    bool is_fit;
} RandomFact;

static RandomFact random_rate(const char *date)
{
    static const Unit pairs[][2] = {{USD, JPY}, {EUR, USD}, {EUR, JPY}};
    const Unit *pair = pairs[random_below(3)];
    const bool is_turned = random_below(4) == 0;
    const Unit from = pair[is_turned];
    const Unit to = pair[!is_turned];
    const long rate = 50 + (long)random_below(to == JPY ? 20000 : 150);
    rates[from][to] = rate;
    rates[to][from] = 0;
    RandomFact fact = {.is_fit = true};
    (void)snprintf(fact.line, sizeof fact.line, "%s rate %s/%s %ld.%02ld\n", date, unit_words[from],
                   unit_words[to], rate / 100, rate % 100);
    return fact;
}

static RandomFact random_extension(const char *date, int pledge)
{
    RandomFact fact = {.is_fit = false};
    const int until = 1 + (int)random_below(40);
    (void)snprintf(fact.line, sizeof fact.line, "%s extend p%d to 2025-%02d-%02d\n", date, pledge,
                   2 + (until - 1) / 28, (until - 1) % 28 + 1);
    if (slow[pledge].due > 0 && until > slow[pledge].due) {
        slow[pledge].due = until;
        slow[pledge].extension_count += 1;
        fact.is_fit = true;
    }
    return fact;
}

static RandomFact random_fact(int number)
{
    char date[11];
    (void)snprintf(date, sizeof date, "2025-01-%02d", number / 2 % 28 + 1);
    const uint32_t kind = random_below(10);
    const int pledge = (int)random_below(PLEDGE_COUNT);
    if (kind == 0)
        return random_rate(date);
    if (kind == 1)
        return random_extension(date, pledge);
    const uint32_t verb = random_below(7);
    const long minor = unit_minor[slow[pledge].unit];
    const long amount = 1 + (long)random_below(40 * (uint32_t)minor);
    RandomFact fact = {.is_fit = slow_apply(verb, pledge, amount)};
    if (minor == 1)
        (void)snprintf(fact.line, sizeof fact.line, "%s %s p%d %ld JPY\n", date, words[verb],
                       pledge, amount);
    else
        (void)snprintf(fact.line, sizeof fact.line, "%s %s p%d %ld.%02ld %s\n", date, words[verb],
                       pledge, amount / 100, amount % 100, unit_words[slow[pledge].unit]);
    return fact;
}

// ---- Views ------------------------------------------------------------------

typedef struct Dump {
    char text[16384];
    size_t size;
} Dump;

static bool write_dump(void *user, const char *bytes, size_t size)
{
    Dump *dump = user;
    if (size > sizeof dump->text - dump->size)
        return false;
    memcpy(dump->text + dump->size, bytes, size);
    dump->size += size;
    return true;
}

// The balances as text, without the first line, which counts the facts left out.
static QuidString dump_of(const Pipeline *run, Dump *dump)
{
    dump->size = 0;
    assert_int_equal(quid_ledger_dump(run->ledger, (QuidOutput){write_dump, dump}), QUID_OK);
    const char *rest = memchr(dump->text, '\n', dump->size);
    assert_non_null(rest);
    return (QuidString){rest, (uint32_t)(dump->text + dump->size - rest)};
}

// The facts of later days become comments, so that the others keep their lines.
static void cut(char *text, const char *as_of)
{
    for (char *line = text; line != NULL && *line != '\0';) {
        if (strncmp(line, "2025-01-", 8) == 0 && strncmp(line, as_of, 10) > 0)
            *line = '#';
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
}

static void compare_view(const char *text)
{
    static char shorter[8192];
    static Dump dumps[2];
    char as_of[11];
    (void)snprintf(as_of, sizeof as_of, "2025-01-%02d", (int)random_below(8) + 1);
    strcpy(shorter, text);
    cut(shorter, as_of);
    Pipeline view = pipeline_of_text(text, as_of);
    Pipeline then = pipeline_of_text(shorter, as_of);
    assert_int_equal(view.status, QUID_OK);
    assert_int_equal(then.status, QUID_OK);
    const QuidString seen = dump_of(&view, &dumps[0]);
    const QuidString known = dump_of(&then, &dumps[1]);
    assert_int_equal(seen.size, known.size);
    assert_memory_equal(seen.bytes, known.bytes, seen.size);
    assert_true(quid_ledger_tables(view.ledger)->fact_seen_count <=
                quid_deal_tables(view.deal)->fact_count);
    pipeline_free(&view);
    pipeline_free(&then);
}

// ---- The property -----------------------------------------------------------

static void random_records_match_the_slow_model(void **state)
{
    (void)state;
    static char text[8192];
    uint32_t accepted = 0;
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 400; round++) {
        seed_state = round * 7919u + 1;
        size_t used = write_deal(text, sizeof text);
        int first_due[PLEDGE_COUNT];
        for (int i = 0; i < PLEDGE_COUNT; i++)
            first_due[i] = slow[i].due;
        for (int number = 0; number < FACT_COUNT; number++) {
            Slow before[PLEDGE_COUNT];
            memcpy(before, slow, sizeof slow);
            const RandomFact fact = random_fact(number);
            (void)snprintf(text + used, sizeof text - used, "%s", fact.line);
            Pipeline run = pipeline_of_text(text, NULL);
            assert_int_equal(run.status, fact.is_fit ? QUID_OK : QUID_INVALID);
            if (fact.is_fit) {
                compare(&run, first_due);
                used += strlen(fact.line);
                accepted += 1;
            } else {
                memcpy(slow, before, sizeof slow);
                text[used] = '\0';
                refused += 1;
            }
            pipeline_free(&run);
        }
        compare_view(text);
    }
    // Both kinds must have been met, or the test would prove nothing.
    assert_true(accepted > 500 && refused > 500);
}

// ---- Statements -------------------------------------------------------------

static uint32_t slow_pair(const Pipeline *run, const QuidFact *said)
{
    const QuidLedgerTables *ledger = quid_ledger_tables(run->ledger);
    const QuidFact *facts = quid_deal_tables(run->deal)->facts;
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < ledger->statement_count; i++) {
        const QuidFact *open = &facts[ledger->statements[i]];
        const int32_t days = abs(open->date - said->date);
        if (open->choice == 0 && open->subject == said->subject && open->about == said->about &&
            open->subject_kind == said->subject_kind && days <= 30 &&
            (best == UINT32_MAX || days < abs(facts[best].date - said->date)))
            best = ledger->statements[i];
    }
    return best;
}

static void private_statements_pair_with_the_nearest_public_ones(void **state)
{
    (void)state;
    static char text[16384];
    uint32_t paired = 0;
    for (uint32_t round = 0; round < 100; round++) {
        seed_state = round * 104729u + 7;
        size_t used = (size_t)snprintf(text, sizeof text,
                                       "deal \"said\"\nparty A\nparty B\n"
                                       "milestone m\n  after 2025-01-01\nlet x = 1\n");
        for (int i = 0; i < 60; i++)
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "2025-%02u-%02u state %s %s \"x\"%s\n", 1 + random_below(4),
                                     1 + random_below(28), random_below(3) == 0 ? "B" : "A",
                                     random_below(2) == 0 ? "public" : "private",
                                     random_below(6) == 0   ? ""
                                     : random_below(2) == 0 ? " about m"
                                                            : " about x");
        Pipeline run = pipeline_of_text(text, NULL);
        assert_int_equal(run.status, QUID_OK);
        const QuidLedgerTables *ledger = quid_ledger_tables(run.ledger);
        const QuidFact *facts = quid_deal_tables(run.deal)->facts;
        uint32_t pair = 0;
        for (uint32_t i = 0; i < ledger->statement_count; i++) {
            const QuidFact *said = &facts[ledger->statements[i]];
            const bool is_alone = said->choice == 0 || said->subject_kind == QUID_THING_NONE;
            const uint32_t open = is_alone ? UINT32_MAX : slow_pair(&run, said);
            if (open == UINT32_MAX)
                continue;
            assert_true(pair < ledger->pair_count);
            assert_int_equal(ledger->pairs[pair].private_fact, ledger->statements[i]);
            assert_int_equal(ledger->pairs[pair].public_fact, open);
            pair += 1;
        }
        assert_int_equal(pair, ledger->pair_count);
        paired += pair;
        pipeline_free(&run);
    }
    assert_true(paired > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_records_match_the_slow_model),
        cmocka_unit_test(private_statements_pair_with_the_nearest_public_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
