// Writing .efg: the tables are in preorder already, so a node is a line.
#include "game_internal.h"

#include "print.h"

static void write_prologue(QuidPrinter *printer, const QuidGameTables *tables, QuidString title)
{
    quid__print(printer, "EFG 2 R ");
    quid__print_quoted(printer, title);
    quid__print(printer, " {");
    for (uint32_t player = 0; player < tables->player_count; player++) {
        quid__print(printer, " ");
        quid__print_quoted(printer, tables->player_label[player]);
    }
    quid__print(printer, " }\n");
    quid__print_quoted(printer,
                       tables->belief_count > 1
                           ? QUID_STRING("Players weigh chance differently; the chances here "
                                         "are the author's.")
                           : QUID_STRING(""));
    quid__print(printer, "\n\n");
}

// Chance nodes have sets of their own, each with its chances.
static void write_chance(QuidPrinter *printer, const QuidGameTables *tables, uint32_t node,
                         uint32_t number)
{
    quid__print(printer, "c \"\" %u \"\" {", number);
    for (uint32_t child = node + 1; child < tables->end[node]; child = tables->end[child]) {
        quid__print(printer, " \"%u\" ", tables->edge[child] + 1);
        quid__print_double(printer, tables->chance[child]);
    }
    quid__print(printer, " } 0\n");
}

static void write_decision(QuidPrinter *printer, const QuidGameTables *tables, uint32_t set,
                           bool is_first)
{
    quid__print(printer, "p \"\" %u %u", tables->set_player[set], tables->set_number[set]);
    if (is_first) {
        quid__print(printer, " ");
        quid__print_quoted(printer, tables->set_label[set]);
        quid__print(printer, " {");
        for (uint32_t i = tables->set_action_first[set]; i < tables->set_action_first[set + 1];
             i++) {
            quid__print(printer, " ");
            quid__print_quoted(printer, tables->action_label[i]);
        }
        quid__print(printer, " }");
    }
    quid__print(printer, " 0\n");
}

static void write_terminal(QuidPrinter *printer, const QuidGameTables *tables, uint32_t terminal)
{
    quid__print(printer, "t \"\" %u \"\" {", terminal + 1);
    for (uint32_t player = 0; player < tables->player_count; player++) {
        quid__print(printer, player == 0 ? " " : ", ");
        quid__print_double(printer,
                           tables->payoff[(size_t)player * tables->terminal_count + terminal]);
    }
    quid__print(printer, " }\n");
}

QuidStatus quid_game_write_efg(const QuidGame *game, QuidString title, QuidOutput output)
{
    const QuidGameTables *tables = quid_game_tables(game);
    QuidPrinter printer = {.output = output};
    uint32_t chance_count = 0;
    write_prologue(&printer, tables, title);
    for (uint32_t node = 0; node < tables->node_count && !printer.has_stopped; node++) {
        const uint32_t set = tables->set[node];
        if (set == QUID_TERMINAL)
            write_terminal(&printer, tables, tables->terminal[node]);
        else if (set == QUID_CHANCE)
            write_chance(&printer, tables, node, ++chance_count);
        else
            write_decision(&printer, tables, set,
                           tables->set_nodes[tables->set_node_first[set]] == node);
    }
    return quid__print_status(&printer);
}
