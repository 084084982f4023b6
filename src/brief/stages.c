// Where the promises stand: the headline, each promise by stage, and what is given for what.
#include "figures.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// ---- Headline ---------------------------------------------------------------

// The largest promise of the deal's own currency that is no part of another.
static uint32_t largest_pledge(const Brief *brief)
{
    uint32_t largest = 0;
    for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
        const QuidPledge *pledge = &brief->model->pledges[i];
        const bool is_money =
            pledge->unit.index != 0 && pledge->has_amount && pledge->parent.index == 0;
        const bool is_own =
            brief->model->currency.index == 0 || pledge->unit.index == brief->model->currency.index;
        if (is_money && is_own &&
            (largest == 0 || pledge->amount > brief->model->pledges[largest].amount))
            largest = i;
    }
    return largest;
}

static int64_t stage_sum(const QuidPledgeBalance *balance, QuidStage first, QuidStage last)
{
    int64_t sum = 0;
    for (uint32_t stage = first; stage <= (uint32_t)last; stage++)
        sum += balance->with_parts.minor[stage];
    return sum;
}

static QuidString share_text(Brief *brief, int64_t part, int64_t whole)
{
    return whole <= 0 ? QUID_STRING("")
                      : quid__arena_format(
                            arena(brief), " (%.*s)",
                            QUID_PRINT(quid__brief_percent(brief, (double)part / (double)whole)));
}

void quid__brief_headline(Brief *brief)
{
    const uint32_t index = largest_pledge(brief);
    if (index == 0)
        return;
    const QuidPledge *pledge = &brief->model->pledges[index];
    const QuidPledgeBalance *balance = &brief->ledger->pledges[index];
    const int64_t whole = stage_sum(balance, QUID_STAGE_OFFERED, QUID_STAGE_LAPSED);
    const int64_t committed = stage_sum(balance, QUID_STAGE_COMMITTED, QUID_STAGE_COMPLETED);
    const int64_t paid = stage_sum(balance, QUID_STAGE_DISBURSED, QUID_STAGE_COMPLETED);
    const bool is_stated = pledge->has_amount && whole == pledge->amount;
    QuidString text = quid__arena_format(
        arena(brief), "%.*s: of %.*s%s%.*s, ", QUID_PRINT(pledge->label),
        QUID_PRINT(quid__brief_amount(brief, whole, pledge->unit)), is_stated ? " " : "",
        QUID_PRINT(is_stated ? quid__brief_mark(brief, pledge->amount_origin) : QUID_STRING("")));
    if (whole == 0)
        text = quid__arena_format(arena(brief), "%.*s: nothing was on record by this date.",
                                  QUID_PRINT(pledge->label));
    else if (committed == 0)
        text =
            quid__arena_format(arena(brief), "%.*snothing is committed yet. =", QUID_PRINT(text));
    else
        text = quid__arena_format(
            arena(brief), "%.*s%.*s%.*s is committed, of that %.*s%.*s paid. =", QUID_PRINT(text),
            QUID_PRINT(quid__brief_amount(brief, committed, pledge->unit)),
            QUID_PRINT(share_text(brief, committed, whole)),
            QUID_PRINT(quid__brief_amount(brief, paid, pledge->unit)),
            QUID_PRINT(share_text(brief, paid, whole)));
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(&brief->page, 0, text);
}

// ---- Where it stands --------------------------------------------------------

#define BAR_WIDTH 20

// Paid, committed, pledged or earlier, gone: as parts of a bar.
static QuidString bar(Brief *brief, const QuidPledgeBalance *balance)
{
    static const char *const blocks[] = {"█", "▓", "░", "·"};
    const double whole = (double)stage_sum(balance, QUID_STAGE_OFFERED, QUID_STAGE_LAPSED);
    const double parts[4] = {(double)stage_sum(balance, QUID_STAGE_DISBURSED, QUID_STAGE_COMPLETED),
                             (double)stage_sum(balance, QUID_STAGE_COMMITTED, QUID_STAGE_COMMITTED),
                             (double)stage_sum(balance, QUID_STAGE_OFFERED, QUID_STAGE_PLEDGED),
                             (double)stage_sum(balance, QUID_STAGE_CANCELLED, QUID_STAGE_LAPSED)};
    QuidString text = QUID_STRING("");
    double sum = 0;
    int drawn = 0;
    for (int part = 0; whole > 0 && part < 4; part++) {
        sum += parts[part];
        int until = (int)(sum / whole * BAR_WIDTH + 0.5);
        if (parts[part] > 0 && until == drawn && drawn < BAR_WIDTH)
            until += 1; // what is there is seen
        for (; drawn < until && drawn < BAR_WIDTH; drawn++)
            text = quid__arena_format(arena(brief), "%.*s%s", QUID_PRINT(text), blocks[part]);
    }
    return text;
}

// Of what is in kind: the fact that brought it to its stage, else the clause that made it.
static QuidOrigin stage_origin(const Brief *brief, uint32_t index)
{
    const QuidPledgeBalance *balance = &brief->ledger->pledges[index];
    const QuidPledge *pledge = &brief->model->pledges[index];
    if (balance->last_fact != UINT32_MAX) {
        const QuidFact *fact = &brief->model->facts[balance->last_fact];
        return (QuidOrigin){quid_deal_fact_span(brief->deal, fact), {fact->source}};
    }
    return pledge->made.first != QUID_NO_DATE      ? pledge->made_origin
           : pledge->offered.first != QUID_NO_DATE ? pledge->offered_origin
                                                   : pledge->demanded_origin;
}

// Where a promise's amounts come from: clauses and sources, the latest ones. Several make it
// computed.
#define MAKER_COUNT 4u

typedef struct Makers {
    QuidOrigin list[MAKER_COUNT]; // round and round
    uint32_t count;               // of all
} Makers;

static bool is_same(QuidOrigin left, QuidOrigin right)
{
    return left.source.index != 0
               ? left.source.index == right.source.index
               : right.source.index == 0 && left.span.offset == right.span.offset &&
                     left.span.file.index == right.span.file.index;
}

static void add_maker(Makers *makers, QuidOrigin origin)
{
    for (uint32_t i = 0; i < makers->count && i < MAKER_COUNT; i++) {
        if (is_same(makers->list[i], origin))
            return;
    }
    makers->list[makers->count++ % MAKER_COUNT] = origin;
}

static QuidString makers_mark(Brief *brief, const Makers *makers)
{
    QuidString text = makers->count > MAKER_COUNT ? QUID_STRING("…") : QUID_STRING("");
    const uint32_t first = makers->count > MAKER_COUNT ? makers->count - MAKER_COUNT : 0;
    for (uint32_t i = first; i < makers->count; i++)
        text = quid__brief_join(brief, text, " ",
                                quid__brief_mark(brief, makers->list[i % MAKER_COUNT]));
    return makers->count == 1 ? text : quid__brief_join(brief, text, " ", QUID_STRING("="));
}

// By pledge; NULL: no memory.
static const Makers *find_makers(Brief *brief)
{
    const QuidDealTables *model = brief->model;
    Makers *makers = quid__arena_push(arena(brief), model->pledge_count * sizeof *makers);
    for (uint32_t i = 1; makers != NULL && i < model->pledge_count; i++) {
        const QuidPledge *pledge = &model->pledges[i];
        const bool is_made = pledge->made.first != QUID_NO_DATE;
        const bool is_offered = pledge->offered.first != QUID_NO_DATE;
        if (is_made || is_offered || pledge->demanded.first != QUID_NO_DATE)
            add_maker(&makers[i], is_made      ? pledge->made_origin
                                  : is_offered ? pledge->offered_origin
                                               : pledge->demanded_origin);
        // The clause that dates a promise says how much only where the amount has no other source.
        if (makers[i].count > 0 && pledge->has_amount)
            add_maker(&makers[i], pledge->amount_origin);
    }
    for (uint32_t i = 0; makers != NULL && i < model->fact_count; i++) {
        const QuidFact *fact = &model->facts[i];
        const bool moves = fact->verb >= QUID_VERB_OFFER && fact->verb <= QUID_VERB_CANCEL;
        if (moves && fact->known <= brief->ledger->as_of)
            add_maker(&makers[fact->subject],
                      (QuidOrigin){quid_deal_fact_span(brief->deal, fact), {fact->source}});
    }
    return makers;
}

static void add_pledge_row(Brief *brief, const Makers *makers, Table *table, uint32_t index,
                           uint32_t depth)
{
    const QuidPledge *pledge = &brief->model->pledges[index];
    const QuidPledgeBalance *balance = &brief->ledger->pledges[index];
    quid__table_cell(table, quid__arena_format(arena(brief), "%*s%.*s", (int)(2 * depth), "",
                                               QUID_PRINT(pledge->id)));
    if (!balance->has_stage) {
        quid__table_cell(table, QUID_STRING(""));
        quid__table_cell(table, QUID_STRING("not on record by this date"));
        return;
    }
    quid__table_cell(table, bar(brief, balance));
    QuidString text = QUID_STRING("");
    for (uint32_t stage = 0; pledge->unit.index != 0 && stage < QUID_STAGE_COUNT; stage++) {
        const int64_t amount = balance->with_parts.minor[stage];
        if (amount != 0)
            text = quid__arena_format(arena(brief), "%.*s%s%.*s %s", QUID_PRINT(text),
                                      text.size > 0 ? ", " : "",
                                      QUID_PRINT(quid__brief_amount(brief, amount, pledge->unit)),
                                      quid_stage_word((QuidStage)stage));
    }
    if (pledge->unit.index == 0)
        text = quid__arena_format(arena(brief), "%s (in kind)", quid_stage_word(balance->stage));
    if (balance->has_parts && balance->unallocated != 0)
        text = quid__arena_format(
            arena(brief), "%.*s; %.*s of it not allocated to a part", QUID_PRINT(text),
            QUID_PRINT(quid__brief_amount(brief, balance->unallocated, pledge->unit)));
    if (balance->is_rate_missing)
        text = quid__arena_format(arena(brief),
                                  "%.*s; parts without an exchange rate by this date "
                                  "are left out",
                                  QUID_PRINT(text));
    const QuidString mark =
        pledge->unit.index == 0                ? quid__brief_mark(brief, stage_origin(brief, index))
        : balance->has_parts || makers == NULL ? QUID_STRING("=")
                                               : makers_mark(brief, &makers[index]);
    quid__table_cell(
        table, quid__arena_format(arena(brief), "%.*s %.*s", QUID_PRINT(text), QUID_PRINT(mark)));
}

static void add_pledge_tree(Brief *brief, const Makers *makers, Table *table, uint32_t parent,
                            uint32_t depth)
{
    for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
        if (brief->model->pledges[i].parent.index != parent)
            continue;
        add_pledge_row(brief, makers, table, i, depth);
        if (brief->ledger->pledges[i].has_parts)
            add_pledge_tree(brief, makers, table, i, depth + 1);
    }
}

void quid__brief_stages(Brief *brief)
{
    if (brief->model->pledge_count <= 1)
        return;
    quid__page_heading(&brief->page, "Where it stands");
    Table table = quid__table_open(&brief->page, 3);
    add_pledge_tree(brief, find_makers(brief), &table, 0, 0);
    quid__table_print(&table, 2);
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("█ paid  ▓ committed  ░ promised  · cancelled or lapsed"));
}

void quid__brief_exchange(Brief *brief)
{
    const QuidLedgerTables *ledger = brief->ledger;
    if (ledger->exchange_count == 0)
        return;
    quid__page_heading(&brief->page, "Given and got");
    Table table = quid__table_open(&brief->page, 4);
    for (uint32_t i = 0; i < ledger->exchange_count; i++) {
        const QuidExchange *row = &ledger->exchanges[i];
        const QuidExchange *before = i > 0 ? row - 1 : NULL;
        const bool is_new_party = before == NULL || before->party.index != row->party.index;
        const bool is_new_side = is_new_party || before->is_gave != row->is_gave;
        const bool is_new_pledge = is_new_side || before->pledge.index != row->pledge.index;
        quid__table_cell(&table, is_new_party ? brief->model->partys[row->party.index].label
                                              : QUID_STRING(""));
        quid__table_cell(&table, !is_new_side   ? QUID_STRING("")
                                 : row->is_gave ? QUID_STRING("gives")
                                                : QUID_STRING("gets"));
        quid__table_cell(&table, is_new_pledge ? brief->model->pledges[row->pledge.index].id
                                               : QUID_STRING(""));
        quid__table_cell(
            &table,
            row->has_amount
                ? quid__arena_format(arena(brief), "%.*s %s =",
                                     QUID_PRINT(quid__brief_amount(brief, row->amount, row->unit)),
                                     quid_stage_word(row->stage))
                : quid__arena_format(
                      arena(brief), "%s %.*s", quid_stage_word(row->stage),
                      QUID_PRINT(quid__brief_mark(brief, stage_origin(brief, row->pledge.index)))));
    }
    quid__table_print(&table, 2);
}
