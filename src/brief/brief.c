// The brief's entry points: the page's sections in order.
#include "cases.h"

#define TORNADO_LIMIT 3u // inputs a question on the page; quid sensitivity has all
#define OPTIONS_COOKIE 0x62726966u

QuidBriefOptions quid_brief_options(void)
{
    return (QuidBriefOptions){.width = 100, .cookie = OPTIONS_COOKIE};
}

// Of each choice, what is followed is the option likeliest in the first outlook that is looked at.
static void follow_options(Brief *brief, const QuidOutlook *outlook)
{
    const size_t size = (brief->model->ask_count + (size_t)1) * sizeof(uint32_t);
    uint32_t *likeliest = quid__arena_push(&brief->page.arena, size);
    for (uint32_t i = 0; likeliest != NULL && i < brief->model->ask_count; i++)
        likeliest[i] = quid_outlook_likeliest(outlook, i);
    brief->likeliest = likeliest;
}

void quid__brief_look_at(Brief *brief, const QuidOutlook *outlook)
{
    brief->outlook = quid_outlook_tables(outlook);
    brief->deal = brief->outlook->deal;
    brief->model = quid_deal_tables(brief->deal);
    brief->answers =
        brief->outlook->answers == NULL ? NULL : quid_answer_tables(brief->outlook->answers);
    brief->forecast =
        brief->outlook->forecast == NULL ? NULL : quid_forecast_tables(brief->outlook->forecast);
    if (brief->likeliest == NULL)
        follow_options(brief, outlook);
}

void quid__brief_begin(Brief *brief, QuidContext *context, const QuidLedger *ledger,
                       const QuidDeal *deal, const QuidBriefOptions *options)
{
    *brief = (Brief){
        .deal = deal,
        .model = quid_deal_tables(deal),
        .record = ledger,
        .ledger = quid_ledger_tables(ledger),
        .page = {.context = context, .width = options->width, .is_coloured = options->is_coloured}};
    quid__arena_init(&brief->page.arena, context);
    // A deal with settings applied has the sources of the deal itself.
    const size_t size = (size_t)brief->model->source_count * sizeof(uint32_t);
    brief->numbers = quid__arena_push(&brief->page.arena, size);
    brief->sources = quid__arena_push(&brief->page.arena, size);
    if (options->outlook != NULL)
        quid__brief_look_at(brief, options->outlook);
}

static bool open_brief(Brief *brief, QuidContext *context, const QuidLedger *ledger,
                       const QuidDeal *deal, const QuidBriefOptions *options, QuidOutput output)
{
    quid__brief_begin(brief, context, ledger, deal, options);
    brief->page.output = output;
    return !brief->page.arena.has_failed;
}

static QuidStatus close_brief(Brief *brief)
{
    const bool is_out_of_memory = brief->page.arena.has_failed;
    const bool has_failed = brief->page.has_failed;
    quid__arena_free(&brief->page.arena);
    return is_out_of_memory ? QUID_NO_MEMORY : has_failed ? QUID_IO : QUID_OK;
}

static void put_title(Brief *brief)
{
    Page *page = &brief->page;
    quid__page_text(page, page->is_coloured ? "\033[1m" : "");
    quid__page_paragraph(page, 0, brief->model->title);
    quid__page_text(page, page->is_coloured ? "\033[0m" : "");
    quid__page_paragraph(
        page, 0,
        quid__arena_format(&page->arena, "As of %.*s: what was known by the end of that day.",
                           QUID_PRINT(quid__page_date(page, brief->ledger->as_of))));
}

// Parties with odds of their own keep them where the author's are set.
static void put_kept_odds(Brief *brief)
{
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < brief->outlook->setting_count; i++) {
        const QuidSetting *setting = &brief->outlook->settings[i];
        if (!setting->is_chance)
            continue;
        const QuidEvent *event = &brief->model->events[setting->thing.index];
        for (uint32_t b = 0; b < event->belief_count; b++) {
            const QuidBelief *belief = &brief->model->beliefs[event->belief_first + b];
            text = quid__brief_join(
                brief, text, ", ",
                quid__arena_format(&brief->page.arena, "%.*s of %.*s",
                                   QUID_PRINT(brief->model->partys[belief->party.index].label),
                                   QUID_PRINT(event->id)));
        }
    }
    if (text.size > 0)
        quid__page_paragraph(
            &brief->page, 0,
            quid__arena_format(&brief->page.arena,
                               "The author's odds are set; these keep their own: %.*s.",
                               QUID_PRINT(text)));
}

static void put_settings(Brief *brief)
{
    if (brief->outlook == NULL || brief->outlook->setting_count == 0)
        return;
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < brief->outlook->setting_count; i++)
        text = quid__brief_join(brief, text, ", ",
                                quid__brief_setting(brief, &brief->outlook->settings[i]));
    quid__page_paragraph(
        &brief->page, 0,
        quid__arena_format(&brief->page.arena, "What if: %.*s.", QUID_PRINT(text)));
    put_kept_odds(brief);
}

static void put_legend(Brief *brief)
{
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(
        &brief->page, 0,
        QUID_STRING("[n] a fact, by the source with that number · (l.n) the author's, "
                    "at that line · = computed"));
}

QuidStatus quid_brief_status(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                             const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    if (options->is_json)
        return quid__brief_json(context, ledger, deal, options, false, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        quid__brief_stages(&brief);
        quid__brief_exchange(&brief);
        quid__brief_deadlines(&brief);
        quid__brief_statements(&brief);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}

static void put_game(Brief *brief)
{
    if (brief->answers == NULL || brief->model->move_count <= 1)
        return;
    quid__page_heading(&brief->page, "Who waits for what, and why");
    quid__brief_moves(brief);
    quid__brief_payoffs(brief);
    quid__brief_beliefs(brief);
    quid__brief_certificate(brief);
}

QuidStatus quid_brief_solution(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->outlook != NULL);
    QUID_ASSERT(quid_outlook_tables(options->outlook)->answers != NULL);
    if (options->is_json)
        return quid__solution_json(context, ledger, deal, options, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        put_settings(&brief);
        if (brief.model->move_count <= 1)
            quid__page_paragraph(&brief.page, 0,
                                 QUID_STRING("The deal has no moves: nothing is "
                                             "left to choose."));
        put_game(&brief);
        if (options->has_strategy)
            quid__brief_strategy(&brief);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}

static void put_stopped(Brief *brief)
{
    if (brief->outlook != NULL && brief->outlook->is_stopped)
        quid__page_paragraph(&brief->page, 0,
                             QUID_STRING("STOPPED before the end: what stands here is the best "
                                         "so far."));
}

QuidStatus quid_brief_forecast(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->outlook != NULL);
    if (options->is_json)
        return quid__forecast_json(context, ledger, deal, options, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        put_settings(&brief);
        put_stopped(&brief);
        quid__brief_asks(&brief);
        quid__brief_milestones(&brief);
        quid__brief_timeline(&brief);
        quid__brief_amounts(&brief);
        quid__brief_chances(&brief);
        quid__page_text(&brief.page, "\n");
        quid__brief_method(&brief);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}

QuidStatus quid_brief_sensitivity(QuidContext *context, const QuidLedger *ledger,
                                  const QuidDeal *deal, const QuidBriefOptions *options,
                                  QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->sensitivity != NULL);
    if (options->is_json)
        return quid__sensitivity_json(context, ledger, deal, options, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        put_settings(&brief);
        quid__brief_tornado(&brief, options->sensitivity, 0);
        quid__brief_shares(&brief);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}

QuidStatus quid_brief_backtest(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBacktest *backtest, const QuidBriefOptions *options,
                               QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    if (options->is_json)
        return quid__backtest_json(context, ledger, deal, backtest, options, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        quid__brief_track_record(&brief, backtest);
    }
    return close_brief(&brief);
}

QuidStatus quid_brief_explain(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                              uint32_t ask, const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    QUID_ASSERT(ask < quid_deal_tables(deal)->ask_count);
    return quid__explain(context, ledger, deal, ask, options, output);
}

QuidStatus quid_brief_compare(QuidContext *context, const QuidBriefSide *from,
                              const QuidBriefSide *to, const QuidEffects *effects,
                              const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    return quid__compare(context, from, to, effects, options, output);
}

QuidStatus quid_brief_what_if(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                              const QuidBriefCase *cases, uint32_t count,
                              const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->outlook != NULL);
    if (options->is_json)
        return quid__what_if_json(context, ledger, deal, options, cases, count, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        put_title(&brief);
        quid__brief_what_if(&brief, options->outlook, cases, count);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}

QuidStatus quid_brief_write(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                            const QuidBriefOptions *options, QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    if (options->is_json)
        return quid__brief_json(context, ledger, deal, options, true, output);
    Brief brief;
    if (open_brief(&brief, context, ledger, deal, options, output)) {
        brief.is_short = true;
        put_title(&brief);
        put_settings(&brief);
        put_stopped(&brief);
        quid__brief_headline(&brief);
        quid__brief_asks(&brief);
        quid__brief_stages(&brief);
        quid__brief_exchange(&brief);
        quid__brief_deadlines(&brief);
        quid__brief_milestones(&brief);
        quid__brief_timeline(&brief);
        quid__brief_amounts(&brief);
        put_game(&brief);
        quid__brief_open(&brief);
        if (options->sensitivity != NULL)
            quid__brief_tornado(&brief, options->sensitivity, TORNADO_LIMIT);
        quid__brief_supplies(&brief);
        quid__brief_statements(&brief);
        quid__brief_basis(&brief);
        quid__brief_method(&brief);
        quid__brief_sources(&brief);
        put_legend(&brief);
    }
    return close_brief(&brief);
}
