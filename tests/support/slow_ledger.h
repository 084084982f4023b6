// Random records and a slow model of the ledger that shares no code with it: a tree of promises in
// three currencies, with rates, deadlines and their extensions. Each fact is accepted or refused by
// both, and every stage of every promise, alone and with its parts, is compared. A view as of a day
// must be the record as it was on that day.
#ifndef QUID_TESTS_SLOW_LEDGER_H
#define QUID_TESTS_SLOW_LEDGER_H

#include "quid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLEDGE_COUNT 5
#define FACT_COUNT_MAX 24
#define FIRST_DAY 20089 // 2025-01-01

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
    long foreign;  // drawn from a parent in another unit
    int first_due; // day of February 2025; 0: none
    int due;
    int extension_count;
} Slow;

static Slow slow[PLEDGE_COUNT];

// How many hundredths of the second unit one of the first is worth; 0: not known. Both ways round.
static long rates[UNIT_COUNT][UNIT_COUNT];

static inline bool slow_draw(int pledge, long amount)
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

static inline bool slow_advance(int pledge, QuidStage from, QuidStage to, long amount)
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

static inline bool slow_pledge(int pledge, long amount)
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

static inline bool slow_cancel(int pledge, long amount)
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

static inline bool slow_apply(uint32_t verb, int pledge, long amount)
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

static inline Wide round_half_even(Wide above, Wide below)
{
    const bool is_negative = above < 0;
    above = is_negative ? -above : above;
    Wide whole = above / below;
    const Wide twice = (above % below) * 2;
    whole += twice > below || (twice == below && whole % 2 == 1);
    return is_negative ? -whole : whole;
}

// One step multiplies by a rate in hundredths, or divides by it, and changes the minor parts.
static inline void step(Unit from, Unit to, Wide *above, Wide *below)
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

static inline bool is_direct(Unit from, Unit to)
{
    return rates[from][to] > 0 || rates[to][from] > 0;
}

static inline long slow_convert(long amount, Unit from, Unit to)
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
static inline long slow_left(int pledge, long *beyond)
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

static inline bool is_within(int part, int whole)
{
    return part == whole || (slow[part].parent >= 0 && is_within(slow[part].parent, whole));
}

static inline long slow_with_parts(int whole, QuidStage stage)
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

// ---- Random records, by bytes -------------------------------------------------

typedef struct Record {
    const uint8_t *bytes; // of these it is made, then of zeros
    size_t size;
    size_t used;
    bool is_turned; // later days stand first in the file
    char head[1500];
    int days[FACT_COUNT_MAX]; // of January 2025, ascending
    char lines[FACT_COUNT_MAX][80];
    int line_count;
    char text[8192];
} Record;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s%s:%d: %s\n", record->text, __FILE__, __LINE__, #condition);        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline uint32_t pick(Record *record, uint32_t count)
{
    uint32_t number = 0;
    for (uint32_t left = count - 1; left > 0; left >>= 8)
        number = number << 8 | (record->used < record->size ? record->bytes[record->used++] : 0u);
    return number % count;
}

__attribute__((format(printf, 3, 4))) static inline void add(char *text, size_t size,
                                                             const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    const int added = vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= size - used)
        abort();
}

static inline void pick_pledge(Record *record, int number, bool is_mixed)
{
    Slow *row = &slow[number];
    *row = (Slow){.parent = number == 0 ? -1 : (int)pick(record, (uint32_t)number + 1) - 1,
                  .unit = is_mixed ? (Unit)pick(record, UNIT_COUNT) : USD,
                  .cap = -1};
    add(record->head, sizeof record->head, "pledge p%d\n  from A to B\n", number);
    if (pick(record, 2) == 0) {
        const long whole = 20 + (long)pick(record, 100);
        row->cap = whole * unit_minor[row->unit];
        row->is_open = pick(record, 3) == 0;
        add(record->head, sizeof record->head, "  amount %ld %s%s\n", whole, unit_words[row->unit],
            row->is_open ? " or more" : "");
    }
    if (row->parent >= 0)
        add(record->head, sizeof record->head, "  in p%d\n", row->parent);
    if (pick(record, 2) == 0) {
        row->first_due = row->due = 1 + (int)pick(record, 28);
        add(record->head, sizeof record->head, "  due 2025-02-%02d\n", row->due);
    }
}

static inline void pick_deal(Record *record)
{
    add(record->head, sizeof record->head, "deal \"random\"\nparty A\nparty B\n");
    const bool is_mixed = pick(record, 3) > 0;
    record->is_turned = pick(record, 2) == 1;
    for (int i = 0; i < PLEDGE_COUNT; i++)
        pick_pledge(record, i, is_mixed);
    // Every promise has a unit from the start, so that drawing does not depend on which facts come
    // first; and every currency can be converted.
    for (int i = 0; i < PLEDGE_COUNT; i++)
        add(record->head, sizeof record->head, "2024-01-01 offer p%d 0 %s\n", i,
            unit_words[slow[i].unit]);
    memset(rates, 0, sizeof rates);
    rates[USD][JPY] = 15000;
    rates[EUR][USD] = 110;
    add(record->head, sizeof record->head,
        "2024-01-01 rate USD/JPY 150\n2024-01-01 rate EUR/USD 1.1\n");
}

static inline bool pick_rate(Record *record, char line[80], const char *date)
{
    static const Unit pairs[][2] = {{USD, JPY}, {EUR, USD}, {EUR, JPY}};
    const Unit *pair = pairs[pick(record, 3)];
    const bool is_turned = pick(record, 4) == 0;
    const Unit from = pair[is_turned];
    const Unit to = pair[!is_turned];
    const long rate = 50 + (long)pick(record, to == JPY ? 20000 : 150);
    rates[from][to] = rate;
    rates[to][from] = 0;
    (void)snprintf(line, 80, "%s rate %s/%s %ld.%02ld\n", date, unit_words[from], unit_words[to],
                   rate / 100, rate % 100);
    return true;
}

static inline bool pick_extension(Record *record, char line[80], const char *date, int pledge)
{
    const int until = 1 + (int)pick(record, 40);
    (void)snprintf(line, 80, "%s extend p%d to 2025-%02d-%02d\n", date, pledge,
                   2 + (until - 1) / 28, (until - 1) % 28 + 1);
    if (slow[pledge].due == 0 || until <= slow[pledge].due)
        return false;
    slow[pledge].due = until;
    slow[pledge].extension_count += 1;
    return true;
}

// The line of a fact; true: the model takes it.
static inline bool pick_fact(Record *record, char line[80], int day)
{
    char date[11];
    quid_date_text(FIRST_DAY + day - 1, date);
    const uint32_t kind = pick(record, 10);
    const int pledge = (int)pick(record, PLEDGE_COUNT);
    if (kind == 0)
        return pick_rate(record, line, date);
    if (kind == 1)
        return pick_extension(record, line, date, pledge);
    const uint32_t verb = pick(record, 7);
    const long minor = unit_minor[slow[pledge].unit];
    const long amount = 1 + (long)pick(record, 40 * (uint32_t)minor);
    if (minor == 1)
        (void)snprintf(line, 80, "%s %s p%d %ld JPY\n", date, words[verb], pledge, amount);
    else
        (void)snprintf(line, 80, "%s %s p%d %ld.%02ld %s\n", date, words[verb], pledge,
                       amount / 100, amount % 100, unit_words[slow[pledge].unit]);
    return slow_apply(verb, pledge, amount);
}

// The facts of one day stand in their order; the days in either. Facts after `last` as comments, so
// that the others keep their lines.
static inline void write_record(Record *record, int last)
{
    record->text[0] = '\0';
    add(record->text, sizeof record->text, "%s", record->head);
    for (int i = 1; i <= 28; i++) {
        const int day = record->is_turned ? 29 - i : i;
        for (int line = 0; line < record->line_count; line++) {
            if (record->days[line] == day)
                add(record->text, sizeof record->text, "%s%s", day > last ? "#" : "",
                    record->lines[line] + (day > last));
        }
    }
}

// ---- Settled by both ------------------------------------------------------------

typedef struct Settled {
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidStatus status;
} Settled;

static inline Settled settle_text(const char *text, QuidDate as_of)
{
    Settled run = {.context = quid_context_create(NULL), .status = QUID_NO_MEMORY};
    QuidFileId file;
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = as_of;
    if (run.context != NULL)
        run.status = quid_context_add_file(run.context, (QuidString){"record.quid", 11},
                                           (QuidString){text, (uint32_t)strlen(text)}, &file);
    if (run.status == QUID_OK)
        run.status = quid_text_parse(run.context, file, &run.text);
    if (run.status == QUID_OK)
        run.status = quid_deal_check(run.context, run.text, &run.deal);
    if (run.status == QUID_OK)
        run.status = quid_ledger_settle(run.context, run.deal, &options, &run.ledger);
    return run;
}

static inline void settled_free(Settled *run)
{
    quid_ledger_free(run->ledger);
    quid_deal_free(run->deal);
    quid_text_free(run->text);
    quid_context_free(run->context);
}

static inline void compare_deadline(const Record *record, const QuidDeadline *deadline,
                                    const Slow *row)
{
    if (row->first_due == 0) {
        CHECK(deadline->original == QUID_NO_DATE);
        return;
    }
    CHECK(deadline->original == FIRST_DAY + 31 + row->first_due - 1);
    CHECK(deadline->current == FIRST_DAY + 31 + row->due - 1);
    CHECK(deadline->extension_count == (uint32_t)row->extension_count);
    CHECK(deadline->days_slipped == row->due - row->first_due);
}

static inline void compare_balances(const Record *record, const Settled *run)
{
    int64_t put_in = 0;
    int64_t standing = 0;
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "p%d", i);
        const QuidThing thing = quid_deal_find(run->deal, (QuidString){id, (uint32_t)strlen(id)});
        const QuidPledgeBalance *balance = &quid_ledger_tables(run->ledger)->pledges[thing.index];
        put_in += balance->put_in + balance->drawn_in - balance->drawn_out;
        for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
            CHECK(balance->own.minor[stage] == slow[i].stage[stage]);
            CHECK(balance->with_parts.minor[stage] == slow_with_parts(i, (QuidStage)stage));
            standing += balance->own.minor[stage];
        }
        long beyond;
        CHECK(!balance->has_parts || balance->unallocated == slow_left(i, &beyond));
        compare_deadline(record, &balance->deadline, &slow[i]);
    }
    CHECK(put_in == standing);
}

// One more fact. true: both took it, and agree on every balance; false: both refused it.
static inline bool try_fact(Record *record, int day)
{
    Slow before[PLEDGE_COUNT];
    memcpy(before, slow, sizeof slow);
    const bool is_fit = pick_fact(record, record->lines[record->line_count], day);
    record->days[record->line_count++] = day;
    write_record(record, day);
    Settled run = settle_text(record->text, QUID_NO_DATE);
    CHECK(run.status == (is_fit ? QUID_OK : QUID_INVALID));
    if (is_fit) {
        compare_balances(record, &run);
    } else {
        memcpy(slow, before, sizeof slow);
        record->line_count -= 1;
    }
    settled_free(&run);
    return is_fit;
}

// ---- Views ------------------------------------------------------------------------

typedef struct Dump {
    char text[16384];
    size_t size;
} Dump;

static inline bool write_dump(void *user, const char *bytes, size_t size)
{
    Dump *dump = user;
    if (size > sizeof dump->text - dump->size)
        return false;
    memcpy(dump->text + dump->size, bytes, size);
    dump->size += size;
    return true;
}

// The balances as text, without the first line, which counts the facts left out.
static inline QuidString dump_of(const Record *record, const Settled *run, Dump *dump)
{
    dump->size = 0;
    CHECK(run->status == QUID_OK);
    CHECK(quid_ledger_dump(run->ledger, (QuidOutput){write_dump, dump}) == QUID_OK);
    const char *rest = memchr(dump->text, '\n', dump->size);
    CHECK(rest != NULL);
    return (QuidString){rest, (uint32_t)(dump->text + dump->size - rest)};
}

static inline void compare_view(Record *record, int day)
{
    static Dump dumps[2];
    const QuidDate as_of = FIRST_DAY + day - 1;
    write_record(record, 28);
    Settled view = settle_text(record->text, as_of);
    write_record(record, day);
    Settled then = settle_text(record->text, as_of);
    const QuidString seen = dump_of(record, &view, &dumps[0]);
    const QuidString known = dump_of(record, &then, &dumps[1]);
    CHECK(seen.size == known.size && memcmp(seen.bytes, known.bytes, seen.size) == 0);
    CHECK(quid_ledger_tables(view.ledger)->fact_seen_count <=
          quid_deal_tables(view.deal)->fact_count);
    settled_free(&view);
    settled_free(&then);
}

// ---- A record -----------------------------------------------------------------------

// Facts as long as there are bytes. How many both took, and how many both refused, is added.
static inline void try_record(const uint8_t *bytes, size_t size, uint32_t *accepted,
                              uint32_t *refused)
{
    static Record record;
    int day = 1;
    record = (Record){.bytes = bytes, .size = size};
    pick_deal(&record);
    const int as_of = 1 + (int)pick(&record, 12);
    while (record.used < record.size && record.line_count < FACT_COUNT_MAX) {
        day += pick(&record, 2) == 1 && day < 28;
        if (try_fact(&record, day))
            *accepted += 1;
        else
            *refused += 1;
    }
    compare_view(&record, as_of);
}

#endif
