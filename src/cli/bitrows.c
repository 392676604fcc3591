#include <config.h>

#include "cli/bitrows.h"

#include <math.h>

#include "cli/jsonout.h"
#include "cli/tabular.h"

int bitrows_partner(const struct bit_facts *facts, int bit, int bits)
{
    const double *row = facts->classes.correlation[bit];
    int best = -1;

    for (int i = 0; i < bits; i++)
        if (i != bit && (best < 0 || fabs(row[i]) > fabs(row[best])))
            best = i;
    return best;
}

json_t *bitrows_json(const struct bit_facts *facts, bool coded, int bit,
                     int bits)
{
    const struct bitreport_side *c = &facts->classes, *i = &facts->images;
    int partner = bitrows_partner(facts, bit, bits);
    double r = partner < 0 ? 0 : c->correlation[bit][partner];
    json_t *row = json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "bit", bit, "balance",
        jsonout_real(c->balance[bit]), "entropy", jsonout_real(c->entropy[bit]),
        "image_balance", jsonout_real(coded ? i->balance[bit] : NAN),
        "image_entropy", jsonout_real(coded ? i->entropy[bit] : NAN), "flipped",
        jsonout_real(bit_facts_flipped(facts, bit)), "masked",
        jsonout_real(bit_facts_masked(facts, bit)), "pairs",
        (json_int_t)bit_facts_pairs(facts, bit));

    json_object_set_new(row, "correlated",
                        fabs(r) > 0 ? json_integer(partner) : json_null());
    json_object_set_new(row, "correlation",
                        jsonout_real(fabs(r) > 0 ? r : NAN));
    return row;
}

void bitrows_print(const struct bit_facts *facts, bool coded,
                   const struct caption_list *captions, int bits,
                   enum format format)
{
    static const struct column columns[] = {
        {"bit", COLUMN_NUMBER},
        {"classes", COLUMN_NUMBER},
        {"balance", COLUMN_NUMBER},
        {"entropy", COLUMN_NUMBER},
        {"image_balance", COLUMN_NUMBER},
        {"flipped", COLUMN_NUMBER},
        {"masked", COLUMN_NUMBER},
        {"pairs", COLUMN_NUMBER},
        {"like", COLUMN_TEXT},
        {"caption", COLUMN_NAME},
    };
    struct tabular t;

    tabular_init(&t, columns, captions ? 10 : 9, format);
    for (int bit = 0; bit < bits; bit++) {
        int partner = bitrows_partner(facts, bit, bits);
        struct str like = STR_INIT;

        if (partner >= 0)
            str_addf(&like, "%d (%+.2f)", partner,
                     facts->classes.correlation[bit][partner]);
        tabular_int(&t, bit);
        tabular_int(&t, (int64_t)facts->classes.set[bit]);
        tabular_rate(&t, facts->classes.balance[bit]);
        tabular_real(&t, facts->classes.entropy[bit], 3);
        tabular_rate(&t, coded ? facts->images.balance[bit] : NAN);
        tabular_rate(&t, bit_facts_flipped(facts, bit));
        tabular_rate(&t, bit_facts_masked(facts, bit));
        tabular_int(&t, (int64_t)bit_facts_pairs(facts, bit));
        tabular_text(&t, like.text);
        if (captions)
            tabular_text(&t, captions->text[bit] ? captions->text[bit] : "");
        str_release(&like);
    }
    tabular_print(&t);
    tabular_release(&t);
}
