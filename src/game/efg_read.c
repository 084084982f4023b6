// Reading .efg: one node after the other in preorder, without recursion, so that a hostile file can
// be deep.
#include "efg.h"

#include <string.h>

// ---- Characters

static QuidSpan span_at(const EfgReader *reader, uint32_t offset, uint32_t size)
{
    const uint32_t end = reader->bytes.size;
    offset = offset > end ? end : offset;
    return (QuidSpan){reader->file, offset, size > end - offset ? end - offset : size};
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

// The next byte that says something; NUL at the end of the file.
static char peek(EfgReader *reader)
{
    while (reader->at < reader->bytes.size && is_space(reader->bytes.bytes[reader->at]))
        reader->at += 1;
    return reader->at < reader->bytes.size ? reader->bytes.bytes[reader->at] : '\0';
}

static uint32_t word_size(const EfgReader *reader)
{
    uint32_t end = reader->at;
    while (end < reader->bytes.size && !is_space(reader->bytes.bytes[end]) &&
           strchr("{},\"", reader->bytes.bytes[end]) == NULL)
        end += 1;
    return end > reader->at ? end - reader->at : 1;
}

static bool fail_expected(EfgReader *reader, const char *expected)
{
    if (reader->is_broken)
        return false;
    reader->is_broken = true;
    const char next = peek(reader);
    const uint32_t size = word_size(reader);
    const QuidSpan span = span_at(reader, reader->at, size);
    if (reader->at >= reader->bytes.size)
        quid__report(reader->context, QUID_E0802_GAME_SYNTAX, span,
                     "%s was expected, but the file ends here", expected);
    else if (next < ' ' || next > '~')
        quid__report(reader->context, QUID_E0802_GAME_SYNTAX, span, "%s was expected here",
                     expected);
    else
        quid__report(reader->context, QUID_E0802_GAME_SYNTAX, span, "%s was expected, not `%.*s`",
                     expected, (int)(size > 40 ? 40 : size), reader->bytes.bytes + reader->at);
    return false;
}

static bool read_byte(EfgReader *reader, char byte, const char *name)
{
    if (peek(reader) != byte)
        return fail_expected(reader, name);
    reader->at += 1;
    return true;
}

// A comma may stand between the items of a list.
static void skip_comma(EfgReader *reader)
{
    if (peek(reader) == ',')
        reader->at += 1;
}

// ---- Texts and numbers

static QuidString without_escapes(EfgReader *reader, QuidString written)
{
    char *bytes = quid__arena_push(&reader->labels, written.size);
    if (bytes == NULL)
        return (QuidString){"", 0};
    uint32_t size = 0;
    for (uint32_t i = 0; i < written.size; i++) {
        i += written.bytes[i] == '\\' && i + 1 < written.size ? 1 : 0;
        bytes[size++] = written.bytes[i];
    }
    return (QuidString){bytes, size};
}

static bool read_text(EfgReader *reader, QuidString *text, const char *name)
{
    if (peek(reader) != '"')
        return fail_expected(reader, name);
    const uint32_t first = reader->at + 1;
    bool has_escape = false;
    for (uint32_t at = first; at < reader->bytes.size; at++) {
        const char byte = reader->bytes.bytes[at];
        if (byte == '\\') {
            has_escape = true;
            at += 1;
        } else if (byte == '"') {
            *text = (QuidString){reader->bytes.bytes + first, at - first};
            if (has_escape)
                *text = without_escapes(reader, *text);
            reader->at = at + 1;
            return true;
        }
    }
    reader->is_broken = true;
    quid__report(reader->context, QUID_E0804_GAME_QUOTE, span_at(reader, reader->at, 1),
                 "this text is not closed before the file ends");
    quid__report_hint(reader->context, "a quote inside a text is written \\\"");
    return false;
}

static bool read_index(EfgReader *reader, uint32_t *value, const char *name)
{
    if (!is_digit(peek(reader)))
        return fail_expected(reader, name);
    const uint32_t first = reader->at;
    uint64_t sum = 0;
    for (; reader->at < reader->bytes.size && is_digit(reader->bytes.bytes[reader->at]);
         reader->at++) {
        if (sum <= UINT32_MAX)
            sum = sum * 10 + (uint64_t)(reader->bytes.bytes[reader->at] - '0');
    }
    if (sum >= QUID_TERMINAL) {
        reader->is_broken = true;
        quid__report(reader->context, QUID_E0803_GAME_NUMBER,
                     span_at(reader, first, reader->at - first), "this number is too large");
        return false;
    }
    *value = (uint32_t)sum;
    return true;
}

// Digits with at most one point. Digits beyond the eighteenth are below a double's precision.
static bool scan_digits(EfgReader *reader, QuidDecimal *decimal)
{
    bool has_digit = false;
    bool has_point = false;
    int32_t count = 0;
    for (; reader->at < reader->bytes.size; reader->at++) {
        const char byte = reader->bytes.bytes[reader->at];
        if (byte == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (!is_digit(byte))
            break;
        has_digit = true;
        if (count < 18) {
            decimal->mantissa = decimal->mantissa * 10 + (byte - '0');
            count += decimal->mantissa != 0 ? 1 : 0;
            decimal->exponent -= has_point ? 1 : 0;
        } else if (!has_point && decimal->exponent < 100000) {
            decimal->exponent += 1;
        }
    }
    return has_digit;
}

static bool scan_exponent(EfgReader *reader, QuidDecimal *decimal)
{
    const char *bytes = reader->bytes.bytes;
    if (reader->at >= reader->bytes.size || (bytes[reader->at] | 32) != 'e')
        return true;
    reader->at += 1;
    const bool is_negative = reader->at < reader->bytes.size && bytes[reader->at] == '-';
    if (is_negative || (reader->at < reader->bytes.size && bytes[reader->at] == '+'))
        reader->at += 1;
    if (reader->at >= reader->bytes.size || !is_digit(bytes[reader->at]))
        return false;
    int32_t exponent = 0;
    for (; reader->at < reader->bytes.size && is_digit(bytes[reader->at]); reader->at++) {
        if (exponent < 100000)
            exponent = exponent * 10 + (bytes[reader->at] - '0');
    }
    decimal->exponent += is_negative ? -exponent : exponent;
    return true;
}

// 3, -0.25, 1e-3, 1/3.
static bool read_number(EfgReader *reader, double *value, const char *name)
{
    const char next = peek(reader);
    if (!is_digit(next) && next != '-' && next != '+' && next != '.')
        return fail_expected(reader, name);
    const uint32_t first = reader->at;
    reader->at += next == '-' || next == '+' ? 1 : 0;
    QuidDecimal decimal = {0, 0};
    bool is_good = scan_digits(reader, &decimal) && scan_exponent(reader, &decimal);
    *value = quid_decimal_to_double(decimal);
    if (is_good && reader->at < reader->bytes.size && reader->bytes.bytes[reader->at] == '/') {
        reader->at += 1;
        QuidDecimal denominator = {0, 0};
        is_good = scan_digits(reader, &denominator) && scan_exponent(reader, &denominator) &&
                  denominator.mantissa != 0;
        if (is_good)
            *value /= quid_decimal_to_double(denominator);
    }
    *value = next == '-' ? -*value : *value;
    if (is_good && *value - *value == 0.0)
        return true;
    reader->is_broken = true;
    const uint32_t size = reader->at - first;
    quid__report(reader->context, QUID_E0803_GAME_NUMBER, span_at(reader, first, size),
                 "`%.*s` is no number that can be kept", (int)(size > 40 ? 40 : size),
                 reader->bytes.bytes + first);
    return false;
}

// ---- Sets and outcomes

static bool read_actions(EfgReader *reader, bool is_chance, uint32_t *count)
{
    if (!read_byte(reader, '{', "`{` with the actions"))
        return false;
    for (*count = 0; peek(reader) != '}'; *count += 1) {
        EfgAction action = {.chance = 0};
        if (!read_text(reader, &action.label, "an action's name in quotes, or `}`"))
            return false;
        if (is_chance && !read_number(reader, &action.chance, "the action's chance"))
            return false;
        skip_comma(reader);
        EfgAction *kept = quid__vector_push(&reader->actions);
        if (kept == NULL)
            return false;
        *kept = action;
    }
    reader->at += 1;
    return *count > 0 || fail_expected(reader, "an action before `}`");
}

static void check_chances(EfgReader *reader, const EfgSet *set, uint32_t offset)
{
    const EfgAction *actions = &QUID_AT(&reader->actions, EfgAction, set->action_first);
    double sum = 0;
    bool is_negative = false;
    for (uint32_t i = 0; i < set->action_count; i++) {
        sum += actions[i].chance;
        is_negative = is_negative || actions[i].chance < 0;
    }
    if (is_negative || sum < 1 - 1e-9 || sum > 1 + 1e-9) {
        char text[32] = "";
        if (sum - sum == 0.0)
            (void)quid_double_text(sum, text);
        quid__report(
            reader->context, QUID_E0807_GAME_CHANCES, span_at(reader, offset, reader->at - offset),
            is_negative ? "a chance is negative" : "these chances sum to %s, not to 1", text);
    }
}

static QuidString owner_text(const EfgReader *reader, uint32_t player)
{
    return player == 0 ? QUID_STRING("chance") : QUID_AT(&reader->players, QuidString, player - 1);
}

static void report_set(EfgReader *reader, const EfgSet *set, uint32_t offset, const char *what)
{
    quid__report(reader->context, QUID_E0806_GAME_SET, span_at(reader, offset, reader->at - offset),
                 "set %u of %.*s %s", set->number, QUID_PRINT(owner_text(reader, set->player)),
                 what);
    if (set->offset != offset)
        quid__report_related(reader->context, span_at(reader, set->offset, 1),
                             "its first mention is here");
}

static void check_same_set(EfgReader *reader, const EfgSet *set, uint32_t first, uint32_t count,
                           uint32_t offset)
{
    if (count != set->action_count) {
        report_set(reader, set, offset, "has another number of actions here");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const EfgAction *known = &QUID_AT(&reader->actions, EfgAction, set->action_first + i);
        const EfgAction *again = &QUID_AT(&reader->actions, EfgAction, first + i);
        const double gap = known->chance - again->chance;
        if (!quid__string_equal(known->label, again->label) || gap > 1e-12 || gap < -1e-12) {
            report_set(reader, set, offset, "has other actions here");
            return;
        }
    }
}

// The set's number, then its name and actions, which only the first mention needs. Returns its
// index.
static bool read_set(EfgReader *reader, uint32_t player, uint32_t *index)
{
    (void)peek(reader);
    EfgSet set = {.player = player, .offset = reader->at};
    if (!read_index(reader, &set.number, "the information set's number"))
        return false;
    const uint64_t key = (uint64_t)player << 32 | set.number;
    const uint32_t known = quid__map_get(&reader->set_of, key);
    if (peek(reader) == '"' && !read_text(reader, &set.label, "the information set's name"))
        return false;
    set.action_first = reader->actions.count;
    const bool has_body = peek(reader) == '{';
    if (has_body && !read_actions(reader, player == 0, &set.action_count))
        return false;
    if (known == 0 && !has_body) {
        report_set(reader, &set, set.offset, "is mentioned before its actions are given");
        reader->is_broken = true;
        return false;
    }
    if (known != 0) {
        *index = known - 1;
        const EfgSet first = QUID_AT(&reader->sets, EfgSet, known - 1);
        if (has_body)
            check_same_set(reader, &first, set.action_first, set.action_count, set.offset);
        reader->actions.count = set.action_first;
        return true;
    }
    if (player == 0)
        check_chances(reader, &set, set.offset);
    *index = reader->sets.count;
    EfgSet *kept = quid__vector_push(&reader->sets);
    if (kept == NULL)
        return false;
    *kept = set;
    quid__map_put(&reader->set_of, key, reader->sets.count);
    return true;
}

static bool read_payoffs(EfgReader *reader)
{
    if (!read_byte(reader, '{', "`{` with the payoffs"))
        return false;
    for (uint32_t player = 0; player < reader->players.count; player++) {
        double value = 0;
        if (!read_number(reader, &value, "a payoff for each player"))
            return false;
        skip_comma(reader);
        double *kept = quid__vector_push(&reader->payoffs);
        if (kept == NULL)
            return false;
        *kept = value;
    }
    return read_byte(reader, '}', "`}` after a payoff for each player");
}

static bool is_same_payoff(const EfgReader *reader, uint32_t left, uint32_t right)
{
    for (uint32_t i = 0; i < reader->players.count; i++) {
        const double a = QUID_AT(&reader->payoffs, double, left + i);
        const double b = QUID_AT(&reader->payoffs, double, right + i);
        if (a < b || a > b)
            return false;
    }
    return true;
}

static uint32_t find_outcome(EfgReader *reader, uint32_t number, uint32_t offset)
{
    const uint32_t known = number == 0 ? 0 : quid__map_get(&reader->outcome_of, number);
    if (known != 0)
        return known;
    const uint32_t index = reader->outcomes.count;
    EfgOutcome *kept = quid__vector_push(&reader->outcomes);
    if (kept == NULL)
        return 0;
    *kept = (EfgOutcome){number, QUID_NO_INDEX, offset};
    if (number != 0)
        quid__map_put(&reader->outcome_of, number, index);
    return index;
}

// The outcome's number, then its name and payoffs, which one mention needs. 0 is none, unless
// payoffs follow it.
static bool read_outcome(EfgReader *reader, uint32_t *index)
{
    uint32_t number = 0;
    QuidString label;
    (void)peek(reader);
    const uint32_t offset = reader->at;
    *index = 0;
    if (!read_index(reader, &number, "an outcome's number (0 for none)"))
        return false;
    if (peek(reader) == '"' && !read_text(reader, &label, "the outcome's name"))
        return false;
    const bool has_body = peek(reader) == '{';
    if (number == 0 && !has_body)
        return true;
    *index = find_outcome(reader, number, offset);
    if (*index == 0)
        return false;
    const uint32_t first = reader->payoffs.count;
    if (has_body && !read_payoffs(reader))
        return false;
    EfgOutcome *outcome = &QUID_AT(&reader->outcomes, EfgOutcome, *index);
    if (has_body && outcome->payoff_first == QUID_NO_INDEX) {
        outcome->payoff_first = first;
    } else if (has_body) {
        if (!is_same_payoff(reader, outcome->payoff_first, first)) {
            quid__report(reader->context, QUID_E0808_GAME_OUTCOME,
                         span_at(reader, offset, reader->at - offset),
                         "outcome %u has other payoffs here", number);
            quid__report_related(reader->context, span_at(reader, outcome->offset, 1),
                                 "its first mention is here");
        }
        reader->payoffs.count = first;
    }
    return true;
}

// ---- Nodes

static bool read_player(EfgReader *reader, uint32_t *player)
{
    (void)peek(reader);
    const uint32_t offset = reader->at;
    if (!read_index(reader, player, "the player's number"))
        return false;
    if (*player >= 1 && *player <= reader->players.count)
        return true;
    reader->is_broken = true;
    quid__report(reader->context, QUID_E0805_NO_PLAYER,
                 span_at(reader, offset, reader->at - offset), "there is no player %u", *player);
    quid__report_hint(reader->context, "the file's first line names %u player%s",
                      reader->players.count, reader->players.count == 1 ? "" : "s");
    return false;
}

// What stands after c, p or t.
static bool read_node_body(EfgReader *reader, char kind, EfgNode *node)
{
    QuidString label;
    uint32_t player = 0;
    node->set = QUID_NO_INDEX;
    if (!read_text(reader, &label, "the node's name in quotes"))
        return false;
    if (kind == 'p' && !read_player(reader, &player))
        return false;
    if (kind != 't' && !read_set(reader, player, &node->set))
        return false;
    return read_outcome(reader, &node->outcome);
}

// Ties the node to the last one that waits for a child, and lets it wait for its own.
static bool place_node(EfgReader *reader, EfgNode node)
{
    const uint32_t index = reader->nodes.count;
    if (index >= QUID_GAME_NODE_COUNT_MAX) {
        reader->is_broken = true;
        quid__report(reader->context, QUID_E0811_GAME_TOO_LARGE, span_at(reader, node.offset, 1),
                     "the game has more than %u nodes", QUID_GAME_NODE_COUNT_MAX);
        return false;
    }
    if (reader->open.count > 0) {
        EfgOpen *open = &QUID_AT(&reader->open, EfgOpen, reader->open.count - 1);
        node.parent = open->node;
        node.position = open->next++;
        reader->open.count -= open->next == open->count ? 1 : 0;
    }
    EfgNode *kept = quid__vector_push(&reader->nodes);
    if (kept == NULL)
        return false;
    *kept = node;
    if (node.set == QUID_NO_INDEX)
        return true;
    EfgOpen *open = quid__vector_push(&reader->open);
    if (open == NULL)
        return false;
    *open = (EfgOpen){index, 0, QUID_AT(&reader->sets, EfgSet, node.set).action_count};
    return true;
}

static void read_nodes(EfgReader *reader)
{
    do {
        const char kind = peek(reader);
        EfgNode node = {.offset = reader->at};
        if (reader->at >= reader->bytes.size && reader->nodes.count > 0) {
            const EfgOpen *open = &QUID_AT(&reader->open, EfgOpen, reader->open.count - 1);
            const uint32_t offset = QUID_AT(&reader->nodes, EfgNode, open->node).offset;
            quid__report(reader->context, QUID_E0809_GAME_TREE, span_at(reader, offset, 1),
                         "the file ends before the children of this node: %u of %u are there",
                         open->next, open->count);
            return;
        }
        if ((kind != 'c' && kind != 'p' && kind != 't') || word_size(reader) != 1) {
            (void)fail_expected(reader, "a node (`c`, `p` or `t`)");
            return;
        }
        reader->at += 1;
        if (!read_node_body(reader, kind, &node) || !place_node(reader, node))
            return;
    } while (reader->open.count > 0);
    if (peek(reader) != '\0' || reader->at < reader->bytes.size) {
        quid__report(reader->context, QUID_E0809_GAME_TREE,
                     span_at(reader, reader->at, word_size(reader)),
                     "the tree is whole before this: every action has its node");
        quid__report_hint(reader->context, "is a set given with too few actions?");
    }
}

static bool read_word(EfgReader *reader, const char *word)
{
    (void)peek(reader);
    const uint32_t size = word_size(reader);
    if (reader->at + size > reader->bytes.size || size != strlen(word) ||
        memcmp(reader->bytes.bytes + reader->at, word, size) != 0)
        return false;
    reader->at += size;
    return true;
}

static bool read_prologue(EfgReader *reader)
{
    QuidString text;
    if (!read_word(reader, "EFG") || !read_word(reader, "2") ||
        !(read_word(reader, "R") || read_word(reader, "D"))) {
        reader->is_broken = true;
        quid__report(reader->context, QUID_E0801_NO_GAME_FILE,
                     span_at(reader, reader->at, word_size(reader)),
                     "a game file begins with `EFG 2 R`");
        return false;
    }
    if (!read_text(reader, &text, "the game's title in quotes") ||
        !read_byte(reader, '{', "`{` with the players' names"))
        return false;
    for (; peek(reader) != '}'; skip_comma(reader)) {
        const uint32_t offset = reader->at;
        if (!read_text(reader, &text, "a player's name in quotes, or `}`"))
            return false;
        if (reader->players.count == QUID_GAME_PLAYER_COUNT_MAX) {
            reader->is_broken = true;
            quid__report(reader->context, QUID_E0811_GAME_TOO_LARGE, span_at(reader, offset, 1),
                         "the game has more than %u players", QUID_GAME_PLAYER_COUNT_MAX);
            return false;
        }
        QuidString *kept = quid__vector_push(&reader->players);
        if (kept == NULL)
            return false;
        *kept = text;
    }
    reader->at += 1;
    return peek(reader) != '"' || read_text(reader, &text, "the game's comment");
}

static void check_outcomes(EfgReader *reader)
{
    for (uint32_t i = 1; i < reader->outcomes.count; i++) {
        const EfgOutcome *outcome = &QUID_AT(&reader->outcomes, EfgOutcome, i);
        if (outcome->payoff_first == QUID_NO_INDEX)
            quid__report(reader->context, QUID_E0808_GAME_OUTCOME,
                         span_at(reader, outcome->offset, 1),
                         "the payoffs of outcome %u are given nowhere", outcome->number);
    }
}

static void open_reader(EfgReader *reader)
{
    QuidContext *context = reader->context;
    quid__arena_init(&reader->labels, context);
    quid__vector_init(&reader->players, context, sizeof(QuidString));
    quid__vector_init(&reader->sets, context, sizeof(EfgSet));
    quid__vector_init(&reader->actions, context, sizeof(EfgAction));
    quid__vector_init(&reader->outcomes, context, sizeof(EfgOutcome));
    quid__vector_init(&reader->payoffs, context, sizeof(double));
    quid__vector_init(&reader->nodes, context, sizeof(EfgNode));
    quid__vector_init(&reader->open, context, sizeof(EfgOpen));
    quid__map_init(&reader->set_of, context);
    quid__map_init(&reader->outcome_of, context);
    (void)quid__vector_push(&reader->outcomes);
}

static void close_reader(EfgReader *reader)
{
    quid__arena_free(&reader->labels);
    quid__vector_free(&reader->players);
    quid__vector_free(&reader->sets);
    quid__vector_free(&reader->actions);
    quid__vector_free(&reader->outcomes);
    quid__vector_free(&reader->payoffs);
    quid__vector_free(&reader->nodes);
    quid__vector_free(&reader->open);
    quid__map_free(&reader->set_of);
    quid__map_free(&reader->outcome_of);
}

static bool has_failed(const EfgReader *reader)
{
    return reader->labels.has_failed || reader->players.has_failed || reader->sets.has_failed ||
           reader->actions.has_failed || reader->outcomes.has_failed ||
           reader->payoffs.has_failed || reader->nodes.has_failed || reader->open.has_failed ||
           reader->set_of.has_failed || reader->outcome_of.has_failed ||
           quid__report_has_failed(reader->context);
}

QuidStatus quid_game_read_efg(QuidContext *context, QuidFileId file, QuidGame **game)
{
    EfgReader reader = {
        .context = context, .file = file, .bytes = quid_context_bytes(context, file)};
    const uint32_t errors = quid__report_error_count(context);
    open_reader(&reader);
    if (read_prologue(&reader))
        read_nodes(&reader);
    if (!reader.is_broken && !has_failed(&reader))
        check_outcomes(&reader);
    QuidStatus status = has_failed(&reader)                          ? QUID_NO_MEMORY
                        : quid__report_error_count(context) > errors ? QUID_INVALID
                                                                     : QUID_OK;
    if (status == QUID_OK)
        status = quid__efg_build(&reader, game);
    close_reader(&reader);
    return status;
}
