// Random small deals of quantities, events that rest on each other, moves and milestones.
#ifndef QUID_TESTS_PROGRAM_DEAL_H
#define QUID_TESTS_PROGRAM_DEAL_H

#include <stdint.h>
#include <stdio.h>

typedef struct Writer {
    char text[16384];
    size_t used;
    uint64_t state;
    uint32_t let_count;
    uint32_t event_count;
    uint32_t move_count;
    uint32_t milestone_count;
} Writer;

static inline uint32_t pick(Writer *writer, uint32_t count)
{
    writer->state = writer->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(writer->state >> 33) % count;
}

#define WRITE(writer, ...)                                                                         \
    ((writer)->used += (size_t)snprintf((writer)->text + (writer)->used,                           \
                                        sizeof(writer)->text - (writer)->used, __VA_ARGS__))

static inline void write_date(Writer *writer)
{
    WRITE(writer, "2026-%02u-%02u", 1 + pick(writer, 12), 1 + pick(writer, 28));
}

static inline void write_condition(Writer *writer, uint32_t depth);

static inline void write_happening(Writer *writer)
{
    const uint32_t kind = pick(writer, 3);
    if (kind == 0 && writer->event_count > 0)
        WRITE(writer, "e%u = %s", pick(writer, writer->event_count),
              pick(writer, 2) == 0 ? "yes" : "no");
    else if (kind == 1 && writer->milestone_count > 0)
        WRITE(writer, "m%u", pick(writer, writer->milestone_count));
    else
        WRITE(writer, "v%u = %s", pick(writer, writer->move_count),
              pick(writer, 2) == 0 ? "go" : "stay");
    const uint32_t when = pick(writer, 4);
    if (when == 1) {
        WRITE(writer, " by ");
        write_date(writer);
    } else if (when == 2) {
        WRITE(writer, " before ");
        write_date(writer);
    } else if (when == 3 && writer->event_count > 0) {
        WRITE(writer, " before e%u", pick(writer, writer->event_count));
    }
}

static inline void write_value(Writer *writer, uint32_t depth)
{
    const uint32_t kind = pick(writer, depth > 3 ? 3 : 10);
    if (kind == 0) {
        WRITE(writer, "%u", 1 + pick(writer, 9));
    } else if (kind == 1 && writer->let_count > 0) {
        WRITE(writer, "x%u", pick(writer, writer->let_count));
    } else if (kind <= 2) {
        WRITE(writer, "%u to %u", 1 + pick(writer, 3), 5 + pick(writer, 9));
    } else if (kind == 3) {
        WRITE(writer, "(");
        write_value(writer, depth + 1);
        WRITE(writer, " if ");
        write_condition(writer, depth + 1);
        WRITE(writer, " else ");
        write_value(writer, depth + 1);
        WRITE(writer, ")");
    } else if (kind == 4) {
        WRITE(writer, "max(");
        write_value(writer, depth + 1);
        WRITE(writer, ", ");
        write_value(writer, depth + 1);
        WRITE(writer, ")");
    } else if (kind == 5) {
        WRITE(writer, "uniform(%u, %u)", pick(writer, 3), 4 + pick(writer, 3));
    } else {
        WRITE(writer, "(");
        write_value(writer, depth + 1);
        WRITE(writer, " %c ", "+-*/"[pick(writer, 4)]);
        write_value(writer, depth + 1);
        WRITE(writer, ")");
    }
}

static inline void write_condition(Writer *writer, uint32_t depth)
{
    const uint32_t kind = pick(writer, depth > 3 ? 1 : 5);
    if (kind <= 1) {
        write_happening(writer);
    } else if (kind == 2) {
        WRITE(writer, "not (");
        write_condition(writer, depth + 1);
        WRITE(writer, ")");
    } else if (kind == 3) {
        WRITE(writer, "(");
        write_value(writer, depth + 1);
        WRITE(writer, " < ");
        write_value(writer, depth + 1);
        WRITE(writer, ")");
    } else {
        WRITE(writer, "((");
        write_condition(writer, depth + 1);
        WRITE(writer, ") %s (", pick(writer, 2) == 0 ? "and" : "or");
        write_condition(writer, depth + 1);
        WRITE(writer, "))");
    }
}

static inline void write_event(Writer *writer)
{
    WRITE(writer, "event e%u \"e\"\n  yes ", writer->event_count);
    const uint32_t kind = pick(writer, 3);
    if (kind == 0) {
        WRITE(writer, "%u%%", pick(writer, 101));
    } else if (kind == 1) {
        WRITE(writer, "20%% to 60%%");
    } else {
        WRITE(writer, "70%% if ");
        write_condition(writer, 2);
        WRITE(writer, " else 30%%");
    }
    WRITE(writer, "\n  no otherwise\n");
    const uint32_t when = pick(writer, 3);
    const uint32_t month = 1 + pick(writer, 10);
    if (when == 0)
        WRITE(writer, "  on 2026-%02u-%02u\n", month, 1 + pick(writer, 28));
    else
        WRITE(writer,
              when == 1 ? "  between 2026-%02u-05 and 2026-%02u-09\n"
                        : "  when 2026-%02u-05 to 2026-%02u-09\n",
              month, month + 1 + pick(writer, 2));
    writer->event_count += 1;
}

static inline void write_milestone(Writer *writer)
{
    WRITE(writer, "milestone m%u \"m\"\n  after ", writer->milestone_count);
    write_date(writer);
    if (pick(writer, 2) == 0)
        WRITE(writer, ", v%u", pick(writer, writer->move_count));
    if (writer->event_count > 0 && pick(writer, 2) == 0)
        WRITE(writer, ", e%u", pick(writer, writer->event_count));
    if (writer->milestone_count > 0 && pick(writer, 2) == 0)
        WRITE(writer, ", m%u", pick(writer, writer->milestone_count));
    if (pick(writer, 2) == 0) {
        WRITE(writer, "\n  needs ");
        write_condition(writer, 1);
    }
    if (pick(writer, 3) > 0)
        WRITE(writer, "\n  takes %u to %u days", 1 + pick(writer, 5), 20 + pick(writer, 60));
    WRITE(writer, "\n  due 2026-0%u-15\n", 1 + pick(writer, 9));
    writer->milestone_count += 1;
}

static inline void write_deal(Writer *writer, uint64_t seed)
{
    *writer = (Writer){.state = seed * 0x9E3779B97F4A7C15u + 1};
    WRITE(writer, "deal \"D\"\n  horizon 2026-12-31\nparty A\nparty B\n"
                  "pledge p \"p\"\n  from A to B\n  made 2026-01-01\n");
    writer->move_count = 2;
    WRITE(writer, "move v0 by A \"v\"\n  choose go, stay\n  on 2026-03-01, 2026-06-01, 2026-09-01\n"
                  "move v1 by B \"v\"\n  choose go, stay\n  on 2026-05-15\n");
    for (uint32_t i = 0; i < 10; i++) {
        const uint32_t kind = pick(writer, 3);
        if (kind == 0) {
            WRITE(writer, "let x%u = ", writer->let_count);
            write_value(writer, 1);
            WRITE(writer, "\n");
            writer->let_count += 1;
        } else if (kind == 1) {
            write_event(writer);
        } else {
            write_milestone(writer);
        }
    }
    for (uint32_t i = 0; i < 6; i++) {
        WRITE(writer, "ask \"q%u\" ", i);
        if (i % 2 == 0) {
            WRITE(writer, "chance ");
            write_condition(writer, 0);
        } else {
            WRITE(writer, "value ");
            write_value(writer, 0);
        }
        WRITE(writer, "\n");
    }
    for (uint32_t i = 0; i < writer->milestone_count; i++)
        WRITE(writer, "ask \"late%u\" value late(m%u)\n", i, i);
}

#endif
