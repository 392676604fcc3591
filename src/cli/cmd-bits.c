#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/onebit.h"
#include "cli/bitrows.h"
#include "cli/commands.h"
#include "cli/evaluate.h"
#include "cli/jsonout.h"

static enum status parse_bit(int *out, const struct subject *s,
                             const char *text, struct err *err)
{
    char *end;
    long bit;

    errno = 0;
    bit = strtol(text, &end, 10);
    if (errno || end == text || *end || bit < 0 || bit >= s->book.bits)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is no bit of model %s: they are 0 to %d", text,
                       s->model.name, s->book.bits - 1);
    *out = (int)bit;
    return OK;
}

static enum status print_all(struct subject *s, const struct bit_facts *facts,
                             bool coded, enum format format, struct err *err)
{
    struct caption_list captions;
    json_t *rows;

    if (caption_all(s->cat, s->model.id, s->book.bits, &captions, err) != OK)
        return err->status;
    if (format != FORMAT_JSON) {
        bitrows_print(facts, coded, &captions, s->book.bits, format);
        caption_list_release(&captions);
        return OK;
    }
    rows = json_array();
    for (int bit = 0; bit < s->book.bits; bit++) {
        json_t *row = bitrows_json(facts, coded, bit, s->book.bits);

        json_object_set_new(row, "caption",
                            captions.text[bit]
                                ? jsonout_text(captions.text[bit])
                                : json_null());
        json_array_append_new(rows, row);
    }
    jsonout_print(rows);
    caption_list_release(&captions);
    return OK;
}

static enum status print(const struct args *args, struct subject *s,
                         struct bit_facts *facts, struct err *err)
{
    struct image_codes codes;
    enum status status;
    bool coded;
    int bit = -1;

    if (args->words_count > 1 && parse_bit(&bit, s, args->words[1], err) != OK)
        return err->status;
    status = subject_codes(s, &codes, err);
    coded = status == OK;
    if (status != OK && status != ERR_NOT_FOUND)
        return status;
    status = bit_facts_make(facts, s, coded ? &codes : NULL, err);
    if (status == OK && bit >= 0)
        status = onebit_print(s, facts, coded ? &codes : NULL, bit,
                              args->format, err);
    else if (status == OK)
        status = print_all(s, facts, coded, args->format, err);
    if (coded)
        image_codes_release(&codes);
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct bit_facts *facts = mem_zalloc(1, sizeof(*facts));
    enum status status;

    status = subject_open(&s, args, SUBJECT_CODEBOOK, err);
    if (status == OK)
        status = print(args, &s, facts, err);
    bit_facts_release(facts);
    free(facts);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    OPTION_MODEL,
    OPTION_END,
};

const struct command cmd_bits = {
    .name = "bits",
    .synopsis = "CATALOGUE [BIT]",
    .summary = "what each bit does, or the page of one bit",
    .details =
        "Without BIT, a row for each: how many classes and images have it set, "
        "its entropy, what share of the test images is lost when it is flipped "
        "or left out, how many pairs of classes differ in it alone, the bit it "
        "is most like, and its caption.\n\n"
        "With BIT (0 is the first), its page: the classes on either side, "
        "where the tree changes side, the pairs that differ in it alone, and "
        "the images surest to have it, surest not to, and nearest the "
        "boundary.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 2,
    .run = run,
};
