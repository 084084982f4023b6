// What a party says in private, beside the nearest thing it says in public about the same subject.
// Statements are brought together by party and subject, and each group is passed over twice: there
// may be as many of them as there are facts.
#include "ledger_internal.h"

#define PAIR_DAYS 30 // a public and a private statement pair up within so many days

// Statements in a row by party and subject, each group in the order of the replay.
typedef struct Groups {
    uint32_t *order;   // positions among the statements
    uint32_t *nearest; // by position: the public fact nearest so far; UINT32_MAX: none
    uint32_t count;
} Groups;

static const QuidFact *statement_at(const QuidLedger *ledger, uint32_t position)
{
    return &ledger->model->facts[QUID_AT(&ledger->statements, uint32_t, position)];
}

static bool is_same_subject(const QuidFact *a, const QuidFact *b)
{
    return a->subject == b->subject && a->subject_kind == b->subject_kind && a->about == b->about;
}

// Three stable sorts, the least significant first.
static bool group(QuidLedger *ledger, Groups *groups)
{
    const uint32_t count = ledger->statements.count;
    int32_t *keys = quid__arena_push(&ledger->arena, (count + 1) * sizeof(int32_t));
    uint32_t *scratch = quid__arena_push(&ledger->arena, (count + 1) * sizeof(uint32_t));
    groups->order = quid__arena_push(&ledger->arena, (count + 1) * sizeof(uint32_t));
    groups->nearest = quid__arena_push(&ledger->arena, (count + 1) * sizeof(uint32_t));
    if (ledger->arena.has_failed || ledger->statements.has_failed)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        groups->nearest[i] = UINT32_MAX;
        if (statement_at(ledger, i)->subject_kind != QUID_THING_NONE)
            groups->order[groups->count++] = i;
    }
    for (uint32_t pass = 0; pass < 3; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            const QuidFact *said = statement_at(ledger, i);
            keys[i] = (int32_t)(pass == 0   ? said->about
                                : pass == 1 ? said->subject_kind
                                            : said->subject);
        }
        quid__sort_by_date(keys, groups->order, scratch, groups->count);
    }
    return true;
}

static int32_t distance(QuidDate a, QuidDate b)
{
    return a < b ? b - a : a - b;
}

// Offers a public statement to a private one: nearer ones win, the earlier among equals.
static void offer(const QuidLedger *ledger, Groups *groups, uint32_t position, uint32_t open)
{
    const QuidDate date = statement_at(ledger, position)->date;
    const uint32_t fact = QUID_AT(&ledger->statements, uint32_t, open);
    const int32_t days = distance(ledger->model->facts[fact].date, date);
    const uint32_t best = groups->nearest[position];
    if (days > PAIR_DAYS)
        return;
    const int32_t best_days =
        best == UINT32_MAX ? PAIR_DAYS + 1 : distance(ledger->model->facts[best].date, date);
    if (days < best_days)
        groups->nearest[position] = fact;
}

// Forward with the first public statement of the last day that has one, then backward with the
// first of the next.
static void pass_over(const QuidLedger *ledger, Groups *groups, uint32_t begin, uint32_t end)
{
    uint32_t open = UINT32_MAX;
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t at = groups->order[i];
        const QuidFact *said = statement_at(ledger, at);
        if (said->choice != 0 && open != UINT32_MAX)
            offer(ledger, groups, at, open);
        else if (said->choice == 0 &&
                 (open == UINT32_MAX || said->date > statement_at(ledger, open)->date))
            open = at;
    }
    open = UINT32_MAX;
    for (uint32_t i = end; i-- > begin;) {
        const uint32_t at = groups->order[i];
        if (statement_at(ledger, at)->choice == 0)
            open = at;
        else if (open != UINT32_MAX)
            offer(ledger, groups, at, open);
    }
}

void quid__finish_pairs(QuidLedger *ledger)
{
    Groups groups = {NULL, NULL, 0};
    if (!group(ledger, &groups))
        return;
    for (uint32_t begin = 0; begin < groups.count;) {
        const QuidFact *first = statement_at(ledger, groups.order[begin]);
        uint32_t end = begin + 1;
        while (end < groups.count &&
               is_same_subject(first, statement_at(ledger, groups.order[end])))
            end += 1;
        pass_over(ledger, &groups, begin, end);
        begin = end;
    }
    for (uint32_t i = 0; i < ledger->statements.count; i++) {
        const QuidFact *said = statement_at(ledger, i);
        if (said->choice == 0 || groups.nearest[i] == UINT32_MAX)
            continue;
        QuidStatementPair *pair = quid__vector_push(&ledger->pairs);
        if (pair != NULL)
            *pair = (QuidStatementPair){{said->subject},
                                        {(QuidThingKind)said->subject_kind, said->about},
                                        groups.nearest[i],
                                        QUID_AT(&ledger->statements, uint32_t, i)};
    }
}
