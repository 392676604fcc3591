#include <config.h>

#include "cli/exports.h"

#include "base/utf8.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"
#include "formats/npy.h"

static double weight(const struct subject *s, uint32_t c, int bit)
{
    return (double)s->book.weights[c * (uint32_t)s->book.bits + (uint32_t)bit];
}

static void codebook_csv(FILE *out, const struct subject *s)
{
    struct str line = STR_INIT, name = STR_INIT;

    str_add(&line, "number,class,code");
    for (int bit = 0; bit < s->book.bits; bit++)
        str_addf(&line, ",w%d", bit);
    fprintf(out, "%s\n", line.text);
    for (uint32_t c = 0; c < s->book.classes; c++) {
        str_clear(&line);
        str_clear(&name);
        utf8_escape(&name, s->coded.items[c].name);
        str_addf(&line, "%lld,", (long long)s->coded.items[c].number);
        tabular_csv(&line, name.text);
        str_add_char(&line, ',');
        code_text(&line, s->book.codes[c], s->book.bits, CODE_PLAIN);
        for (int bit = 0; bit < s->book.bits; bit++)
            str_addf(&line, ",%.9g", weight(s, c, bit));
        fprintf(out, "%s\n", line.text);
    }
    str_release(&line);
    str_release(&name);
}

static void codebook_json(FILE *out, const struct subject *s)
{
    struct str text = STR_INIT;
    json_t *rows = json_array();

    for (uint32_t c = 0; c < s->book.classes; c++) {
        json_t *weights = json_array();

        for (int bit = 0; bit < s->book.bits; bit++)
            json_array_append_new(weights, jsonout_real(weight(s, c, bit)));
        json_array_append_new(
            rows, json_pack("{s:I, s:o, s:o, s:o}", "number",
                            (json_int_t)s->coded.items[c].number, "class",
                            jsonout_text(s->coded.items[c].name), "code",
                            jsonout_code(s->book.codes[c], s->book.bits),
                            "weights", weights));
    }
    jsonout_write(&text, rows);
    fputs(text.text, out);
    json_decref(rows);
    str_release(&text);
}

enum status export_codebook(const struct export *to, struct err *err)
{
    const struct codebook *book = &to->s->book;
    size_t shape[2] = {book->classes, (size_t)book->bits};

    if (to->format == FORMAT_NPY)
        return npy_write(to->out, to->name, NPY_F32, 2, shape, book->weights,
                         err);
    if (to->format == FORMAT_BITS || to->format == FORMAT_FAISS)
        return export_packed(to, book->codes, book->classes, book->bits, err);
    if (to->format == FORMAT_JSON)
        codebook_json(to->out, to->s);
    else
        codebook_csv(to->out, to->s);
    return OK;
}
