// ISO 4217: the currencies in use whose minor part is not a hundredth, and the rest.
#include "base_internal.h"

#include <string.h>

// Codes of three letters, one behind the other, in alphabetical order.
static const char two_digits[] =
    "AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCNYCOP"
    "COUCRCCUCCUPCVECZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMD"
    "KESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPR"
    "NZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRY"
    "TTDTWDTZSUAHUSDUSNUYUUZSVEDVESWSTXCDYERZARZMWZWGZWL";
static const char no_digits[] = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF";
static const char three_digits[] = "BHDIQDJODKWDLYDOMRTND";
static const char four_digits[] = "CLFUYW";

static bool is_listed(const char *list, const char *code)
{
    for (; *list != '\0'; list += 3) {
        if (memcmp(list, code, 3) == 0)
            return true;
    }
    return false;
}

int32_t quid_currency_digits(QuidString code)
{
    if (code.size != 3)
        return -1;
    if (is_listed(two_digits, code.bytes))
        return 2;
    if (is_listed(no_digits, code.bytes))
        return 0;
    if (is_listed(three_digits, code.bytes))
        return 3;
    return is_listed(four_digits, code.bytes) ? 4 : -1;
}
