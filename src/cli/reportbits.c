#include <config.h>

/* What each bit means and costs: a table, how they go together, and a part for
 * each with the images that are surest of it. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/bitrows.h"
#include "cli/report.h"
#include "taxonomy/wording.h"

#define NAMES 24 /* classes named on a side */
#define EDGE  24 /* pixels beside the map of correlations */

/* ---- table ---- */

static const char *caption_of(const struct report *p, int bit)
{
    return p->captions.text[bit] ? p->captions.text[bit] : "";
}

static void write_number(struct html *h, int bit)
{
    html_say(h, "<a class=\"bit dg-%d\" href=\"#bit-%d\">%d</a>", bit, bit,
             bit);
}

/* The bit that it goes with most, and how much. */
static void write_partner(const struct report *p, struct html *h, int bit)
{
    int other = bitrows_partner(&p->e->bits, bit, p->s->book.bits);
    double r = other < 0 ? 0 : p->e->bits.classes.correlation[bit][other];

    if (fabs(r) > 0) {
        write_number(h, other);
        html_say(h, " %s%.2f", r < 0 ? "−" : "+", fabs(r));
    } else {
        html_say(h, "–");
    }
}

static bool is_captioned(const struct report *p)
{
    for (int bit = 0; bit < p->s->book.bits; bit++)
        if (p->captions.text[bit] != NULL)
            return true;
    return false;
}

static void write_row(struct report *p, int bit, bool captioned)
{
    const struct bit_facts *facts = &p->e->bits;
    struct html *h = &p->html;

    html_open(h, "tr", NULL);
    html_open(h, "th", "scope=\"row\" class=\"n\"");
    write_number(h, bit);
    html_close(h);
    if (captioned)
        html_line(h, "td", NULL, caption_of(p, bit));
    html_open(h, "td", REPORT_NUMBER);
    report_rate(h, facts->classes.balance[bit]);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_rate(h, p->coded ? facts->images.balance[bit] : NAN);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_real(h, facts->classes.entropy[bit], 3);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_rate(h, bit_facts_flipped(facts, bit));
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_rate(h, bit_facts_masked(facts, bit));
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_whole(h, (int64_t)bit_facts_pairs(facts, bit));
    html_close(h);
    html_open(h, "td", "class=\"n like\"");
    write_partner(p, h, bit);
    html_close(h);
    html_close(h);
    str_add_char(h->out, '\n');
}

static void write_table(struct report *p)
{
    static const char *const columns[] = {
        "caption",  "#bit",      "#of classes", "#of images", "#entropy",
        "#flipped", "#left out", "#pairs",      "#goes with"};
    const char *shown[ARRAY_SIZE(columns)];
    bool captioned = is_captioned(p);
    int wide = 0;
    struct html *h = &p->html;

    report_table(h, "Bits", NULL);
    html_words(h, "caption", NULL,
               "How many classes and images have each bit set, and its entropy "
               "over the classes; what share of the test images is lost when "
               "it is flipped or left out; how many pairs of classes differ "
               "in it alone; and the bit that it is most like.");
    shown[wide++] = columns[1];
    if (captioned)
        shown[wide++] = columns[0];
    for (size_t i = 2; i < ARRAY_SIZE(columns); i++)
        shown[wide++] = columns[i];
    report_columns(h, shown, wide);
    html_open(h, "tbody", NULL);
    for (int bit = 0; bit < p->s->book.bits; bit++)
        write_row(p, bit, captioned);
    html_close(h);
    html_close(h);
    html_close(h);
}

/* ---- correlations ---- */

/* Pixels of a cell: two digits fit beside it. */
static int cell_of(const struct report *p)
{
    return p->s->book.bits <= 32 ? 16 : 11;
}

/* Five shades of either sign; what is weaker than the first is not drawn. */
static int shade_of(double r)
{
    static const double least[] = {0.05, 0.1, 0.2, 0.35, 0.5};
    int shade = 0;

    while (shade < (int)ARRAY_SIZE(least) && fabs(r) >= least[shade])
        shade++;
    return r < 0 ? -shade : shade;
}

static void draw_shade(struct str *out, const struct report *p, int shade)
{
    int cell = cell_of(p);
    bool any = false;

    for (int a = 0; a < p->s->book.bits; a++)
        for (int b = 0; b < p->s->book.bits; b++) {
            if (a == b ||
                shade_of(p->e->bits.classes.correlation[a][b]) != shade)
                continue;
            if (!any)
                str_addf(out, "<path class=\"%s s%d\" d=\"",
                         shade < 0 ? "less" : "more", abs(shade));
            any = true;
            str_addf(out, "M%d %dh%dv%dh-%dz", EDGE + b * cell, EDGE + a * cell,
                     cell - 1, cell - 1, cell - 1);
        }
    str_add(out, any ? "\"/>\n" : "");
}

static void write_correlations(struct report *p)
{
    int bits = p->s->book.bits, cell = cell_of(p);
    int side = EDGE + bits * cell;
    struct str *out = p->html.out;

    if (bits < 2)
        return;
    html_open(&p->html, "figure", "class=\"correlations\"");
    str_addf(out,
             "<svg role=\"img\" aria-labelledby=\"correlations-title\" "
             "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title "
             "id=\"correlations-title\">Correlation of every two bits over the "
             "class codes</title>\n<path class=\"ground\" d=\"",
             side, side, side, side);
    for (int bit = 0; bit < bits; bit++)
        str_addf(out, "M%d %dh%dv%dh-%dz", EDGE + bit * cell, EDGE + bit * cell,
                 cell - 1, cell - 1, cell - 1);
    str_add(out, "\"/>\n");
    for (int shade = -5; shade <= 5; shade++)
        if (shade != 0)
            draw_shade(out, p, shade);
    for (int bit = 0; bit < bits; bit++)
        str_addf(out,
                 "<text x=\"%d\" y=\"%d\">%d</text><text class=\"row\" "
                 "x=\"%d\" y=\"%d\">%d</text>\n",
                 EDGE + bit * cell + cell / 2, EDGE - 5, bit, EDGE - 4,
                 EDGE + bit * cell + cell - 3, bit);
    str_add(out, "</svg>\n");
    html_words(&p->html, "figcaption", NULL,
               "Correlation of every two bits over the class codes: <span "
               "class=\"key more\">together</span>, <span class=\"key "
               "less\">apart</span>, the stronger the darker; blank below "
               "0.05. Independent bits say most.");
    html_close(&p->html);
}

/* ---- one bit ---- */

struct weighed {
    uint32_t class;
    float weight; /* |W| */
};

static int compare_weights(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->class < y->class ? -1 : 1;
}

/* The classes of a side, those first that are surest to be there. */
static void write_names(struct report *p, int bit, bool on)
{
    const struct codebook *book = &p->s->book;
    struct weighed *list = mem_zalloc(book->classes + 1, sizeof(*list));
    struct html *h = &p->html;
    uint32_t count = 0;

    for (uint32_t c = 0; c < book->classes; c++)
        if (code_bit(book->codes[c], bit) == on)
            list[count++] = (struct weighed){
                c, fabsf(book->weights[c * (size_t)book->bits + (size_t)bit])};
    qsort(list, count, sizeof(*list), compare_weights);
    html_open(h, "p", "class=\"names\"");
    for (uint32_t i = 0; i < count && i < NAMES; i++) {
        html_say(h, i ? ", " : "");
        html_line(h, "bdi", NULL, p->s->coded.items[list[i].class].name);
    }
    if (count > NAMES)
        html_say(h, " <small>and %u more</small>", count - NAMES);
    html_close(h);
    free(list);
}

static void describe(struct str *out, const struct report *p, int64_t id,
                     int bit, bool on, int margin)
{
    int64_t row = image_codes_find(&p->codes, id);

    str_addf(out, "%s, image %lld, margin %+.2f on bit %d",
             subject_class(p->s, p->codes.class_ids[row]), (long long)id,
             (on ? margin : -margin) * p->s->model.margin_scale, bit);
}

static enum status write_sure(struct report *p, int bit, bool on,
                              struct err *err)
{
    const struct ranking *r = &p->sure[bit][on];
    struct html *h = &p->html;
    enum status status = OK;

    html_open(h, "p",
              report_pictured(p) ? "class=\"strip\"" : "class=\"names\"");
    for (int i = 0; i < r->count && status == OK; i++) {
        struct str alt = STR_INIT;

        describe(&alt, p, r->id[i], bit, on, (int)r->score[i]);
        if (report_pictured(p)) {
            status = report_picture(p, r->id[i], alt.text, err);
        } else {
            html_say(h, i ? "; " : "Surest: ");
            html_text(h, alt.text);
        }
        str_release(&alt);
    }
    html_close(h);
    return status;
}

static enum status write_side(struct report *p, int bit, bool on,
                              struct err *err)
{
    const struct bitreport_side *side = &p->e->bits.classes;
    size_t set = side->set[bit];
    struct html *h = &p->html;
    enum status status = OK;

    html_open(h, "div", on ? "class=\"side on\"" : "class=\"side off\"");
    html_words(h, "h4", NULL, "%s <small>%zu class%s</small>",
               on ? "1, set" : "0, not set", on ? set : side->count - set,
               (on ? set : side->count - set) == 1 ? "" : "es");
    if (p->coded && p->sure[bit][on].count > 0)
        status = write_sure(p, bit, on, err);
    write_names(p, bit, on);
    html_close(h);
    return status;
}

static void write_facts(struct report *p, int bit)
{
    const struct bit_facts *facts = &p->e->bits;
    struct html *h = &p->html;
    size_t pairs = bit_facts_pairs(facts, bit);

    html_open(h, "p", "class=\"bitfacts\"");
    html_say(h, "Set in ");
    report_rate(h, facts->classes.balance[bit]);
    html_say(h, " of the classes");
    if (p->coded) {
        html_say(h, " and ");
        report_rate(h, facts->images.balance[bit]);
        html_say(h, " of the images");
    }
    html_say(h, ", entropy ");
    report_real(h, facts->classes.entropy[bit], 3);
    if (!isnan(bit_facts_flipped(facts, bit))) {
        html_say(h, ". Flipped it costs ");
        report_rate(h, bit_facts_flipped(facts, bit));
        html_say(h, " of the test images, left out ");
        report_rate(h, bit_facts_masked(facts, bit));
    }
    html_say(h,
             pairs == 0   ? ". No two classes differ in it alone"
             : pairs == 1 ? ". One pair of classes differs in it alone"
                          : ". %zu pairs of classes differ in it alone",
             pairs);
    html_say(h, ". Goes with ");
    write_partner(p, h, bit);
    html_say(h, ".");
    html_close(h);
}

/* The caption people gave, or else what the names of the classes propose. */
static void write_heading(struct report *p, const struct wording *wording,
                          int bit)
{
    struct wording_proposal proposal;
    struct html *h = &p->html;
    struct str text = STR_INIT;

    html_open(h, "h3", NULL);
    html_say(h, "<span class=\"bit dg-%d\">%d</span> ", bit, bit);
    if (p->captions.text[bit] != NULL) {
        html_text(h, p->captions.text[bit]);
    } else {
        wording_propose(&proposal, wording, p->s->book.codes, bit);
        wording_text(&text, &proposal);
        html_say(h, "<span class=\"none\">");
        html_text(h, text.length ? text.text : "no caption");
        html_say(h, text.length ? "<small> by the names of its classes</small>"
                                  "</span>"
                                : "</span>");
        str_release(&text);
    }
    html_close(h);
}

static enum status write_bit(struct report *p, const struct wording *wording,
                             int bit, struct err *err)
{
    struct str text = STR_INIT;
    enum status status;

    str_addf(&text, "class=\"onebit dg-%d\" id=\"bit-%d\"", bit, bit);
    html_open(&p->html, "article", text.text);
    write_heading(p, wording, bit);
    write_facts(p, bit);
    html_open(&p->html, "div", "class=\"sides\"");
    status = write_side(p, bit, false, err);
    if (status == OK)
        status = write_side(p, bit, true, err);
    html_close(&p->html);
    str_clear(&text);
    str_addf(&text, "%d", bit);
    if (status == OK)
        status = report_notes(p, NOTE_BIT, text.text, err);
    html_close(&p->html);
    str_release(&text);
    return status;
}

static struct wording *words_of(const struct report *p)
{
    size_t n = (size_t)p->s->coded.count;
    const char **names = mem_zalloc(2 * n + 1, sizeof(*names));
    struct wording *wording;

    for (size_t c = 0; c < n; c++) {
        names[c] = p->s->coded.items[c].name;
        names[n + c] = p->s->coded.items[c].path;
    }
    wording = wording_new(names, names + n, (uint32_t)n);
    free(names);
    return wording;
}

enum status report_bits(struct report *p, struct err *err)
{
    struct wording *wording = words_of(p);
    enum status status = OK;

    write_table(p);
    write_correlations(p);
    if (p->coded && report_pictured(p))
        html_words(
            &p->html, "p", NULL,
            "Below, on either side: the images with the largest margins, "
            "the surest of each class, and the classes with the largest "
            "weights.");
    for (int bit = 0; bit < p->s->book.bits && status == OK; bit++)
        status = write_bit(p, wording, bit, err);
    wording_free(wording);
    return status;
}
