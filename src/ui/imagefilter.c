#include <config.h>

#include "ui/imagefilter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/dataset.h"
#include "ui/finder.h"

static const struct {
    const char *name;
    bool of_codes;
} measures[MEASURES] = {
    [MEASURE_ID] = {"id", false},
    [MEASURE_CLASS] = {"class", false},
    [MEASURE_DISTANCE] = {"distance", true},
    [MEASURE_LABEL] = {"label", true},
    [MEASURE_AWAY] = {"away", true},
    [MEASURE_MARGIN] = {"margin", true},
    [MEASURE_CONFIDENCE] = {"confidence", true},
};

static const struct imagefilter_term terms[] = {
    {"WORDS", "of classes whose name or path holds the words; /REGEX matches"},
    {"class=WORDS", "the same; class==NAME is that class, class=none no class"},
    {"node=KEY", "of the classes of a group of the tree"},
    {"train test ood", "of these splits"},
    {"tag=NAME", "with that tag"},
    {"right wrong", "decoded to their own class, or to another"},
    {"unknown", "whose code no class has"},
    {"code=01**1", "whose code has these bits, * and what is left out free"},
    {"distance>1", "so many bits from the code of the class decoded to; = < <= "
                   "> >= as well"},
    {"label>1", "so many bits from the code of their own class"},
    {"margin<0.5", "with the smallest margin, sign left aside, below that"},
    {"confidence<1",
     "with the mean margin for the class decoded to, bits that contradict it "
     "taken off, below that"},
    {"id>1000", "with such a number"},
    {"from=PLACE", "ordered from the code of a place, as class/NAME, image/ID, "
                   "code/01**, or this: the image under the cursor"},
    {"away<=2", "so many bits from the code of from="},
    {"sort=NAME", "by id, class, distance, label, away, margin or confidence; "
                  "sort=-NAME the other way round"},
};

const struct imagefilter_term *imagefilter_table(int *count)
{
    *count = ARRAY_SIZE(terms);
    return terms;
}

const char *image_measure_name(enum image_measure measure)
{
    return measures[measure].name;
}

void imagefilter_init(struct imagefilter *filter)
{
    memset(filter, 0, sizeof(*filter));
    for (int i = 0; i < MEASURES; i++)
        filter->bounds[i] =
            (struct image_bounds){-INFINITY, INFINITY, false, false};
}

void imagefilter_release(struct imagefilter *filter)
{
    free(filter->classes);
    free(filter->node);
    free(filter->tag);
    free(filter->code);
    free(filter->from);
    imagefilter_init(filter);
}

static bool bounded(const struct image_bounds *b)
{
    return b->low != -INFINITY || b->high != INFINITY;
}

bool imagefilter_of_codes(const struct imagefilter *filter)
{
    bool so = filter->verdict || filter->unknown || filter->code ||
              filter->from || measures[filter->order].of_codes;

    for (int i = 0; i < MEASURES; i++)
        so = so || (measures[i].of_codes && bounded(&filter->bounds[i]));
    return so;
}

/* ---- from text ---- */

/* The next term, quotes taken off; false at the end. */
static bool next_term(const char **text, struct str *out)
{
    bool quoted = false;

    str_clear(out);
    *text += strspn(*text, " ");
    if (**text == '\0')
        return false;
    for (; **text && (quoted || **text != ' '); (*text)++) {
        if (**text == '"')
            quoted = !quoted;
        else if (quoted && **text == '\\' && (*text)[1])
            str_add_char(out, *++*text);
        else
            str_add_char(out, **text);
    }
    return true;
}

static void set(char **out, const char *text)
{
    free(*out);
    *out = mem_strdup(text);
}

static bool measure_named(enum image_measure *out, const char *name, size_t n)
{
    for (int i = 0; i < MEASURES; i++) {
        if (strlen(measures[i].name) != n ||
            strncmp(measures[i].name, name, n) != 0)
            continue;
        *out = (enum image_measure)i;
        return true;
    }
    return false;
}

static enum status parse_bound(struct imagefilter *out,
                               enum image_measure measure, const char *sign,
                               struct err *err)
{
    struct image_bounds *b = &out->bounds[measure];
    bool equal = sign[0] == '=', or_equal = equal || sign[1] == '=';
    const char *text = sign + 1 + (!equal && or_equal);
    char *end;
    double number = strtod(text, &end);

    if (end == text || *end || !isfinite(number))
        return err_set(err, ERR_BAD_INPUT, "'%s' is no number: %s%.*s1", text,
                       measures[measure].name, or_equal && !equal ? 2 : 1,
                       sign);
    if (equal || sign[0] == '>') {
        b->low = number;
        b->over = !or_equal;
    }
    if (equal || sign[0] == '<') {
        b->high = number;
        b->under = !or_equal;
    }
    return OK;
}

static enum status parse_order(struct imagefilter *out, const char *name,
                               struct err *err)
{
    out->falling = name[0] == '-';
    name += out->falling;
    if (measure_named(&out->order, name, strlen(name)))
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "there is no order '%s'; id, class, distance, label, away, "
                   "margin, confidence",
                   name);
}

static enum status parse_text(struct imagefilter *out, const char *key,
                              size_t n, const char *value, struct err *err)
{
    const struct {
        const char *name;
        char **text;
    } table[] = {{"class", &out->classes},
                 {"node", &out->node},
                 {"tag", &out->tag},
                 {"code", &out->code},
                 {"from", &out->from}};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (strlen(table[i].name) != n || strncmp(table[i].name, key, n) != 0)
            continue;
        if (table[i].text == &out->classes) {
            out->exact = value[0] == '=';
            value += out->exact;
        }
        if (value[0] == '\0')
            return err_set(err, ERR_BAD_INPUT,
                           "nothing stands after %s=", table[i].name);
        set(table[i].text, value);
        return OK;
    }
    return err_set(err, ERR_BAD_INPUT,
                   "there is no term '%.*s'; :help filters lists them", (int)n,
                   key);
}

/* True if the whole term is one of the words that stand alone. */
static bool parse_word(struct imagefilter *out, const char *word)
{
    enum split split;
    struct err err;

    if (strcmp(word, "right") == 0 || strcmp(word, "wrong") == 0)
        out->verdict = word[0] == 'r' ? 1 : 2;
    else if (strcmp(word, "unknown") == 0)
        out->unknown = true;
    else if (split_parse(&split, word, &err) == OK)
        out->splits |= 1u << split;
    else
        return false;
    return true;
}

static enum status parse_term(struct imagefilter *out, const char *term,
                              struct str *words, bool *sorted, struct err *err)
{
    size_t n = strspn(term, "abcdefghijklmnopqrstuvwxyz");
    enum image_measure measure;

    if (parse_word(out, term))
        return OK;
    if (n == 0 || term[n] == '\0' || !strchr("=<>", term[n])) {
        str_addf(words, "%s%s", words->length ? " " : "", term);
        return OK;
    }
    if (strncmp(term, "sort=", 5) == 0) {
        *sorted = true;
        return parse_order(out, term + 5, err);
    }
    if (measure_named(&measure, term, n) && measure != MEASURE_CLASS)
        return parse_bound(out, measure, term + n, err);
    if (term[n] != '=')
        return err_set(err, ERR_BAD_INPUT, "'%.*s' has no order: %.*s=...",
                       (int)n, term, (int)n, term);
    return parse_text(out, term, n, term + n + 1, err);
}

/* What terms say together. */
static enum status check(struct imagefilter *filter, bool sorted,
                         struct err *err)
{
    struct finder finder;
    bool broken;

    if (!sorted && filter->from)
        filter->order = MEASURE_AWAY;
    finder_init(&finder);
    if (filter->classes && !filter->exact)
        finder_set(&finder, filter->classes);
    broken = finder.broken;
    finder_release(&finder);
    if (broken)
        return err_set(err, ERR_BAD_INPUT, "not a regular expression: %s",
                       filter->classes + 1);
    if (!filter->from && (filter->order == MEASURE_AWAY ||
                          bounded(&filter->bounds[MEASURE_AWAY])))
        return err_set(err, ERR_BAD_INPUT,
                       "away from what? from=class/NAME, from=image/ID, "
                       "from=code/01** or from=this");
    return OK;
}

enum status imagefilter_parse(struct imagefilter *out, const char *text,
                              struct err *err)
{
    struct imagefilter filter;
    struct str term = STR_INIT, words = STR_INIT;
    enum status status = OK;
    bool sorted = false;

    imagefilter_init(&filter);
    while (status == OK && next_term(&text, &term))
        status = parse_term(&filter, term.text, &words, &sorted, err);
    if (status == OK && words.length > 0) {
        set(&filter.classes, words.text);
        filter.exact = false;
    }
    if (status == OK)
        status = check(&filter, sorted, err);
    if (status == OK)
        *out = filter;
    else
        imagefilter_release(&filter);
    str_release(&term);
    str_release(&words);
    return status;
}

/* ---- to text ---- */

static void add_value(struct str *out, const char *key, const char *value)
{
    bool quote = value[strcspn(value, " \"\\")] != '\0';

    if (out->length > 0)
        str_add_char(out, ' ');
    str_addf(out, "%s%s", key, quote ? "\"" : "");
    for (; *value; value++) {
        if (quote && (*value == '"' || *value == '\\'))
            str_add_char(out, '\\');
        str_add_char(out, *value);
    }
    if (quote)
        str_add_char(out, '"');
}

static void add_word(struct str *out, const char *word)
{
    str_addf(out, "%s%s", out->length > 0 ? " " : "", word);
}

static void add_bounds(struct str *out, enum image_measure measure,
                       const struct image_bounds *b)
{
    const char *name = measures[measure].name;
    const char *blank = out->length > 0 ? " " : "";

    if (b->low == b->high && !b->over && !b->under) {
        str_addf(out, "%s%s=%.10g", blank, name, b->low);
        return;
    }
    if (b->low != -INFINITY) {
        str_addf(out, "%s%s>%s%.10g", blank, name, b->over ? "" : "=", b->low);
        blank = " ";
    }
    if (b->high != INFINITY)
        str_addf(out, "%s%s<%s%.10g", blank, name, b->under ? "" : "=",
                 b->high);
}

void imagefilter_terms(const struct imagefilter *filter, struct str *out)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (filter->splits >> s & 1)
            add_word(out, split_name((enum split)s));
    if (filter->classes)
        add_value(out, filter->exact ? "class==" : "class=", filter->classes);
    if (filter->node)
        add_value(out, "node=", filter->node);
    if (filter->tag)
        add_value(out, "tag=", filter->tag);
    if (filter->verdict)
        add_word(out, filter->verdict == 1 ? "right" : "wrong");
    if (filter->unknown)
        add_word(out, "unknown");
    if (filter->code)
        add_value(out, "code=", filter->code);
    if (filter->from)
        add_value(out, "from=", filter->from);
    for (int i = 0; i < MEASURES; i++)
        if (bounded(&filter->bounds[i]))
            add_bounds(out, (enum image_measure)i, &filter->bounds[i]);
}

void imagefilter_text(const struct imagefilter *filter, struct str *out)
{
    enum image_measure usual = filter->from ? MEASURE_AWAY : MEASURE_ID;

    imagefilter_terms(filter, out);
    if (filter->order != usual || filter->falling)
        str_addf(out, "%ssort=%s%s", out->length > 0 ? " " : "",
                 filter->falling ? "-" : "", measures[filter->order].name);
}
