#include <config.h>

#include "cli/exports.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"
#include "formats/npy.h"

enum status export_packed(const struct export *to, const uint64_t *codes,
                          size_t n, int bits, struct err *err)
{
    bool packed = to->format == FORMAT_FAISS;
    size_t shape[2] = {n, packed ? ((size_t)bits + 7) / 8 : (size_t)bits};
    unsigned char row[CODE_BITS_MAX];
    enum status status =
        npy_write_header(to->out, to->name, NPY_U8, 2, shape, err);

    for (size_t i = 0; status == OK && i < n; i++) {
        for (size_t j = 0; j < shape[1]; j++)
            row[j] = packed ? (unsigned char)(codes[i] >> 8 * j)
                            : code_bit(codes[i], (int)j);
        fwrite(row, 1, shape[1], to->out);
    }
    return status;
}

/* "7,train,latin a," */
static void add_image(struct str *line, const struct subject *s,
                      const struct image_codes *codes, int64_t i)
{
    struct str name = STR_INIT;

    utf8_escape(&name, subject_class(s, codes->class_ids[i]));
    str_addf(line, "%lld,%s,", (long long)codes->ids[i],
             split_name((enum split)codes->split[i]));
    tabular_csv(line, name.text);
    str_add_char(line, ',');
    str_release(&name);
}

static void codes_csv(FILE *out, const struct subject *s,
                      const struct image_codes *codes)
{
    struct str line = STR_INIT;

    fputs("id,split,class,code\n", out);
    for (int64_t i = 0; i < codes->n; i++) {
        str_clear(&line);
        add_image(&line, s, codes, i);
        code_text(&line, codes->codes[i], codes->bits, CODE_PLAIN);
        str_add_char(&line, '\n');
        fputs(line.text, out);
    }
    str_release(&line);
}

/* Row by row: the array may be larger than memory is. */
static void codes_json(FILE *out, const struct subject *s,
                       const struct image_codes *codes)
{
    struct str line = STR_INIT;

    fputc('[', out);
    for (int64_t i = 0; i < codes->n; i++) {
        const char *name = subject_class(s, codes->class_ids[i]);
        json_t *text = name[0] ? jsonout_text(name) : json_null();

        str_clear(&line);
        str_addf(&line, "%s\n  {\"id\": %lld, \"split\": \"%s\", \"class\": ",
                 i ? "," : "", (long long)codes->ids[i],
                 split_name((enum split)codes->split[i]));
        jsonout_write(&line, text);
        line.text[--line.length] = '\0'; /* the newline */
        str_add(&line, ", \"code\": \"");
        code_text(&line, codes->codes[i], codes->bits, CODE_PLAIN);
        str_add(&line, "\"}");
        fputs(line.text, out);
        json_decref(text);
    }
    fputs("\n]\n", out);
    str_release(&line);
}

enum status export_codes(const struct export *to, struct err *err)
{
    struct image_codes codes;
    size_t shape[1];
    enum status status = subject_codes(to->s, &codes, err);

    if (status != OK)
        return status;
    shape[0] = (size_t)codes.n;
    if (to->format == FORMAT_NPY)
        status =
            npy_write(to->out, to->name, NPY_U64, 1, shape, codes.codes, err);
    else if (to->format == FORMAT_JSON)
        codes_json(to->out, to->s, &codes);
    else if (to->format == FORMAT_CSV)
        codes_csv(to->out, to->s, &codes);
    else
        status = export_packed(to, codes.codes, shape[0], codes.bits, err);
    image_codes_release(&codes);
    return status;
}

static void margins_csv(FILE *out, const struct subject *s,
                        const struct image_codes *codes)
{
    struct str line = STR_INIT;

    str_add(&line, "id,split,class");
    for (int bit = 0; bit < codes->bits; bit++)
        str_addf(&line, ",m%d", bit);
    fprintf(out, "%s\n", line.text);
    for (int64_t i = 0; i < codes->n; i++) {
        str_clear(&line);
        add_image(&line, s, codes, i);
        for (int bit = 0; bit < codes->bits; bit++)
            str_addf(&line, "%s%.9g", bit ? "," : "",
                     (double)(float)(codes->margins[i * codes->bits + bit] *
                                     s->model.margin_scale));
        fprintf(out, "%s\n", line.text);
    }
    str_release(&line);
}

static enum status margins_npy(const struct export *to,
                               const struct image_codes *codes, struct err *err)
{
    float row[CODE_BITS_MAX];
    size_t shape[2] = {(size_t)codes->n, (size_t)codes->bits};
    enum status status =
        npy_write_header(to->out, to->name, NPY_F32, 2, shape, err);

    for (int64_t i = 0; status == OK && i < codes->n; i++) {
        for (int bit = 0; bit < codes->bits; bit++)
            row[bit] = (float)(codes->margins[i * codes->bits + bit] *
                               to->s->model.margin_scale);
        fwrite(row, sizeof(*row), shape[1], to->out);
    }
    return status;
}

enum status export_margins(const struct export *to, struct err *err)
{
    struct image_codes codes;
    enum status status = subject_codes(to->s, &codes, err);

    if (status != OK)
        return status;
    if (to->format == FORMAT_CSV)
        margins_csv(to->out, to->s, &codes);
    else
        status = margins_npy(to, &codes, err);
    image_codes_release(&codes);
    return status;
}
