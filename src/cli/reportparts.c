#include <config.h>

/* What the sections of a report share: numbers, times, notes, pictures. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/mem.h"
#include "catalogue/images.h"
#include "cli/report.h"
#include "cli/tabular.h"
#include "image/writepng.h"

/* ---- numbers ---- */

static void data(struct html *h, double value)
{
    struct str attribute = STR_INIT;

    str_addf(&attribute, "value=\"%.9g\"", value);
    html_open(h, "data", attribute.text);
    str_release(&attribute);
}

/* With a minus that is as wide as a plus, and none before zeros. */
static void digits(struct html *h, double value, int places)
{
    char text[64];
    const char *at = text;

    snprintf(text, sizeof(text), "%.*f", places, value);
    if (text[0] == '-') {
        at++;
        if (at[strspn(at, "0.")] != '\0')
            html_say(h, "−");
    }
    html_say(h, "%s", at);
}

void report_rate(struct html *h, double value)
{
    if (isnan(value)) {
        html_say(h, "–");
        return;
    }
    data(h, value);
    digits(h, 100 * value, 1);
    html_say(h, " %%");
    html_close(h);
}

void report_real(struct html *h, double value, int places)
{
    if (isnan(value)) {
        html_say(h, "–");
        return;
    }
    data(h, value);
    digits(h, value, places);
    html_close(h);
}

void report_whole(struct html *h, int64_t value)
{
    data(h, (double)value);
    html_say(h, "%lld", (long long)value);
    html_close(h);
}

void report_wide(struct html *h, const char *label)
{
    struct str attributes = STR_INIT;

    str_addf(&attributes,
             "class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"",
             label);
    html_open(h, "div", attributes.text);
    str_release(&attributes);
}

void report_table(struct html *h, const char *label, const char *attributes)
{
    report_wide(h, label);
    html_open(h, "table", attributes);
}

void report_columns(struct html *h, const char *const *names, int count)
{
    html_open(h, "thead", NULL);
    html_open(h, "tr", NULL);
    for (int i = 0; i < count; i++) {
        bool number = names[i][0] == '#';

        html_words(h, "th",
                   number ? "scope=\"col\" class=\"n\"" : "scope=\"col\"", "%s",
                   names[i] + number);
    }
    html_close(h);
    html_close(h);
}

void report_time(struct html *h, int64_t milliseconds)
{
    time_t seconds = (time_t)(milliseconds / 1000);
    struct str attribute = STR_INIT;
    char text[40];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    str_addf(&attribute, "datetime=\"%s\"", text);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
    html_words(h, "time", attribute.text, "%s", text);
    str_release(&attribute);
}

enum status report_notes(struct report *p, enum note_target target,
                         const char *item, struct err *err)
{
    struct note_list notes = {NULL, 0, 0};
    struct html *h = &p->html;
    enum status status =
        note_all(p->s->cat, p->s->model.id, target, item, &notes, err);

    if (status == OK && notes.count > 0) {
        html_open(h, "ul", "class=\"notes\"");
        for (int i = 0; i < notes.count; i++) {
            html_open(h, "li", NULL);
            html_text(h, notes.items[i].text);
            html_say(h, " <small>");
            html_text(h, notes.items[i].author ? notes.items[i].author : "");
            html_say(h, ", ");
            report_time(h, notes.items[i].written_at);
            html_say(h, "</small>");
            html_close(h);
        }
        html_close(h);
    }
    note_list_release(&notes);
    return status;
}

/* ---- pictures ---- */

bool report_pictured(const struct report *p)
{
    return p->bounds.images > 0 && p->s->dataset.kind == DATASET_IMAGES;
}

/* The image's pixels, (C,H,W) in the catalogue, as a picture (H,W,C). */
static enum status load(struct picture *out, const struct report *p, int64_t id,
                        struct err *err)
{
    const struct dataset *d = &p->s->dataset;
    uint32_t channels = d->channels == 3 ? 3 : 1;
    size_t plane = (size_t)d->height * (size_t)d->width;
    size_t size = plane * (size_t)d->channels;
    uint8_t *pixels = mem_large(size, 1);
    enum status status;

    if (pixels == NULL)
        return err_set(err, ERR_NOMEM, "no memory for image %lld",
                       (long long)id);
    status = image_pixels(p->s->cat, id, pixels, size, err);
    if (status == OK)
        status = picture_new(out, (uint32_t)d->width, (uint32_t)d->height,
                             channels, "the image", err);
    for (size_t i = 0; status == OK && i < plane * channels; i++)
        out->pixels[i] = pixels[i % channels * plane + i / channels];
    free(pixels);
    return status;
}

/* Makes it smaller where its longer side is more than `most`. */
static enum status shrink(struct picture *picture, uint32_t most,
                          struct err *err)
{
    uint32_t w = picture->width, h = picture->height, side = w > h ? w : h;
    struct picture small;
    enum status status;

    if (side <= most)
        return OK;
    w = w * most / side > 0 ? w * most / side : 1;
    h = h * most / side > 0 ? h * most / side : 1;
    status = picture_fit(&small, picture, w, h, picture->channels, err);
    if (status != OK)
        return status;
    picture_release(picture);
    *picture = small;
    return OK;
}

enum status report_picture(struct report *p, int64_t id, const char *alt,
                           struct err *err)
{
    struct picture picture;
    struct str png = STR_INIT, tag = STR_INIT;
    enum status status;

    if (!report_pictured(p))
        return OK;
    status = load(&picture, p, id, err);
    if (status != OK)
        return status;
    status = shrink(&picture, (uint32_t)p->bounds.pixels, err);
    if (status == OK)
        status = writepng_encode(&png, &picture, err);
    if (status == OK) {
        if (picture.width < (uint32_t)p->s->dataset.width)
            str_add(&tag, "class=\"smooth\" ");
        str_addf(&tag, "width=\"%u\" height=\"%u\"", picture.width,
                 picture.height);
        html_attribute(&tag, "alt", alt);
        html_attribute(&tag, "title", alt);
        str_add(&tag, " src=\"data:image/png;base64,");
        base64_add(&tag, png.text, png.length);
        str_add_char(&tag, '"');
        html_void(&p->html, "img", tag.text);
    }
    picture_release(&picture);
    str_release(&png);
    str_release(&tag);
    return status;
}
