// Random records against a slow model of the ledger (slow_ledger.h), and which statements pair.
#include "pipeline.h"
#include "slow_ledger.h"

static uint32_t seed_state;

static uint32_t random_below(uint32_t bound)
{
    seed_state = seed_state * 1664525u + 1013904223u;
    return (seed_state >> 8) % bound;
}

static void random_records_match_the_slow_model(void **state)
{
    (void)state;
    uint32_t accepted = 0;
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 400; round++) {
        uint8_t bytes[120];
        seed_state = round * 7919u + 1;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)random_below(256);
        try_record(bytes, sizeof bytes, &accepted, &refused);
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
